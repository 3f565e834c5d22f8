"""Read pairs from a path, buffer or frame, as a report or as a valid frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.columns import BINARY, GRADED, LABEL_KINDS, TIER
from calibration.errors import N_, BadArgument, BadRows, LabelValueLost
from calibration.errors.rows import PairProblem
from calibration.pairs.duplicates import DuplicateReport, find_duplicates
from calibration.pairs.reading import AS_FOUND, PairReading
from calibration.pairs.rules import PairsNote
from calibration.pairs.table import PairsSource, RawTable, read_table
from calibration.pairs.validate import Checked, LostLabel, check
from calibration.tables.limits import DEFAULT_LIMITS, Limits

_SCALE_OF_KIND: Final = {BINARY: "binary", TIER: "tier", GRADED: "0-5"}


@dataclass(frozen=True)
class PairsReport:
    """What a file holds.

    `frame` is canonical and has the good rows only; `problems` are all others', in the order of the file;
    `total` counts the rows that hold anything. `kind` is that of the labels, or `mixed`; `encoding` is "" where
    the format has none. `columns` says which of the user's columns became which of ours, `dropped` which became
    none; `notes` are the reader's decisions, to be shown. `lines` says where each row of `frame` is in the
    file, from 1. `lost` is a label value that cannot be read and is in too many rows to be a typing error:
    nothing may be certified on the other rows, which are no sample.
    """

    file: str
    format: str
    encoding: str
    kind: str
    total: int
    frame: pd.DataFrame
    problems: tuple[PairProblem, ...]
    notes: tuple[PairsNote, ...]
    columns: Mapping[str, str]
    dropped: tuple[str, ...]
    lines: npt.NDArray[np.int64] = field(repr=False, compare=False)
    lost: LostLabel | None = None

    @cached_property
    def duplicates(self) -> DuplicateReport:
        """Repeated and contradicting pairs among the good rows, found when first asked for."""
        return find_duplicates(self.frame)

    @property
    def bad(self) -> int:
        """How many rows cannot be used."""
        return self.total - len(self.frame)


def load_pairs(
    source: PairsSource,
    domain: str | None = None,
    *,
    name: str | None = None,
    kind: str | None = None,
    on_bad_rows: Literal["raise", "drop"] = "raise",
    limits: Limits = DEFAULT_LIMITS,
    text_a: str | None = None,
    text_b: str | None = None,
    label: str | None = None,
    domain_column: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    no_header: bool = False,
    label_scale: str | None = None,
) -> pd.DataFrame:
    """Read labelled pairs into a canonical frame (see `calibration.columns`).

    Parameters
    ----------
    source
        A path, an open binary file, a file's content, or a frame.
    domain
        The domain of every pair, whatever the file says.
    name
        What messages call the file.
    kind
        The kind of the labels, `binary`, `tier` or `graded`; by default that of nearly all of them.
    on_bad_rows
        `raise`, or `drop` to leave out rows that break a rule as long as any row is good and no label value is
        lost altogether.
    limits
        Of what is read.
    text_a, text_b, label, domain_column
        The file's names of these columns, or their numbers from 1; by default they are known by their usual names.
    sheet, encoding, no_header
        Which sheet of a workbook to read, by name or number; the encoding of a text file; whether its first row
        holds data.
    label_scale
        `binary`, `tier`, `0-1`, `0-5` or `0-100`: how labels are to be read.

    Returns
    -------
    pandas.DataFrame
        Columns text_a, text_b, label, kind and domain, and those of id, split, purpose, note and score that the
        file has.

    Raises
    ------
    BadRows
        Carries every problem of the file, and the good rows.
    LabelValueLost
        All rows with some label value would be left out.
    FileUnreadable, EmptyInput, ColumnsMissing, ColumnTypeWrong, ColumnUnknown, LabelScaleUnclear, ScoresOutside,
    TooLarge, BadArgument
        Each for its cause.
    """
    if on_bad_rows not in ("raise", "drop"):
        raise BadArgument("on_bad_rows", N_("raise or drop"), on_bad_rows)
    reading = PairReading(text_a, text_b, label, domain_column, sheet, encoding, no_header, label_scale)
    report = read_pairs(source, domain, name=name, kind=kind, limits=limits, reading=reading)
    return usable(report, on_bad_rows)


def usable(report: PairsReport, on_bad_rows: Literal["raise", "drop"]) -> pd.DataFrame:
    """The good rows of a report.

    Raises BadRows where there are others, unless these may be dropped and any row is good, and LabelValueLost.
    """
    if report.problems and (on_bad_rows == "raise" or report.frame.empty):
        raise BadRows(report.file, report.problems, report.frame, report.total)
    if (lost := report.lost) is not None:
        raise LabelValueLost(report.file, lost.column, lost.value, lost.count, lost.total)
    return report.frame


def read_pairs(
    source: PairsSource,
    domain: str | None = None,
    *,
    name: str | None = None,
    kind: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    reading: PairReading = AS_FOUND,
) -> PairsReport:
    """Read pairs and say everything about them; bad rows are reported, never raised. Else like `load_pairs`."""
    reading = of_kind(reading, kind)
    file, table = read_table(source, name, limits, reading)
    return read_checked(file, table, domain, limits, reading)


def read_checked(
    file: str, table: RawTable, domain: str | None, limits: Limits, reading: PairReading = AS_FOUND
) -> PairsReport:
    """Everything about a table once every row is judged."""
    return report_of(file, table, check(file, table, domain, limits, reading))


def of_kind(reading: PairReading, kind: str | None) -> PairReading:
    """A reading with the scale of the labels' kind, where that is given and no scale is; raises BadArgument."""
    if kind is None:
        return reading
    if kind not in LABEL_KINDS:
        raise BadArgument("kind", N_("binary, tier or graded"), kind)
    return reading if reading.label_scale is not None else replace(reading, label_scale=_SCALE_OF_KIND[kind])


def report_of(file: str, table: RawTable, checked: Checked) -> PairsReport:
    """The report on a table whose rows are judged."""
    return PairsReport(
        file=file,
        format=table.format,
        encoding=table.encoding,
        kind=checked.kind,
        total=table.total,
        frame=checked.frame,
        problems=checked.problems,
        notes=checked.notes,
        columns=checked.used,
        dropped=checked.dropped,
        lines=checked.lines,
        lost=checked.lost,
    )
