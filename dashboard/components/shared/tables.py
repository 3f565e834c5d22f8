"""Tables a page at a time, and files to download: the browser never gets a whole large frame."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import state
from dashboard.i18n import t

PAGE: int = 20
MOST_LINES: int = 6
"""Lines of a row at most."""


def page_of(total: int, key: str, size: int = PAGE) -> slice:
    """Which rows to show now, with page buttons below where there are more than one page's."""
    pages = max(1, math.ceil(total / size))
    if pages == 1:
        return slice(0, total)
    if state.get(key, 1) > pages:
        state.put(key, pages)
    number = st.pagination(pages, key=key)
    return slice((number - 1) * size, number * size)


def paged(
    frame: pd.DataFrame,
    key: str,
    columns: Mapping[str, Any],
    alt: str,
    size: int = PAGE,
    words: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows,
) -> None:
    """A frame, `size` rows at a time; `columns` names and formats those that are shown, in order.

    `words` adds what is worked out for the shown rows only.
    """
    place = st.container()
    rows = page_of(len(frame), key, size)
    place.dataframe(
        words(frame.iloc[rows])[list(columns)], column_config=dict(columns), hide_index=True, alt=alt, lazy=False
    )
    if len(frame) > size:
        first, last, total = (f"{n:,}" for n in (rows.start + 1, min(rows.stop, len(frame)), len(frame)))
        st.caption(t("{first} to {last} of {total}", first=first, last=last, total=total))


def text(label: str, width: Any = None) -> Any:
    """A column of texts."""
    return st.column_config.TextColumn(label, width=width)


def when(label: str, width: Any = None) -> Any:
    """A column of moments, in the time zone of the reader's browser as everywhere on a page."""
    return st.column_config.DatetimeColumn(
        label, format="YYYY-MM-DD HH:mm", width=width, timezone=state.time_zone()
    )


def score(label: str) -> Any:
    """A column of cosines."""
    return st.column_config.NumberColumn(label, format="%.4f", width="small")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """CSV that Excel opens with Chinese intact."""
    buffer = io.BytesIO()
    frame.to_csv(buffer, index=False, encoding="utf-8-sig")
    return buffer.getvalue()


def row_height(texts: Sequence[str], wide: int) -> int | None:
    """Pixels a row needs for nine texts of ten to wrap in a column as `wide`, uncut; None where one line does.

    >>> row_height(["怎么退货"], 240), row_height(["违约" * 20] * 20 + ["违约" * 400], 240)
    (None, 75)
    """
    widths = sorted(map(text_width, texts))
    needed = widths[len(widths) * 9 // 10] if widths else 0
    lines = min(MOST_LINES, -(-needed // wide))
    return None if lines < 2 else 15 + 20 * lines


def text_width(text: str) -> int:
    """About how many pixels a text takes: a Chinese character twice as many as a Latin one."""
    return sum(14 if character > "\u2e80" else 7 for character in text) + 16
