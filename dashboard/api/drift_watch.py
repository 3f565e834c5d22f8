"""Whether live scores have drifted, for `/metrics`: worked out in the background when somebody looks, then kept.

Sampled scores of the last days are held against those of the pairs that the policy in force was fitted on. These
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
from calibration.drift import CHECK, DRIFTED, QUIET, score_drift
from calibration.encoding.protocol import Encoder
from calibration.errors import SimTierError
from calibration.pairs import deduplicate
from calibration.score import score_pairs
from calibration.store import Store, StoredPolicy

log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 600.0
DAYS: Final = 7
MOST_PAIRS: Final = 1000
"""Pairs of a domain that live scores are held against."""
JUDGED: Final = (DRIFTED, CHECK, QUIET)
SEED: Final = 20260101


class DriftWatch:
    """Alarms by domain; a domain with too few scores, or that was not calibrated, has none."""

    def __init__(self, encoder: Callable[[], Encoder], store: Callable[[], Store]) -> None:
        self._encoder, self._store = encoder, store
        self._alarms: Mapping[str, bool] = {}
        self._looked_at = -FRESH_SECONDS
        self._lock = threading.Lock()
        self._reference: tuple[object, pd.DataFrame] | None = None
        self._stop = threading.Event()

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
        domains = score_drift(reference, live).domains
        return {name: one.status == DRIFTED for name, one in domains.items() if one.status in JUDGED}

    def _scored(self, store: Store, stored: StoredPolicy, encoder: Encoder) -> pd.DataFrame:
        """Scores that the policy rests on; scored once for as long as it is in force."""
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
