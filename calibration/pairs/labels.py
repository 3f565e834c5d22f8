"""Labels: cells -> numbers in the scale of one kind, and which kind that is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.columns import BINARY, GRADED, LABEL_MAX, TIER
from calibration.pairs import rules
from calibration.pairs.rules import PairsNote, note

_NAMES: Final[Mapping[str, Mapping[float, str]]] = {
    BINARY: {
        1.0: "是 对 真 true yes y t same 相同 相似 同义 一致 匹配 等价 重复 positive duplicate match similar",
        0.0: "否 错 假 false no n f different 不同 不相同 不相似 不同义 不一致 不匹配 不等价 不重复 negative "
        "notduplicate mismatch dissimilar",
    },
    TIER: {
        3.0: "same 高度一致 高度相似 高度相关 完全一致 强相关 identical",
        2.0: "related 中等相关 中度相关 中相关 相关 部分相关 中等相似 中度相似",
        1.0: "weak 弱相关 轻微相关 微弱相关 低度相关 低相关 弱相似 weaklyrelated",
        0.0: "unrelated 无关 不相关 完全无关 毫无关系 没有关系 irrelevant",
    },
    GRADED: {},
}
LABEL_NAMES: Final[Mapping[str, Mapping[str, float]]] = {
    kind: {name: value for value, names in by_value.items() for name in names.split()}
    for kind, by_value in _NAMES.items()
}
"""Names that a label of each kind may have, folded, and their values."""

_MISSING: Final = frozenset(["", "nan", "null", "none", "na", "n/a", "<na>", "#n/a"])
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII)
_BLANK: Final = " \t\r\n\u200b\ufeff"
_FEW: Final = 0.01
"""Below this share of the rows, those that decide the kind are worth a note: they may be typing errors."""


@dataclass(frozen=True)
class ParsedLabels:
    """Labels of n rows: `values` (n,) float64, NaN where one of the masks (n,) is set; `kind` of all of them."""

    values: npt.NDArray[np.float64]
    kind: str
    missing: npt.NDArray[np.bool_]
    unknown: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.bool_]
    fraction: npt.NDArray[np.bool_]
    notes: tuple[PairsNote, ...]


@dataclass(frozen=True)
class _Tally:
    """The distinct labels: number (NaN: none), folded name ("": none), and how many rows have each."""

    numbers: npt.NDArray[np.float64]
    names: Sequence[str]
    counts: npt.NDArray[np.int64]

    def rows(self, chosen: npt.NDArray[np.bool_] | list[bool]) -> int:
        return int(self.counts[np.asarray(chosen, dtype=bool)].sum())


def is_label(cell: object) -> bool:
    """Whether a cell can be a label of some kind.

    >>> is_label("1"), is_label("弱相关"), is_label("label"), is_label("12")
    (True, True, False, False)
    """
    number, name = _read(cell)
    return 0 <= number <= LABEL_MAX[GRADED] or any(name in names for names in LABEL_NAMES.values())


def parse_labels(cells: pd.Series, header: str, kind: str | None = None, *, degree: bool = False) -> ParsedLabels:
    """Labels of a whole column, whose kind is `kind` or follows from all its values.

    `degree` says that the header names a degree of similarity. Values outside every scale do not count when
    the kind is inferred.
    """
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=True)
    read = [_read(value) for value in distinct]
    tally = _Tally(
        np.array([number for number, _ in read], dtype=np.float64),
        [name for _, name in read],
        np.bincount(codes[codes >= 0], minlength=len(read)),
    )
    found, notes = (kind, ()) if kind else _infer(tally, header, degree)
    return _apply(codes, tally, found, notes)


def _apply(codes: npt.NDArray[np.intp], tally: _Tally, kind: str, notes: tuple[PairsNote, ...]) -> ParsedLabels:
    """The values of the rows from those of the distinct labels; a missing cell has code -1, the last place."""
    names = LABEL_NAMES[kind]
    named = np.array([names.get(name, np.nan) for name in tally.names], dtype=np.float64)
    values = np.where(np.isnan(tally.numbers), named, tally.numbers)
    missing = np.array([name in _MISSING for name in tally.names], dtype=bool) & np.isnan(values)
    unknown = np.isnan(values) & ~missing
    outside = (values < 0) | (values > LABEL_MAX[kind])
    fraction = ~outside & (kind != GRADED) & (values != np.floor(values)) & ~np.isnan(values)
    values = np.where(outside | fraction, np.nan, values)
    return ParsedLabels(
        np.append(values, np.nan)[codes],
        kind,
        np.append(missing, True)[codes],
        np.append(unknown, False)[codes],
        np.append(outside, False)[codes],
        np.append(fraction, False)[codes],
        notes,
    )


def _read(value: object) -> tuple[float, str]:
    """A cell as a number (NaN: it is none) and as a folded name ("": it is a number or missing)."""
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating, Decimal)):
        try:
            return float(value), ""
        except OverflowError:
            return np.inf, ""
    folded = unicodedata.normalize("NFKC", str(value)).casefold().strip(_BLANK)
    if _NUMBER.fullmatch(folded):
        return float(folded), ""
    return np.nan, re.sub(r"[\s_-]+", "", folded)


def _infer(tally: _Tally, header: str, degree: bool) -> tuple[str, tuple[PairsNote, ...]]:
    """The kind by what most rows are: names of a kind, or numbers; ties go to the tiers."""
    named = {kind: tally.rows([name in LABEL_NAMES[kind] for name in tally.names]) for kind in (TIER, BINARY)}
    valid = (tally.numbers >= 0) & (tally.numbers <= LABEL_MAX[GRADED])
    if max(named.values()) > tally.rows(valid):
        return max(named, key=lambda kind: named[kind]), ()
    return _infer_numbers(tally, valid, header, degree)


def _infer_numbers(
    tally: _Tally, valid: npt.NDArray[np.bool_], header: str, degree: bool
) -> tuple[str, tuple[PairsNote, ...]]:
    """The kind of numeric labels: any fraction or any above 3 is graded, any 2 or 3 a tier, else binary."""
    beyond_binary = valid & (tally.numbers != 0) & (tally.numbers != 1)
    beyond_tier = valid & ((tally.numbers > LABEL_MAX[TIER]) | (tally.numbers != np.floor(tally.numbers)))
    total, notes = tally.rows(valid), []
    if beyond_tier.any():
        if tally.rows(beyond_binary) < _FEW * total:
            notes.append(note(rules.NOTE_GRADED_FEW, count=tally.rows(beyond_binary), total=total))
        if tally.numbers[valid].max() <= 1:
            notes.append(note(rules.NOTE_GRADED_LOW))
        return GRADED, tuple(notes)
    if beyond_binary.any():
        if degree:
            return GRADED, (note(rules.NOTE_GRADED_NAME, column=header),)
        return TIER, (note(rules.NOTE_TIER_NUMBERS),)
    return BINARY, (note(rules.NOTE_BINARY_NAME, column=header),) if degree and total else ()
