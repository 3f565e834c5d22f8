"""Names of columns: which of the user's columns is which of ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration import columns
from calibration.pairs.labels import is_label

TEXT_PAIRS: Final = (
    ("text_a", "text_b"),
    ("sentence1", "sentence2"),
    ("sentence_a", "sentence_b"),
    ("sent1", "sent2"),
    ("s1", "s2"),
    ("text1", "text2"),
    ("question1", "question2"),
    ("q1", "q2"),
    ("query1", "query2"),
    ("query", "title"),
    ("query", "doc"),
    ("query", "document"),
    ("query", "passage"),
    ("query", "question"),
    ("premise", "hypothesis"),
    ("source", "target"),
    ("句子1", "句子2"),
    ("句子a", "句子b"),
    ("句子一", "句子二"),
    ("文本1", "文本2"),
    ("文本a", "文本b"),
    ("文本一", "文本二"),
    ("问题1", "问题2"),
    ("问题a", "问题b"),
    ("问题一", "问题二"),
    ("查询", "标题"),
    ("原句", "目标句"),
    ("源文本", "目标文本"),
)
"""Names of the two text columns, as they come together; the first pair that a file has is taken."""

SIMILARITY_NAMES: Final = ("相似度", "similarity", "similarity_score", "相似度得分", "相似性")
"""Names of a label that say it is a degree."""

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    columns.LABEL: (
        *("label", "labels", "标签", "标注", "gold", "gold_label", "is_duplicate", "duplicate"),
        *("人工标注", "标注结果", "类别标签", "等级", "tier", *SIMILARITY_NAMES),
    ),
    columns.KIND: ("kind", "label_kind", "标签类型", "标注类型"),
    columns.DOMAIN: ("domain", "领域", "category", "行业", "业务", "业务线", "类别", "分类", "场景"),
    columns.ID: ("id", "编号", "pair_id", "序号", "idx", "guid"),
    columns.SPLIT: ("split", "划分", "数据划分"),
    columns.PURPOSE: ("purpose", "用途"),
    columns.NOTE: ("note", "备注", "说明", "comment", "remark"),
    columns.SCORE: ("score", "分数", "模型分数", "cosine"),
}
"""Names of each other column, by preference."""

SCORE_AS_LABEL: Final = ("score", "分数")
"""What may also name a label, in a file that has no other."""


def normalise(header: str) -> str:
    """A header without what people vary: case, width, blanks, `_` and `-`.

    >>> normalise(" Sentence＿1 ")
    'sentence1'
    """
    folded = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"[\s_\-\u200b\ufeff]+", "", folded)


_PAIRS: Final = tuple((normalise(a), normalise(b)) for a, b in TEXT_PAIRS)
_NAMES: Final = {column: tuple(map(normalise, names)) for column, names in ALIASES.items()}
_SIMILARITY: Final = frozenset(map(normalise, SIMILARITY_NAMES))
_SCORE_AS_LABEL: Final = frozenset(map(normalise, SCORE_AS_LABEL))


@dataclass(frozen=True)
class Resolution:
    """Where each of our columns stands (its index), and the indices of names that stand twice."""

    places: Mapping[str, int]
    twice: tuple[int, ...]

    def unused(self, headers: Sequence[str]) -> tuple[int, ...]:
        """Where the columns stand that are none of ours."""
        used = {*self.places.values(), *self.twice}
        return tuple(place for place in range(len(headers)) if place not in used)


def resolve(headers: Sequence[str]) -> Resolution:
    """Find our columns among `headers`; a column that is not there is not among the places."""
    first: dict[str, int] = {}
    repeated: list[tuple[str, int]] = []
    for place, header in enumerate(map(normalise, headers)):
        if header in first:
            repeated.append((header, place))
        else:
            first[header] = place
    places = _text_places(first)
    for column, names in _NAMES.items():
        taken = set(places.values())
        found = [first[name] for name in names if name in first and first[name] not in taken]
        if found:
            places[column] = found[0]
    twice = tuple(place for header, place in repeated if first[header] in places.values())
    return Resolution(places, twice)


def score_as_label(headers: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the score column may be the label: there is no other, and its name allows it."""
    place = places.get(columns.SCORE)
    return columns.LABEL not in places and place is not None and normalise(headers[place]) in _SCORE_AS_LABEL


def is_degree(header: str) -> bool:
    """Whether a label's name says that it is a degree of similarity."""
    return normalise(header) in _SIMILARITY | _SCORE_AS_LABEL


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names both text columns."""
    return {columns.TEXT_A, columns.TEXT_B} <= resolve(cells).places.keys()


def headerless_columns(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Our names for the columns of a file without a header, by its first row; None if it is none of them.

    >>> headerless_columns(["怎么提额", "如何提额", "1"])
    ('text_a', 'text_b', 'label')
    """
    layouts = (
        (columns.TEXT_A, columns.TEXT_B, columns.LABEL, columns.DOMAIN),
        (columns.ID, columns.TEXT_A, columns.TEXT_B, columns.LABEL),
    )
    for layout in layouts:
        place = layout.index(columns.LABEL)
        if place < len(cells) <= len(layout) and is_label(cells[place]):
            return layout[: len(cells)]
    return None


def _text_places(first: Mapping[str, int]) -> dict[str, int]:
    """Where the two texts stand: a pair of names that belong together, else any first and any second name."""
    for a, b in _PAIRS:
        if a in first and b in first:
            return {columns.TEXT_A: first[a], columns.TEXT_B: first[b]}
    found_a = next((first[a] for a, _ in _PAIRS if a in first), None)
    found_b = next((first[b] for _, b in _PAIRS if b in first and first[b] != found_a), None)
    found = {columns.TEXT_A: found_a, columns.TEXT_B: found_b}
    return {column: place for column, place in found.items() if place is not None}
