"""Samples live scores for drift: one pair of each request, never a text, written by a thread of its own.

One a request, because scores that share a text are not independent, and the tests of drift take them so.
"""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable, Mapping
from typing import Final

from calibration.errors import SimTierError
from calibration.store import ScoreSample, Store
from calibration.store.moments import utc_now
from dashboard.api.keys import KeyRing
from dashboard.settings import Server

log = logging.getLogger(__name__)

WRITE_SECONDS: Final = 30.0
MOST_WAITING: Final = 10_000


def kept_a_day(environ: Mapping[str, str] = os.environ) -> int:
    """How many scores a day and domain SIMTIER_SCORE_SAMPLING keeps, 0 for none; raises BadArgument for no number.

    >>> kept_a_day({}), kept_a_day({"SIMTIER_SCORE_SAMPLING": "0"})
    (1000, 0)
    """
    return Server.read(environ).score_sampling


class ScoreSampling:
    """Takes scores without making a request wait; writes them down, and when keys were used, every half minute.

    also: what else is to be written then.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        keys: KeyRing,
        keep: int | None = None,
        seconds: float = WRITE_SECONDS,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._keys, self._also = store, keys, also
        self._keep = kept_a_day() if keep is None else keep
        self._waiting: list[ScoreSample] = []
        self._cuts: dict[tuple[str, str], float] = {}
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(seconds,), name="score-sampling", daemon=True)
        self._thread.start()

    def take(self, domain: str, score: float, fingerprint: str, policy_id: str) -> None:
        """Draw for one score; most of a busy day's are let go at once."""
        if not self._keep:
            return
        sample = ScoreSample(domain, score, random.random(), utc_now(), fingerprint, policy_id)  # noqa: S311
        with self._lock:
            if sample.draw < self._cuts.get((sample.day, domain), 1.0) and len(self._waiting) < MOST_WAITING:
                self._waiting.append(sample)

    def write(self) -> None:
        """Flush pending samples; drop them if the store is unavailable, so that sampling never delays a request."""
        with self._lock:
            samples, self._waiting = self._waiting, []
        used = self._keys.used()
        try:
            if samples:
                cuts = self._store().score_samples.add(samples, keep=self._keep)
                with self._lock:
                    today = utc_now().date().isoformat()
                    self._cuts = {
                        place: cut for place, cut in (self._cuts | dict(cuts)).items() if place[0] >= today
                    }
            if used:
                self._store().api_keys.used(used)
        except SimTierError as error:
            log.warning("scores could not be sampled: %s", type(error).__name__)

    def close(self, seconds: float = 5) -> None:
        """Write down what waits, and end."""
        self._closing.set()
        self._thread.join(seconds)

    def _serve(self, seconds: float) -> None:
        ended = False
        while not ended:
            ended = self._closing.wait(seconds)
            try:
                self.write()
                self._also()
            except Exception as error:  # the next half minute may go better
                log.error("score sampling failed: %s", type(error).__name__)
