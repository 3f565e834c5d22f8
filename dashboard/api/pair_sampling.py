"""Samples live pairs with their texts where SIMTIER_KEEP_PAIRS is above 0: to label, and to watch the promise.

Each pair of a request is drawn for on its own, once among all pairs and once among those that the policy accepts in
the tier that is watched, so that both are plain random samples of a day's pairs.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from calibration.columns import TIERS
from calibration.errors import SimTierError
from calibration.evaluation.watched_policy import watched_tiers
from calibration.store import Store
from calibration.store.live_pairs import ACCEPTED, RANDOM, LivePair, Place
from calibration.store.moments import utc_now
from calibration.store.policies.records import StoredPolicy
from dashboard.settings import Server

log = logging.getLogger(__name__)

MOST_WAITING: Final = 5_000


def kept_a_day(environ: Mapping[str, str] = os.environ) -> int:
    """How many pairs of a day, domain and sample SIMTIER_KEEP_PAIRS keeps; raises BadArgument for no number.

    >>> kept_a_day({}), kept_a_day({"SIMTIER_KEEP_PAIRS": "20"})
    (0, 20)
    """
    return Server.read(environ).keep_pairs


class PairSampling:
    """Takes pairs without making a request wait; `write` keeps them."""

    def __init__(self, store: Callable[[], Store], keep: int | None = None, seed: int | None = None) -> None:
        self._store, self._keep = store, kept_a_day() if keep is None else keep
        self._random = np.random.default_rng(seed)
        self._waiting: list[LivePair] = []
        self._cuts: dict[Place, float] = {}
        self._tiers: tuple[str, Mapping[str, str]] = ("", {})
        self._lock = threading.Lock()

    def take(
        self,
        stored: StoredPolicy,
        domain: str,
        pair_at: Callable[[int], tuple[str, str]],
        scores: Sequence[float],
        tiers: Sequence[str],
        fingerprint: str,
    ) -> None:
        """Draw for each pair of a request; most of a busy day's are let go at once."""
        if not self._keep:
            return
        watched = self._watched(stored).get(domain)
        accepted = set(TIERS[: TIERS.index(watched) + 1]) if watched else set()
        samples = [(RANDOM, "", np.ones(len(scores), bool))]
        if watched:
            samples.append((ACCEPTED, watched, np.isin(np.asarray(tiers), list(accepted))))
        now = utc_now()
        for sample, tier, eligible in samples:
            with self._lock:
                draws = self._random.random(len(scores))
                cut = self._cuts.get((now.date().isoformat(), domain, sample), 1.0)
                room = max(0, MOST_WAITING - len(self._waiting))
                found = np.flatnonzero(eligible & (draws < cut))
                found = found[np.argsort(draws[found])][: min(self._keep, room)]
                self._waiting += [
                    LivePair(
                        domain, sample, float(draws[at]), *pair_at(at), float(scores[at]), tier, now, fingerprint,
                        stored.id,
                    )
                    for at in found.tolist()
                ]  # fmt: skip

    def write(self) -> None:
        """Flush pending pairs; drop them if the store is unavailable, so that sampling never delays a request."""
        with self._lock:
            pairs, self._waiting = self._waiting, []
        if not pairs:
            return
        try:
            cuts = self._store().live_pairs.add(pairs, keep=self._keep)
        except SimTierError as error:
            log.warning("live pairs could not be kept: %s", type(error).__name__)
            return
        today = utc_now().date().isoformat()
        with self._lock:
            known = self._cuts | dict(cuts)
            self._cuts = {place: cut for place, cut in known.items() if place[0] >= today}

    def _watched(self, stored: StoredPolicy) -> Mapping[str, str]:
        """The tier that is watched in each domain; read once for as long as a policy is in use."""
        if self._tiers[0] != stored.id:
            self._tiers = (stored.id, watched_tiers(stored.policy))
        return self._tiers[1]
