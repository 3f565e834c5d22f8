"""How much of a file is read: no upload takes more memory than these allow, whatever it unpacks to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from calibration.errors import TooLarge


@dataclass(frozen=True)
class Limits:
    """Limits of one file.

    Attributes
    ----------
    file_bytes
        The file itself, and what an archive says that it unpacks to.
    text_characters
        One text; a longer one is a bad row.
    rows, columns, cells
        Of the table; cells count where a format lets them be empty and far apart.
    held_bytes
        What is held unpacked at a time: the cells of all rows where they are collected, the entries of a
        dictionary or of a workbook's shared strings.
    """

    file_bytes: int = 512 * 1024 * 1024
    text_characters: int = 20_000
    rows: int = 2_000_000
    columns: int = 1_000
    cells: int = 20_000_000
    held_bytes: int = 256 * 1024 * 1024

    def check_columns(self, file: str, count: int) -> None:
        """Raise TooLarge for more columns than are read."""
        if count > self.columns:
            raise TooLarge(file, count, self.columns, "columns")

    def check_rows(self, file: str, count: int) -> None:
        """Raise TooLarge for more rows than are read."""
        if count > self.rows:
            raise TooLarge(file, count, self.rows, "rows")

    def check_cells(self, file: str, count: int) -> None:
        """Raise TooLarge for more cells than are read."""
        if count > self.cells:
            raise TooLarge(file, count, self.cells, "cells")

    def check_held(self, file: str, count: int) -> None:
        """Raise TooLarge for more unpacked bytes than are held."""
        if count > self.held_bytes:
            raise TooLarge(file, count, self.held_bytes, "unpacked bytes")


DEFAULT_LIMITS: Final = Limits()
UNBOUNDED: Final = 1 << 62
STREAMED: Final = Limits(file_bytes=UNBOUNDED, rows=UNBOUNDED, cells=UNBOUNDED)
"""Of files that are streamed and never held, of any size."""
