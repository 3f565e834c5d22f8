"""Read pairs without labels, from which pairs to label are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import pandas as pd

from calibration.columns import BINARY, KIND, LABEL, SCORE
from calibration.errors import N_, BadArgument
from calibration.pairs.headers import is_degree, resolve
from calibration.pairs.read import PairsReport, read_checked, usable
from calibration.pairs.reading import AS_FOUND, PairReading
from calibration.pairs.table import PairsSource, RawTable, placeholder, read_table
from calibration.tables.limits import DEFAULT_LIMITS, Limits

_PLACEHOLDER: Final = "0"
"""Stands in for labels while the other columns are checked; never leaves this module."""


def load_unlabelled(
    source: PairsSource,
    domain: str | None = None,
    *,
    name: str | None = None,
    on_bad_rows: Literal["raise", "drop"] = "raise",
    limits: Limits = DEFAULT_LIMITS,
    reading: PairReading = AS_FOUND,
) -> pd.DataFrame:
    """Like `load_pairs`, for pairs without labels: a frame of text_a, text_b, domain, and the optional columns.

    A column of labels is left out, be it blank or not; a degree of similarity beside no score is the score.
    Raises what `load_pairs` raises.
    """
    if on_bad_rows not in ("raise", "drop"):
        raise BadArgument("on_bad_rows", N_("raise or drop"), on_bad_rows)
    report = read_unlabelled(source, domain, name=name, limits=limits, reading=reading)
    return usable(report, on_bad_rows)


def read_unlabelled(
    source: PairsSource,
    domain: str | None = None,
    *,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    reading: PairReading = AS_FOUND,
) -> PairsReport:
    """Like `read_pairs`, for pairs without labels."""
    reading = replace(reading, label=None, label_scale=None)
    file, table = read_table(source, name, limits, reading)
    report = read_checked(
        file, _with_placeholder(table, reading), domain, limits, replace(reading, label_scale=BINARY)
    )
    return replace(report, kind="", frame=report.frame.drop(columns=[LABEL, KIND]), lost=None)


def _with_placeholder(table: RawTable, reading: PairReading) -> RawTable:
    """The table with labels that break no rule, whatever it has."""
    places = resolve(table.headers, reading.columns).places
    headers, place = list(table.headers), places.get(LABEL)
    if place is not None and is_degree(headers[place]) and SCORE not in places:
        headers[place], place = SCORE, None
    if place is None:
        place = len(headers)
        headers.append(LABEL)
    frame = table.frame.copy(deep=False)
    frame[place] = placeholder(frame.index, _PLACEHOLDER)
    return replace(table, headers=tuple(headers), frame=frame)
