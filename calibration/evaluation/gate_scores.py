"""Scores of texts as a policy wants them, which the gate needs of both policies: on the pages and in `gate`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from calibration.columns import DOMAIN, SCORE, TEXT_A, TEXT_B
from calibration.decide import scoring_options
from calibration.errors import PolicyError
from calibration.policies.policy import Policy
from calibration.scoring.score_pairs import score_pairs
from calibration.stats.threshold_counts import Floats
from calibration.text.cleaning import clean

if TYPE_CHECKING:
    from calibration.encoding import Encoder, Progress


def scores_for(
    texts: pd.DataFrame,
    policy: Policy,
    encoder: Encoder,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Floats:
    """(n,) scores as `policy` wants them; NaN where this model cannot give them, or cleaning leaves no text."""
    found = np.full(len(texts), np.nan)
    options = scoring_options(policy)
    try:
        policy.check_model(encoder.fingerprint, options.cleaning.key())
    except PolicyError:
        return found
    known = texts[DOMAIN].isin(list(policy.domains))
    legible = [bool(clean(a)) and bool(clean(b)) for a, b in zip(texts[TEXT_A], texts[TEXT_B], strict=True)]
    usable = known.to_numpy(dtype=bool) & np.array(legible, dtype=bool)
    if usable.any():
        rows = score_pairs(texts[usable], encoder, options, progress=progress, cancel=cancel)
        found[usable] = rows[SCORE].to_numpy()
    return found
