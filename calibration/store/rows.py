"""A pairs frame as plain rows and back, with its content hash and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import (
    DOMAIN,
    ID,
    KIND,
    LABEL,
    LABEL_MAX,
    NOTE,
    PURPOSE,
    SCORE,
    SPLIT,
    TEXT_A,
    TEXT_B,
)
from calibration.errors import N_, BadArgument, ColumnsMissing, EmptyInput

Row = tuple[str | float | None, ...]

STORED: Final = (TEXT_A, TEXT_B, LABEL, KIND, DOMAIN, ID, SPLIT, PURPOSE, NOTE, SCORE)
"""The columns of a stored pair, in the order of its row and of its hash."""
NEEDED: Final = STORED[:5]
NUMBERS: Final = (LABEL, SCORE)


@dataclass(frozen=True)
class LabelCount:
    """How many `rows` of a `domain` and `kind` carry `label`; graded labels are floored to whole grades.

    Flooring keeps every "at least" count exact: the tiers begin at whole grades.
    """

    domain: str
    kind: str
    label: int
    rows: int


def stored_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    """The columns of `frame` that are stored, in its own order; others, such as `truncated`, are left out."""
    return tuple(str(column) for column in frame.columns if column in STORED)


def frame_rows(frame: pd.DataFrame, name: str = "frame") -> list[Row]:
    """The rows of a canonical pairs frame in the order of STORED, None where a value or column is missing.

    :raises EmptyInput: there is no row.
    :raises ColumnsMissing: a needed column is not there.
    :raises BadArgument: a value that cannot be stored, or a label outside the range of its kind.
    """
    missing = [column for column in NEEDED if column not in frame.columns]
    if missing:
        raise ColumnsMissing(name, missing, [str(column) for column in frame.columns])
    if not len(frame):
        raise EmptyInput(name)
    _check_labels(frame)
    return list(zip(*(_values(frame, column) for column in STORED), strict=True))


def _check_labels(frame: pd.DataFrame) -> None:
    kinds, labels = frame[KIND], frame[LABEL].to_numpy(dtype=float)
    highest = kinds.map(LABEL_MAX).to_numpy(dtype=float)
    if np.isnan(highest).any():
        raise BadArgument(KIND, " | ".join(LABEL_MAX), kinds[np.isnan(highest)].iloc[0])
    wrong = ~((labels >= 0) & (labels <= highest))
    if wrong.any():
        raise BadArgument(LABEL, N_("within the range of its kind"), float(labels[wrong][0]))


def _values(frame: pd.DataFrame, column: str) -> Sequence[str | float | None]:
    if column not in frame.columns:
        return [None] * len(frame)
    if column in NUMBERS:
        numbers = frame[column].to_numpy(dtype=float) + 0.0  # + 0.0: SQLite knows no negative zero
        return [None if np.isnan(number) else number for number in numbers.tolist()]
    given = frame[column]
    kept = given.astype(object).where(given.notna(), None).tolist()
    if column in NEEDED and None in kept:
        raise BadArgument(column, N_("given in every row"), None)
    texts = [text if text is None else str(text) for text in kept]
    if not _storable("".join(text for text in texts if text)):  # a million single checks would take seconds
        for text in texts:
            check_text(column, text)
    return texts


def check_text(name: str, text: str | None) -> None:
    """Refuse what no database keeps.

    :raises BadArgument: `text` has a NUL character or half of a surrogate pair.
    """
    if text is not None and not _storable(text):
        raise BadArgument(name, N_("text without NUL and broken characters"), text[:40])


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def count_labels(rows: Sequence[Row]) -> tuple[LabelCount, ...]:
    """Rows by domain, kind and label, sorted; graded labels floored."""
    domain, kind, label = (STORED.index(column) for column in (DOMAIN, KIND, LABEL))
    found = Counter((str(row[domain]), str(row[kind]), int(float(row[label] or 0))) for row in rows)
    return tuple(LabelCount(*key, rows=number) for key, number in sorted(found.items()))


def rows_frame(rows: Sequence[Row], columns: Sequence[str]) -> pd.DataFrame:
    """The pairs frame of `rows` (in the order of STORED) with just these `columns`, in this order."""
    by_column = dict(zip(STORED, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(STORED, ())
    return pd.DataFrame(
        {
            column: pd.Series(list(by_column[column]), dtype="float64" if column in NUMBERS else "str")
            for column in columns
        }
    )
