"""A Parquet file of any size, or a folder of such files as one table, read column by column in batches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

import pyarrow as pa

from calibration.errors import FileUnreadable
from calibration.messages.note import note
from calibration.tables import rules
from calibration.tables.columnar import ERRORS, FORMAT, MAGIC, check_size, kind_of, opened, pieces
from calibration.tables.limits import STREAMED, Limits
from calibration.tables.source import Source, open_source
from calibration.tables.table import Kind, Table

PATTERN: Final = "*.parquet"
_BATCH: Final = 65_536


@dataclass(frozen=True)
class ParquetParts:
    """Parquet files whose rows follow each other.

    Attributes
    ----------
    file
        What messages call all of them.
    parts, counts
        The files and how many rows each has.
    columns, kinds
        The columns, the same in every file, and what each holds.
    """

    file: str
    parts: tuple[Source, ...]
    counts: tuple[int, ...]
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    limits: Limits = STREAMED

    @property
    def rows(self) -> int:
        """How many rows all files have."""
        return sum(self.counts)

    @property
    def table(self) -> Table:
        """The same without its rows, for what is to be known of columns alone."""
        return Table(self.file, FORMAT, "", self.columns, lambda: iter(()), kinds=self.kinds)

    def where(self, row: int) -> tuple[str, int]:
        """The file of a row, which is counted from 1 over all files, and its number there."""
        ends = list(accumulate(self.counts))
        part = bisect_right(ends, row - 1)
        return self.parts[part].name, row - (ends[part] - self.counts[part])

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Some columns of all rows in their order. Raises FileUnreadable and TooLarge."""
        for part in self.parts:
            try:
                with opened(part) as file:
                    for batch in file.iter_batches(_BATCH, columns=list(names), use_threads=False):
                        for piece in pieces(part.name, batch, self.limits):
                            yield piece.select(list(names))
            except ERRORS as error:
                raise FileUnreadable(part.name, rules.PARQUET_DAMAGED) from error


def is_parquet(path: Path) -> bool:
    """Whether a path is a Parquet file by its content, or a folder."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def parquet_parts(path: Path, limits: Limits = STREAMED) -> ParquetParts:
    """A Parquet file, or the Parquet files in a folder by their names; other files in it are left alone.

    Raises FileUnreadable, also where two files have other columns, and TooLarge.
    """
    paths = [path]
    if path.is_dir():
        paths = sorted(one for one in path.glob(PATTERN) if not one.name.startswith((".", "_")) and one.is_file())
        if not paths:
            raise FileUnreadable(path.name, rules.NO_PARTS)
    parts = tuple(open_source(one, None, limits) for one in paths)
    looks = [_look(part, limits) for part in parts]
    first, kinds, _ = looks[0]
    for part, (columns, of_part, _) in zip(parts, looks, strict=True):
        if _held(columns, of_part) != _held(first, kinds):
            raise FileUnreadable(part.name, note(rules.OTHER_COLUMNS, file=parts[0].name))
    return ParquetParts(path.name, parts, tuple(rows for _, _, rows in looks), first, kinds, limits)


def _look(part: Source, limits: Limits) -> tuple[tuple[str, ...], tuple[Kind, ...], int]:
    """Columns, their kinds and the number of rows of a file."""
    try:
        with opened(part) as file:
            check_size(part.name, file.metadata, limits)
            schema = file.schema_arrow
            return tuple(schema.names), tuple(kind_of(field.type) for field in schema), file.metadata.num_rows
    except ERRORS as error:
        raise FileUnreadable(part.name, rules.PARQUET_DAMAGED) from error


def _held(columns: Sequence[str], kinds: Sequence[Kind]) -> list[tuple[str, str]]:
    """What is compared of two files: names and kinds; where in the file a column is does not count."""
    return sorted((name, kind.holds) for name, kind in zip(columns, kinds, strict=True))
