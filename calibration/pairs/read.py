"""Reading pairs: from whatever the caller has to a report, or to a frame that is good or an error."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.columns import LABEL_KINDS, PairProblem
from calibration.errors import N_, BadArgument, BadRows, EmptyInput, FileUnreadable
from calibration.pairs import rules
from calibration.pairs.columnar import MAGIC as PARQUET_MAGIC
from calibration.pairs.columnar import read_frame, read_parquet
from calibration.pairs.decode import decode
from calibration.pairs.delimited import read_delimited
from calibration.pairs.duplicates import DuplicateReport, find_duplicates
from calibration.pairs.json_lines import looks_like_json, read_json
from calibration.pairs.rules import PairsNote, note
from calibration.pairs.source import DEFAULT_LIMITS, UNNAMED, Limits, Source, open_source
from calibration.pairs.table import RawTable
from calibration.pairs.validate import check
from calibration.pairs.workbook import OLE_MAGIC, ZIP_MAGIC, read_workbook

PairsSource = str | os.PathLike[str] | BinaryIO | bytes | pd.DataFrame

ARCHIVES: Final = (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ", b"Rar!", b"\x28\xb5\x2f\xfd")
BINARIES: Final = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"SQLite format 3\x00",
    b"RIFF",
    b"\x7fELF",
    b"MZ",
)
_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "csv": ("csv", "txt", ""),
    "tsv": ("tsv", "csv", "tab", "txt", ""),
    "jsonl": ("jsonl", "ndjson", "json", "txt", ""),
    "xlsx": ("xlsx", "xlsm", "xltx", "xltm", ""),
    "parquet": ("parquet", "pq", ""),
}
"""The extensions under which nobody is surprised to find each format."""


@dataclass(frozen=True)
class PairsReport:
    """What a file holds.

    `frame` is canonical and has the good rows only; `problems` are all others', in the order of the file;
    `total` counts the rows that hold anything. `kind` is that of the labels, or `mixed`; `encoding` is "" where
    the format has none. `columns` says which of the user's columns became which of ours, `dropped` which became
    none; `notes` are the reader's decisions, to be shown. `lines` says where each row of `frame` stands in the
    file, from 1.
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

    @cached_property
    def duplicates(self) -> DuplicateReport:
        """Repeated and contradicting pairs among the good rows, found when first asked for."""
        return find_duplicates(self.frame)


def load_pairs(
    source: PairsSource,
    domain: str | None = None,
    *,
    name: str | None = None,
    kind: str | None = None,
    on_bad_rows: Literal["raise", "drop"] = "raise",
    limits: Limits = DEFAULT_LIMITS,
) -> pd.DataFrame:
    """Read pairs into a canonical frame (see `calibration.columns`).

    `source` is a path, an open binary file, a file's content, or a frame; `name` is what messages call it.
    `domain` goes before the file's own; `kind` before what the labels show. With `on_bad_rows="drop"` rows that
    break a rule are left out as long as any row is good.

    Raises FileUnreadable, EmptyInput, ColumnsMissing, ColumnTypeWrong, TooLarge, BadArgument, and BadRows, which
    carries every problem of the file and the good rows.
    """
    if on_bad_rows not in ("raise", "drop"):
        raise BadArgument("on_bad_rows", N_("raise or drop"), on_bad_rows)
    report = read_pairs(source, domain, name=name, kind=kind, limits=limits)
    if report.problems and (on_bad_rows == "raise" or report.frame.empty):
        raise BadRows(report.file, report.problems, report.frame, report.total)
    return report.frame


def read_pairs(
    source: PairsSource,
    domain: str | None = None,
    *,
    name: str | None = None,
    kind: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> PairsReport:
    """Read pairs and say everything about them; bad rows are reported, never raised. Else like `load_pairs`."""
    if kind is not None and kind not in LABEL_KINDS:
        raise BadArgument("kind", N_("binary, tier or graded"), kind)
    file, table = read_table(source, name, limits)
    return read_checked(file, table, domain, kind, limits)


def read_checked(file: str, table: RawTable, domain: str | None, kind: str | None, limits: Limits) -> PairsReport:
    """Everything about a table once every row is judged."""
    checked = check(file, table, domain, kind, limits)
    return PairsReport(
        file=file,
        format=table.format,
        encoding=table.encoding,
        kind=checked.kind,
        total=len(table.rows) + len({problem.row for problem in table.problems}),
        frame=checked.frame,
        problems=checked.problems,
        notes=checked.notes,
        columns=checked.used,
        dropped=checked.dropped,
        lines=checked.lines,
    )


def read_table(source: PairsSource, name: str | None, limits: Limits) -> tuple[str, RawTable]:
    """What messages call the source, and its table before any row is judged. Raises EmptyInput without rows."""
    if isinstance(source, pd.DataFrame):
        file, table = name or UNNAMED, read_frame(source)
    else:
        opened = open_source(source, name, limits)
        file, table = opened.name, _read(opened, limits)
    if not len(table.rows) and not table.problems:
        raise EmptyInput(file)
    return file, table


def _read(source: Source, limits: Limits) -> RawTable:
    """By the content, whatever the name says; a name that says otherwise is noted."""
    table = _read_content(source, limits)
    if source.suffix in _SUFFIXES[table.format] or "." not in source.name:
        return table
    return table.with_notes(note(rules.NOTE_OTHER_FORMAT, actual=table.format, named=source.suffix))


def _read_content(source: Source, limits: Limits) -> RawTable:
    if source.data.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return read_workbook(source, limits)
    if source.data.startswith(PARQUET_MAGIC):
        return read_parquet(source, limits)
    if source.data.startswith(ARCHIVES):
        raise FileUnreadable(source.name, rules.ARCHIVE)
    if source.data.startswith(BINARIES):
        raise FileUnreadable(source.name, rules.NOT_TEXT_FILE)
    decoded = decode(source)
    if looks_like_json(decoded.head(4096), source.suffix):
        return read_json(source.name, decoded)
    return read_delimited(source.name, decoded)
