"""A look at a file before it is read: its columns, which of them is what, and its first rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pandas as pd

from calibration import columns
from calibration.messages.note import Note
from calibration.pairs.expand import expanded
from calibration.pairs.headers import resolve
from calibration.pairs.labels import is_label
from calibration.pairs.reading import AS_FOUND, PairReading
from calibration.pairs.table import PairsSource, opened
from calibration.tables.cells import loose_text
from calibration.tables.limits import DEFAULT_LIMITS, Limits
from calibration.tables.table import Row

LABELS: Final = "labels"
NUMBERS: Final = "numbers"
TEXTS: Final = "texts"
NOTHING: Final = "nothing"


@dataclass(frozen=True)
class TablePreview:
    """What a picker of columns shows.

    Attributes
    ----------
    columns
        The file's columns, with #3 for a third one that has no name.
    proposed
        Which of these is which of ours: text_a, text_b, label, domain and others; a column that nobody could
        propose is missing.
    by_name
        The ours that were found by their names; the others of `proposed` only by what they hold, to be confirmed.
    kinds
        What the first cells of each column are: `labels`, `numbers`, `texts` or `nothing`.
    rows
        The first rows as texts.
    """

    file: str
    format: str
    encoding: str
    columns: tuple[str, ...]
    proposed: Mapping[str, str]
    by_name: frozenset[str]
    kinds: Mapping[str, str]
    rows: pd.DataFrame
    notes: tuple[Note, ...]


def look_at(
    source: PairsSource,
    *,
    name: str | None = None,
    reading: PairReading = AS_FOUND,
    rows: int = 20,
    limits: Limits = DEFAULT_LIMITS,
) -> TablePreview:
    """Look at the first rows of a file of pairs; nothing is judged, and no column need be known.

    Raises FileUnreadable, EmptyInput, TooLarge, ColumnUnknown and BadArgument.
    """
    table = expanded(opened(source, name, limits, reading), reading)
    found = [item for item in islice(iter(table), 10 * rows) if isinstance(item, Row)][:rows]
    names = tuple(header.strip() or f"#{place}" for place, header in enumerate(table.columns, start=1))
    shown = pd.DataFrame(
        {place: [loose_text(row.cells[place]) for row in found] for place in range(len(names))}, dtype=object
    )
    kinds = [_kind(shown[place].tolist()) for place in range(len(names))]
    places = dict(resolve(table.columns, reading.columns, table.file).places)
    by_name = frozenset(places)
    places |= _by_content(kinds, places)
    proposed = {column: names[place] for column, place in places.items()}
    frame = shown.set_axis(list(names), axis=1)
    of_columns = dict(zip(names, kinds, strict=True))
    return TablePreview(
        table.file, table.format, table.encoding, names, proposed, by_name, of_columns, frame, table.notes
    )


def _kind(cells: list[str]) -> str:
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return NOTHING
    if all(map(is_label, filled)):
        return LABELS
    numbers = pd.to_numeric(pd.Series(filled, dtype=object), errors="coerce").notna().all()
    return NUMBERS if numbers else TEXTS


def _by_content(kinds: list[str], places: Mapping[str, int]) -> dict[str, int]:
    """Proposals for the columns that no name shows: two of texts, and the only one of labels."""
    free = [place for place in range(len(kinds)) if place not in places.values()]
    made: dict[str, int] = {}
    texts = [place for place in free if kinds[place] == TEXTS]
    missing = [column for column in (columns.TEXT_A, columns.TEXT_B) if column not in places]
    if len(texts) >= len(missing):
        made |= dict(zip(missing, texts, strict=False))
    labels = [place for place in free if kinds[place] == LABELS]
    if columns.LABEL not in places and len(labels) == 1:
        made[columns.LABEL] = labels[0]
    return made
