"""One row of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by column, and its line in the file, from 1, the header included."""

    line: int
    cells: Mapping[str, object]
