"""One label as a file has it -> a number or a name: whatever a program or a person wraps around it."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np

from calibration.pairs.label_names import LABEL_NAMES, folded_name
from calibration.tables.cells import unquoted

MISSING: Final = frozenset(
    [
        "",
        "nan",
        "null",
        "none",
        "na",
        "n/a",
        "<na>",
        "#n/a",
        "\\n",
        "nat",
        "-",
        "不确定",
        "无法判断",
        "unsure",
        "unknown",
    ]
)
_NUMBER: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%?)", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"([+-]?\d+),(\d+)(%?)", re.ASCII)
_UNIT: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:分|点|级|类|points?|stars?|星)", re.ASCII)
_CODED: Final = re.compile(
    r"(?P<code>[0-3])\s*[-:=、.)/]\s*(?P<name>\D+)|(?P<word>\D+?)\s*[-:=、(/]\s*(?P<number>[0-3])\)?"
)
"""A code with its meaning beside it."""
_QUOTES: Final = '"“”‘’「」'
_PREFIX: Final = re.compile(r"(?:__label__|labels?[_:\s=-]+|class[_:\s=-]+|标签[_:：\s]*)(?=.)")
_BLANK: Final = " \t\r\n\u200b\ufeff"
_WRAPPED: Final = ("choices", "choice", "labels", "label", "values", "value", "rating", "answer")
_LONGEST: Final = 500
_NAMES: Final = frozenset(name for names in LABEL_NAMES.values() for name in names)


@dataclass(frozen=True)
class LabelCell:
    """A label: its number (NaN: it is none), else its folded name ("": missing), and what is said of it.

    percent: whether it is written with a per cent sign. disagree: whether several annotators say different things.
    """

    number: float
    name: str
    percent: bool = False
    disagree: bool = False

    @property
    def missing(self) -> bool:
        """Whether there is no label."""
        return np.isnan(self.number) and self.name in MISSING and not self.disagree


def read_label(cell: object) -> LabelCell:
    """A cell as a label.

    >>> [read_label(cell).number for cell in ("1分", "__label__0", "64%")], read_label('["相同"]').name
    ([1.0, 0.0, 64.0], '相同')
    >>> read_label("1|1").number, read_label("1|0").disagree
    (1.0, True)
    """
    found = {_leaf(item) for item in _leaves(cell, 0)}
    given = {one for one in found if not one.missing}
    if len(given) > 1 and not _agree(given):
        return LabelCell(np.nan, "", disagree=True)
    return next(iter(given or found), LabelCell(np.nan, ""))


def _agree(cells: set[LabelCell]) -> bool:
    """Whether different words say the same: all are names of one value in one kind."""
    for names in LABEL_NAMES.values():
        values = {names.get(cell.name) for cell in cells}
        if len(values) == 1 and None not in values:
            return True
    return False


def _leaves(cell: object, depth: int) -> Iterator[object]:
    """The single values in a cell: of lists, of objects, of JSON written as text, and of several annotators."""
    if depth > 4:
        yield cell
    elif isinstance(cell, dict):
        inner = next((cell[name] for name in _WRAPPED if name in cell), None)
        yield from _leaves(inner, depth + 1) if inner is not None else [cell]
    elif isinstance(cell, (list, tuple, np.ndarray)):
        for item in cell:
            yield from _leaves(item, depth + 1)
    elif isinstance(cell, str) and len(cell) <= _LONGEST:
        yield from _written(cell.strip(_BLANK), depth)
    else:
        yield cell


def _written(text: str, depth: int) -> Iterator[object]:
    if text[:1] in "[{" and text[-1:] in "]}" and text:
        parsed = _parsed(text)
        if parsed is not None:
            yield from _leaves(parsed, depth + 1)
            return
    if "|" in text and len(parts := [part for part in text.split("|") if part.strip()]) > 1:
        yield from parts
        return
    yield text


def _parsed(text: str) -> Any:
    """JSON, or a list as Python writes it; None where it is neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        if isinstance(found, (list, dict)):
            return found
    return None


def _leaf(value: object) -> LabelCell:
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating, Decimal)):
        try:
            return LabelCell(float(value), "")
        except OverflowError:
            return LabelCell(np.inf, "")
    if value is None:
        return LabelCell(np.nan, "")
    text = unicodedata.normalize("NFKC", unquoted(str(value).strip(_BLANK))).casefold().strip(_BLANK)
    text = _PREFIX.sub("", text.strip(_QUOTES).removeprefix("'") if len(text) > 1 else text, count=1)
    for form in (_NUMBER, _DECIMAL_COMMA, _UNIT):
        if match := form.fullmatch(text):
            number = f"{match[1]}.{match[2]}" if form is _DECIMAL_COMMA else match[1]
            return LabelCell(float(number), "", percent=match[0].endswith("%"))
    name = text if text in MISSING else folded_name(text)
    return LabelCell(_coded(text), name) if name not in _NAMES else LabelCell(np.nan, name)


def _coded(text: str) -> float:
    """The code of a label that also says what it means, if both agree; else NaN.

    >>> _coded("1-相似"), _coded("否/0"), _coded("1:different")
    (1.0, 0.0, nan)
    """
    match = _CODED.fullmatch(text)
    if match is None:
        return np.nan
    code, name = float(match["code"] or match["number"] or 0), folded_name(match["name"] or match["word"])
    return code if any(names.get(name) == code for names in LABEL_NAMES.values()) else np.nan
