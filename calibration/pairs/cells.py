"""Cells of any type -> text, for whole columns."""

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
