"""What to say with the thresholds of a domain: labels that count for less, and scores that mislead at the top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from calibration.certificate import Certificate
from calibration.columns import SAME, SCORE, TEXT_A, TEXT_B
from calibration.curve import Ints
from calibration.errors import N_
from calibration.groups import text_groups
from calibration.notes import Note, note
from calibration.pairs import positives
from calibration.top import check_top

NOTED: Final = 1.05
"""Design effects below this are not worth a sentence."""
SHARED: Final = N_(
    "Labels whose pairs share a text tend to be right or wrong together, so they count for less: the {n} behind "
    "{tier} are worth about {worth} (design effect {deff})."
)
TAKEN_IN_FULL: Final = N_(
    "Pairs share texts, yet every label was counted in full, as asked: the certificates may promise too much."
)


def shared_notes(certificates: Mapping[str, Certificate], texts: Ints | None, clustered: bool) -> tuple[Note, ...]:
    """That labels which share texts count for less, for the tier where that weighs most; or that they do not.

    texts: (n, 2) the numbers 0, 1, 2, ... of each pair's texts, none left out; None where there are no texts.
    """
    if texts is None or texts.max(initial=-1) + 1 == texts.size:
        return ()
    if not clustered:
        return (note(TAKEN_IN_FULL),)
    tier, most = max(certificates.items(), key=lambda item: item[1].deff)
    if most.deff < NOTED:
        return ()
    n = round(most.effective * most.deff)
    return (note(SHARED, n=f"{n:,}", tier=tier, worth=f"{most.effective:,.0f}", deff=f"{most.deff:.1f}"),)


def top_notes(rows: pd.DataFrame) -> tuple[Note, ...]:
    """A warning where the highest-scoring pairs of one domain are wrong more often than those below them."""
    labels = positives(rows, SAME)
    known = np.isfinite(labels) & np.isfinite(rows[SCORE].to_numpy(dtype=np.float64))
    groups = text_groups(rows[known]) if {TEXT_A, TEXT_B} <= set(rows.columns) else None
    found = check_top(rows[SCORE].to_numpy(dtype=np.float64)[known], labels[known], groups).note
    return () if found is None else (found,)
