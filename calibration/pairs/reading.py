"""How a user says that a file of pairs is to be read: which column is which, on which scale labels are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calibration import columns
from calibration.errors import BadArgument, ColumnUnknown
from calibration.pairs.headers import headerless_columns, is_header, resolve
from calibration.pairs.label_cells import read_label
from calibration.pairs.label_kind import Scale
from calibration.pairs.labels import LABEL_SCALES, may_be_label, scale_of
from calibration.tables.table import Reading


@dataclass(frozen=True)
class PairReading:
    """What a user says of a file; None: as it is found.

    Attributes
    ----------
    text_a, text_b, label, domain_column
        The names of columns, or their numbers from 1.
    sheet
        Of a workbook, by name or number from 1.
    encoding
        Of a text file, as Python calls it.
    no_header
        Whether the first row holds data.
    label_scale
        One of `binary`, `tier`, `0-1`, `0-5`, `0-100`.
    """

    text_a: str | None = None
    text_b: str | None = None
    label: str | None = None
    domain_column: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    no_header: bool = False
    label_scale: str | None = None

    def __post_init__(self) -> None:
        if self.label_scale is not None and self.label_scale not in LABEL_SCALES:
            raise BadArgument("label_scale", " | ".join(LABEL_SCALES), self.label_scale)

    @property
    def columns(self) -> Mapping[str, str]:
        """The user's names of our columns, as far as they are given."""
        given = {
            columns.TEXT_A: self.text_a,
            columns.TEXT_B: self.text_b,
            columns.LABEL: self.label,
            columns.DOMAIN: self.domain_column,
        }
        return {column: name for column, name in given.items() if name is not None}

    @property
    def scale(self) -> Scale | None:
        """The scale of the labels, where it is given."""
        return scale_of(self.label_scale) if self.label_scale is not None else None

    @property
    def table(self) -> Reading:
        """What concerns any table."""
        return Reading(self.sheet, self.encoding, self.no_header)


AS_FOUND = PairReading()


@dataclass(frozen=True)
class PairHeaders:
    """What tells the header of a file of pairs, and lays out one without: rules for `calibration.tables`."""

    given: Mapping[str, str]

    def knows(self, cells: Sequence[str]) -> bool:
        """Whether a record names both texts, by the user's names or ours."""
        if not self.given:
            return is_header(cells)
        if any(name.lstrip("#").isdigit() for name in self.given.values()):
            return False
        try:
            return {columns.TEXT_A, columns.TEXT_B} <= resolve(cells, self.given).places.keys()
        except ColumnUnknown:
            return False

    def layout(self, cells: Sequence[str]) -> tuple[str, ...] | None:
        """Our names of the columns of a file without a header."""
        return headerless_columns(cells)

    def doubts(self, names: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether the label of a row is none, or its score no number."""
        try:
            places = resolve(names, self.given).places
        except ColumnUnknown:
            return False
        given = {column: cells[place].strip() for column, place in places.items() if place < len(cells)}
        label, score = given.get(columns.LABEL, ""), given.get(columns.SCORE, "")
        return (label != "" and not may_be_label(label)) or (score != "" and np.isnan(read_label(score).number))
