"""Cells of any type -> text or numbers, for whole columns of any table, and which cells cannot serve as a text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.tables import rules

TEXT_DTYPE: Final = pd.StringDtype(na_value=np.nan)
"""What pandas calls `str`: missing cells are NaN."""
Mask = npt.NDArray[np.bool_]

_SCALARS: Final = (str, bool, int, float, np.generic, Decimal, date, time)
_TEXT_KEYS: Final = ("text", "value", "content", "$oid", "$date", "$numberlong", "$numberdouble")
"""Keys under which objects hold the one value that they stand for."""
_ERROR: Final = re.compile(r"#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_MISSING: Final = frozenset(
    ["nan", "NaN", "NAN", "null", "NULL", "None", "NONE", "<NA>", "NaT", "\\N", "N/A", "n/a", "(null)", "<null>"]
)
"""How databases and programs write a missing value into a file of texts."""
MAY_BE_NO_SENTENCE: Final = "|".join(["#", *map(re.escape, sorted(_MISSING))])
"""A pattern that every text has in it of which `no_sentence` says something."""
_FORMULA: Final = re.compile(r'="(.*)"', re.DOTALL)


class ErrorCell(str):
    """An error that a spreadsheet shows in place of a value, such as #N/A."""

    __slots__ = ()


def as_text(column: pd.Series) -> tuple[pd.Series, Mask, Mask]:
    """A column as text with "" for missing cells, and which cells are no text: of another type, or half characters.

    Numbers become what a person would have typed: 12.0 is "12"; an object that stands for one text is that text.
    """
    nothing = np.zeros(len(column), dtype=bool)
    if isinstance(column.dtype, pd.StringDtype):
        return column.astype(TEXT_DTYPE).fillna(""), nothing, nothing
    if isinstance(column.dtype, pd.CategoricalDtype) and isinstance(column.cat.categories.dtype, pd.StringDtype):
        named = pd.array([*column.cat.categories, ""], dtype=TEXT_DTYPE)
        return pd.Series(named.take(column.cat.codes.to_numpy()), index=column.index), nothing, nothing
    cells = [cell if type(cell) is str else _text(cell) for cell in column.tolist()]
    foreign = np.fromiter((cell is None for cell in cells), dtype=bool, count=len(cells))
    texts = ["" if cell is None else cell for cell in cells]
    try:
        return pd.Series(texts, index=column.index, dtype=TEXT_DTYPE), foreign, nothing
    except UnicodeEncodeError:
        halves = np.fromiter(map(_is_half, texts), dtype=bool, count=len(texts))
        whole = ["" if half else text for text, half in zip(texts, halves, strict=True)]
        return pd.Series(whole, index=column.index, dtype=TEXT_DTYPE), foreign, halves


def as_loose_text(column: pd.Series) -> tuple[pd.Series, Mask, Mask]:
    """Like `as_text` for a column that may hold anything: what is no text is written as one.

    The first mask says which cells these are.
    """
    text, foreign, halves = as_text(column)
    if not foreign.any():
        return text, foreign, halves
    cells = text.tolist()
    for at in np.flatnonzero(foreign).tolist():
        cells[at] = loose_text(column.iloc[at])
    made, _, more = as_text(pd.Series(cells, index=column.index, dtype=object))
    return made, foreign, halves | more


def as_numbers(column: pd.Series) -> tuple[npt.NDArray[np.float64], Mask]:
    """A column as numbers, exactly, NaN where blank, and which cells are no numbers."""
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), np.zeros(len(column), dtype=bool)
    text, foreign, halves = as_text(column)
    written = text.str.strip().str.lower()
    cells = written.mask(written.isin(["", "null", "none", "na", "\\n", "n/a"]), "nan").to_numpy(dtype=object)
    try:
        return cells.astype(np.float64), foreign | halves
    except ValueError:
        read = [_number(cell) for cell in cells]
    bad = np.fromiter((value is None for value in read), dtype=bool, count=len(read))
    return np.array([np.nan if value is None else value for value in read]), bad | foreign | halves


def no_sentence(text: str) -> str:
    """The rule by which a text is none: an error of a spreadsheet, or a word for a missing value; else empty.

    >>> no_sentence("#N/A"), no_sentence(" NULL "), no_sentence("nan o'clock")
    ('holds an error of the spreadsheet instead of a text', 'is a word for a missing value, not a text', '')
    """
    given = text.strip()
    if given in _MISSING:
        return rules.MISSING_WORD
    return rules.ERROR_CELL if given.startswith("#") and _ERROR.fullmatch(given) else ""


def unquoted(text: str) -> str:
    """A text without what makes Excel take it for one: `="1"` is 1.

    >>> unquoted('="怎么还款"'), unquoted("=1+1")
    ('怎么还款', '=1+1')
    """
    if text.startswith("=") and (found := _FORMULA.fullmatch(text.strip())):
        return found[1].replace('""', '"')
    return text


def loose_text(cell: object) -> str:
    """Any cell as a text: the items of a list, the value of an object that stands for one, else JSON.

    >>> loose_text(True), loose_text(["bank", "card"]), loose_text({"$oid": "60f"}), loose_text({"a": 1})
    ('true', 'bank, card', '60f', '{"a": 1}')
    """
    plain = _text(cell)
    if plain is not None:
        return plain
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, (bytes, bytearray)):
        try:
            return bytes(cell).decode("utf-8")
        except UnicodeDecodeError:
            return bytes(cell).hex()
    if isinstance(cell, (list, tuple, np.ndarray)):
        return ", ".join(loose_text(item) for item in cell)
    try:
        return json.dumps(cell, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return str(cell)


def shown(cell: object) -> str:
    """A cell as a message shows it: short, and printable anywhere."""
    text = _text(cell)
    return (str(cell) if text is None else text)[:80].encode("utf-8", "replace").decode("utf-8")


def scalars(column: pd.Series) -> pd.Series:
    """A column whose lists and objects are replaced by their text, so that cells can be compared and counted."""
    if column.dtype != object:
        return column
    cells = [cell if cell is None or isinstance(cell, _SCALARS) else str(cell) for cell in column.tolist()]
    return pd.Series(cells, index=column.index, dtype=object)


def text_series(cells: Sequence[object]) -> pd.Series:
    """Cells as a column: of text where every cell is one or missing, else of plain objects."""
    try:
        if all(cell is None or type(cell) is str for cell in cells):
            return pd.Series(list(cells), dtype=TEXT_DTYPE)
    except UnicodeEncodeError:
        pass
    return pd.Series(list(cells), dtype=object)


def _text(cell: object) -> str | None:
    """A cell as a person would have typed it; None for what is no text: a list, an object, a truth value."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, dict):
        return _single(cell)
    if isinstance(cell, (bool, np.bool_)) or not isinstance(cell, _SCALARS):
        return None
    if isinstance(cell, (float, np.floating)):
        number = float(cell)
        if np.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(cell)


def _single(cell: dict[object, object]) -> str | None:
    """The text that an object stands for: under the one key that it has for it."""
    found = [value for key, value in cell.items() if str(key).casefold() in _TEXT_KEYS]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None


def _is_half(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
