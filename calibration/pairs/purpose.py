"""Which labelled rows may calibrate: those drawn at random, not those picked for review."""

from __future__ import annotations

import pandas as pd

from calibration.columns import PURPOSE, PURPOSE_REVIEW


def calibration_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that were not picked for review; all of them where there is no column `purpose`.

    Rows are picked for review because of their score or because somebody reported them, so they say nothing about
    how often a tier occurs: certificates, prevalence and metrics leave them out.

    >>> calibration_rows(pd.DataFrame({"label": [1, 0], "purpose": ["calibrate", "review"]})).label.tolist()
    [1]
    """
    return rows[rows[PURPOSE] != PURPOSE_REVIEW] if PURPOSE in rows.columns else rows
