"""Tables whose rows hold several pairs, or both texts in one cell -> tables of pairs.

Triplets of an anchor with positives and negatives (FlagEmbedding, sentence-transformers), lists of two texts, and
two lines in one text (doccano).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from calibration import columns
from calibration.errors.rows import PairProblem
from calibration.messages.note import note
from calibration.pairs import rules
from calibration.pairs.headers import normalise, resolve
from calibration.pairs.reading import PairReading
from calibration.tables.cells import shown
from calibration.tables.table import Item, Row, Table

ANCHORS: Final = ("anchor", "query", "sentence", "question", "text", "sent0", "查询", "问题", "句子")
POSITIVES: Final = ("positive", "positives", "pos", "pos_text", "sent1", "正例", "正样本")
NEGATIVES: Final = (
    "negative",
    "negatives",
    "neg",
    "neg_text",
    "hard_neg",
    "hard_negative",
    "hard_negatives",
    "负例",
    "负样本",
)
BOTH: Final = ("texts", "sentences", "pair", "text_pair", "sentence_pair", "set", "文本对", "句对")
ONE: Final = ("text", "content", "data", "文本")
_SAMPLE: Final = 20

Expand = Callable[[Row], Iterator[Item]]


def expanded(table: Table, reading: PairReading) -> Table:
    """The table with one pair a row, where its columns show another layout; else as it is."""
    headers = list(map(normalise, table.columns))
    if reading.text_a or reading.text_b:
        return table
    anchor, positive, negative = (_place(headers, names) for names in (ANCHORS, POSITIVES, NEGATIVES))
    places = resolve(table.columns).places
    if (
        None not in (anchor, positive)
        and negative is not None
        and columns.LABEL not in places
        and not reading.label
    ):
        return _triplets(table, (int(anchor or 0), int(positive or 0), negative))
    if {columns.TEXT_A, columns.TEXT_B} <= places.keys():
        return table
    both = _place(headers, BOTH)
    if both is not None and _most(table, both, _two_items):
        return _split(table, both, _two_items)
    one = _place(headers, ONE)
    if one is not None and _most(table, one, _two_lines):
        return _split(table, one, _two_lines)
    return table


def _place(headers: Sequence[str], names: Sequence[str]) -> int | None:
    return next((headers.index(name) for name in map(normalise, names) if name in headers), None)


def _most(table: Table, place: int, split: Callable[[object], Sequence[object] | None]) -> bool:
    rows = [item for item in islice(iter(table), _SAMPLE) if isinstance(item, Row)]
    return bool(rows) and sum(split(row.cells[place]) is not None for row in rows) > len(rows) / 2


def _triplets(table: Table, places: tuple[int, int, int]) -> Table:
    anchor, positive, negative = places
    others = [at for at in range(len(table.columns)) if at not in places]

    def pairs(row: Row) -> Iterator[Item]:
        kept = [row.cells[at] for at in others]
        found = False
        for place, label in ((positive, "1"), (negative, "0")):
            for text in _items(row.cells[place]):
                found = True
                yield Row(row.line, [row.cells[anchor], text, label, *kept])
        if not found:
            yield Row(row.line, [row.cells[anchor], None, None, *kept])

    names = (columns.TEXT_A, columns.TEXT_B, columns.LABEL, *(table.columns[at] for at in others))
    what = {"positive": table.columns[positive], "negative": table.columns[negative]}
    return _over(table, names, pairs).with_notes(note(rules.NOTE_TRIPLETS, **what))


def _split(table: Table, place: int, split: Callable[[object], Sequence[object] | None]) -> Table:
    others = [at for at in range(len(table.columns)) if at != place]
    name = table.columns[place]

    def pair(row: Row) -> Iterator[Item]:
        texts = split(row.cells[place])
        if texts is None:
            yield PairProblem(table.file, row.line, name, rules.NOT_TWO_TEXTS, shown(row.cells[place]))
        else:
            yield Row(row.line, [*texts, *(row.cells[at] for at in others)])

    names = (columns.TEXT_A, columns.TEXT_B, *(table.columns[at] for at in others))
    return _over(table, names, pair).with_notes(note(rules.NOTE_TWO_TEXTS, column=name))


def _over(table: Table, names: tuple[str, ...], expand: Expand) -> Table:
    def again() -> Iterator[Item]:
        for item in table.again():
            if isinstance(item, Row):
                yield from expand(item)
            else:
                yield item

    return replace(table, columns=names, again=again, kinds=())


def _items(cell: object) -> Sequence[object]:
    """The texts in a cell: of a list its items, else the cell where it holds anything."""
    if isinstance(cell, (list, tuple)):
        return cell
    return [cell] if cell is not None and str(cell).strip() else []


def _two_items(cell: object) -> Sequence[object] | None:
    return cell if isinstance(cell, (list, tuple)) and len(cell) == 2 else None


def _two_lines(cell: object) -> Sequence[object] | None:
    """Two texts in one, by line, tab or a mark between them."""
    if not isinstance(cell, str):
        return None
    for between in ("\n", "\t", "[SEP]", "|||"):
        parts = [part.strip() for part in cell.split(between) if part.strip()]
        if len(parts) == 2:
            return parts
    return None
