"""Cells of any type -> text or numbers, for whole columns."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.pairs.table import TEXT_DTYPE

_SCALARS: Final = (str, bool, int, float, np.generic, Decimal, date, time)


def as_text(column: pd.Series) -> tuple[pd.Series, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """A column as text with "" for missing cells, and which cells are no text: of another type, or half characters.

    Numbers become what a person would have typed: 12.0 is "12".
    """
    nothing = np.zeros(len(column), dtype=bool)
    if isinstance(column.dtype, pd.StringDtype):
        return column.astype(TEXT_DTYPE).fillna(""), nothing, nothing
    cells = [cell if type(cell) is str else _text(cell) for cell in column.tolist()]
    foreign = np.fromiter((cell is None for cell in cells), dtype=bool, count=len(cells))
    texts = ["" if cell is None else cell for cell in cells]
    try:
        return pd.Series(texts, index=column.index, dtype=TEXT_DTYPE), foreign, nothing
    except UnicodeEncodeError:
        halves = np.fromiter(map(_is_half, texts), dtype=bool, count=len(texts))
        whole = ["" if half else text for text, half in zip(texts, halves, strict=True)]
        return pd.Series(whole, index=column.index, dtype=TEXT_DTYPE), foreign, halves


def as_numbers(column: pd.Series) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """A column as numbers, exactly, NaN where blank, and which cells are no numbers."""
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), np.zeros(len(column), dtype=bool)
    text, foreign, halves = as_text(column)
    written = text.str.strip().str.lower()
    cells = written.mask(written.isin(["", "null", "none", "na"]), "nan").to_numpy(dtype=object)
    try:
        return cells.astype(np.float64), foreign | halves
    except ValueError:
        read = [_number(cell) for cell in cells]
    bad = np.fromiter((value is None for value in read), dtype=bool, count=len(read))
    return np.array([np.nan if value is None else value for value in read]), bad | foreign | halves


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


def _text(cell: object) -> str | None:
    """A cell as a person would have typed it; None for what is no text: a list, an object, a truth value."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, (bool, np.bool_)) or not isinstance(cell, _SCALARS):
        return None
    if isinstance(cell, (float, np.floating)):
        number = float(cell)
        if np.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(cell)


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
