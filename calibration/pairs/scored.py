"""Checks of pairs that carry a score."""

from __future__ import annotations

import pandas as pd

from calibration.columns import DOMAIN, KIND, LABEL, SCORE
from calibration.errors import N_, ColumnsMissing, EmptyInput


def check_scored(scored: pd.DataFrame) -> None:
    """Raise ColumnsMissing or EmptyInput unless these are scored pairs."""
    missing = [name for name in (SCORE, LABEL, KIND, DOMAIN) if name not in scored.columns]
    if missing:
        raise ColumnsMissing(N_("scored pairs"), missing, list(scored.columns))
    if scored.empty:
        raise EmptyInput(N_("scored pairs"))
