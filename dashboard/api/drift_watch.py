"""Whether live scores have drifted, for `/metrics`: worked out in the background when somebody looks, then kept.

Sampled scores of the last days are compared with those of the pairs that the policy in use was fitted on. These
are scored again here: some of each domain, from the vector cache as a rule.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from calibration.columns import DOMAIN, SCORE
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import SimTierError
from calibration.pairs import deduplicate
from calibration.scoring.score_pairs import score_pairs
from calibration.store import Store, StoredPolicy
from dashboard.webhooks.events import DRIFT, Event
from dashboard.webhooks.sender import Webhooks

log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 600.0
DAYS: Final = 7
MOST_PAIRS: Final = 1000
"""Pairs of a domain that live scores are compared with."""
SEED: Final = 20260101


class DriftWatch:
    """Alarms by domain; a domain with too few scores, or that was not calibrated, has none."""

    def __init__(
        self, encoder: Callable[[], Encoder], store: Callable[[], Store], webhooks: Webhooks | None = None
    ) -> None:
        self._encoder, self._store, self._webhooks = encoder, store, webhooks
        self._alarms: Mapping[str, bool] = {}
        self._looked_at = -FRESH_SECONDS
        self._lock = threading.Lock()
        self._reference: tuple[object, pd.DataFrame] | None = None
        self._stop = threading.Event()
        if webhooks is not None and webhooks.used:  # webhooks report it to people who do not look
            threading.Thread(target=self._keep_looking, name="drift-watch-timer", daemon=True).start()

    def alarms(self) -> Mapping[str, bool]:
        """What was found last; starts to look again where that is old."""
        with self._lock:
            old = time.monotonic() - self._looked_at >= FRESH_SECONDS
            if old:
                self._looked_at = time.monotonic()
                threading.Thread(target=self.look, name="drift-watch", daemon=True).start()
            return self._alarms

    def look(self) -> None:
        """Compare now; where that cannot be done there are no alarms."""
        found: Mapping[str, bool] = {}
        try:
            found = self._compare()
        except SimTierError as error:
            log.warning("drift could not be looked at: %s", type(error).__name__)
        with self._lock:
            self._alarms = found
        self._notify(found)

    def _keep_looking(self) -> None:
        while not self._stop.wait(FRESH_SECONDS):
            self.alarms()

    def _notify(self, found: Mapping[str, bool]) -> None:
        if self._webhooks is None:
            return
        for domain, alarm in found.items():
            key = f"{DRIFT} {domain}"
            if alarm:
                self._webhooks.notify(Event(DRIFT, {"domain": domain, "days": DAYS}, key))
            else:
                self._webhooks.over(key)

    def close(self) -> None:
        """Stop scoring."""
        self._stop.set()

    def _compare(self) -> Mapping[str, bool]:
        store, encoder = self._store(), self._encoder()
        stored = store.policies.current()
        if stored is None:
            return {}
        live = store.score_samples.frame(DAYS, encoder.fingerprint, [stored.id])
        if live.empty:
            return {}
        reference = self._scored(store, stored, encoder)
        if reference.empty:
            return {}
        from calibration.comparison.drift import CHECK, DRIFTED, QUIET, score_drift  # with scipy.stats: 50 MB

        domains = score_drift(reference, live).domains
        judged = (DRIFTED, CHECK, QUIET)
        return {name: one.status == DRIFTED for name, one in domains.items() if one.status in judged}

    def _scored(self, store: Store, stored: StoredPolicy, encoder: Encoder) -> pd.DataFrame:
        """Scores that the policy rests on; scored once for as long as it is in use."""
        key = (stored.id, encoder.fingerprint)
        if self._reference is None or self._reference[0] != key:
            self._reference = (key, _score(store, stored, encoder, self._stop))
        return self._reference[1]


def _score(store: Store, stored: StoredPolicy, encoder: Encoder, stop: threading.Event) -> pd.DataFrame:
    frames = [store.datasets.frame(source.dataset_id) for source in stored.sources]
    if not frames:
        return pd.DataFrame(columns=[DOMAIN, SCORE])
    pairs = deduplicate(pd.concat(frames, ignore_index=True))[0]
    drawn = pairs.sample(frac=1, random_state=SEED).groupby(DOMAIN).head(MOST_PAIRS).reset_index(drop=True)
    return score_pairs(drawn, encoder, scoring_options(stored.policy), cancel=stop)
