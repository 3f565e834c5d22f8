"""Reading pairs that nobody has labelled yet: the pool from which pairs to label are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import pandas as pd

from calibration.columns import BINARY, KIND, LABEL, SCORE
from calibration.errors import N_, BadArgument, BadRows
from calibration.pairs.headers import is_degree, resolve
from calibration.pairs.read import PairsSource, read_table
from calibration.pairs.source import DEFAULT_LIMITS, Limits
from calibration.pairs.table import TEXT_DTYPE, RawTable
from calibration.pairs.validate import check

_PLACEHOLDER: Final = "0"
"""Stands in for labels while the other columns are checked; never leaves this module."""


def load_unlabelled(
    source: PairsSource,
    domain: str | None = None,
    *,
    name: str | None = None,
    on_bad_rows: Literal["raise", "drop"] = "raise",
    limits: Limits = DEFAULT_LIMITS,
) -> pd.DataFrame:
    """Like `load_pairs`, for pairs without labels: a frame of text_a, text_b, domain, and the optional columns.

    A column of labels is left out, be it blank or not; a degree of similarity beside no score is the score.
    Raises what `load_pairs` raises.
    """
    if on_bad_rows not in ("raise", "drop"):
        raise BadArgument("on_bad_rows", N_("raise or drop"), on_bad_rows)
    file, table = read_table(source, name, limits)
    checked = check(file, _with_placeholder(table), domain, BINARY, limits)
    frame = checked.frame.drop(columns=[LABEL, KIND])
    if checked.problems and (on_bad_rows == "raise" or frame.empty):
        total = len(table.rows) + len({problem.row for problem in table.problems})
        raise BadRows(file, checked.problems, frame, total)
    return frame


def _with_placeholder(table: RawTable) -> RawTable:
    """The table with labels that break no rule, whatever it has."""
    places = resolve(table.headers).places
    headers, place = list(table.headers), places.get(LABEL)
    if place is not None and is_degree(headers[place]) and SCORE not in places:
        headers[place], place = SCORE, None
    if place is None:
        place = len(headers)
        headers.append(LABEL)
    frame = table.frame.copy(deep=False)
    frame[place] = pd.Series(_PLACEHOLDER, index=frame.index, dtype=TEXT_DTYPE)
    return replace(table, headers=tuple(headers), frame=frame)
