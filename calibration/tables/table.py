"""What the readers of every format give: a table whose rows are streamed, as often as it is gone through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from calibration.errors.rows import PairProblem
from calibration.messages.note import Note


class Row(NamedTuple):
    """The cells of a row in the order of the columns, and its line in the file, from 1, the header included."""

    line: int
    cells: Sequence[object]


class Kind(NamedTuple):
    """What a typed column holds: text, texts (lists of them), number, object, or other; and the type's own name."""

    holds: str
    name: str


Item = Row | PairProblem | Note
"""What a table streams: good rows, rows that cannot be read, and what the reader decided on the way."""


@dataclass(frozen=True)
class Table:
    """A table of one file.

    Attributes
    ----------
    file, format, encoding
        What messages call the file; one of csv, tsv, txt, jsonl, xlsx, parquet, frame; "" where a format has none.
    columns
        The headers as the file has them: they may be blank or occur twice.
    header_row
        The line of the header, 0 where there is none.
    notes
        What was decided before the first row.
    kinds
        What each column holds, where the format says so.
    again
        Streams the rows. Raises FileUnreadable and TooLarge.
    """

    file: str
    format: str
    encoding: str
    columns: tuple[str, ...]
    again: Callable[[], Iterator[Item]] = field(repr=False)
    header_row: int = 0
    notes: tuple[Note, ...] = ()
    kinds: tuple[Kind, ...] = ()

    def __iter__(self) -> Iterator[Item]:
        return self.again()

    @property
    def is_text(self) -> bool:
        """Whether every cell is a text, as in delimited files."""
        return self.format in ("csv", "tsv", "txt")

    def with_notes(self, *notes: Note) -> Table:
        """The same table with more to note."""
        return replace(self, notes=(*self.notes, *notes))


class HeaderRules(Protocol):
    """What the caller knows of the columns that it looks for; it tells header and delimiter."""

    def knows(self, cells: Sequence[str]) -> bool:
        """Whether a record is surely the header."""

    def layout(self, cells: Sequence[str]) -> tuple[str, ...] | None:
        """Names for the columns of a file without a header, by a record of data; None where it is none."""

    def doubts(self, names: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether cells can hardly be a row under these names, as one of them must be a number or a known word."""


@dataclass(frozen=True)
class AnyHeader:
    """Rules of a caller that looks for nothing but perhaps one column: the first record is the header."""

    column: str | None = None

    def knows(self, cells: Sequence[str]) -> bool:
        """Whether the column is among them."""
        return self.column is not None and folded(self.column) in map(folded, cells)

    def layout(self, cells: Sequence[str]) -> tuple[str, ...] | None:  # noqa: ARG002 (the protocol's)
        """None: any record may be a header."""
        return None

    def doubts(self, names: Sequence[str], cells: Sequence[str]) -> bool:  # noqa: ARG002 (the protocol's)
        """No: nothing is known of any column."""
        return False


@dataclass(frozen=True)
class Reading:
    """How a user says that a file is to be read; None: as it is found.

    sheet: of a workbook, by name or number from 1. encoding: a name that Python knows. no_header: the first record
    holds data.
    """

    sheet: str | None = None
    encoding: str | None = None
    no_header: bool = False


AS_FOUND = Reading()


def folded(header: str) -> str:
    """A header without case and blanks around it.

    >>> folded(" Title ")
    'title'
    """
    return header.strip().casefold()
