"""Score floors: labels drawn at random above a floor certify every threshold at or above it.

A certificate about a threshold t rests on the labels at or above t alone, and those of a uniform draw above the
floor are a uniform draw above every t >= floor. Two rules keep it valid. The floor is set from scores, or from
labels that do not certify. And labels from below it are not mixed in: there they would be too few, so that
precision looked better than it is. Each drawn row records its floor in its note; `above_floor` goes by it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from calibration.columns import DOMAIN, LOWEST_SCORE, NOTE, SCORE
from calibration.errors import N_, BadArgument, EmptyInput
from calibration.stats.threshold_counts import Floats, quantise

_RECORD: Final = "drawn at random: floor={floor:.6f} seed={seed} n={n} of={eligible}"
_FLOOR: Final = r"drawn at random: floor=(-?\d\.\d{6}) seed=\d+ n=\d+ of=\d+"


def floor_for_share(scores: ArrayLike, share: float) -> float:
    """The highest observed score that at least `share` of the n scores reach, NaN left out. share in (0, 1].

    >>> floor_for_share([0.9, 0.8, 0.7, 0.6], share=0.5)
    0.8
    """
    if not 0.0 < share <= 1.0:
        raise BadArgument("share", N_("above 0 and at most 1"), share)
    values = np.asarray(scores, dtype=np.float64)
    values = np.sort(quantise(values[np.isfinite(values)]))[::-1]
    if not values.size:
        raise EmptyInput(N_("the scores"))
    return float(values[max(int(np.ceil(share * values.size - 1e-9)) - 1, 0)])


def floor_record(floor: float, seed: int, n: int, eligible: int) -> str:
    """What a drawn row says in its note: n pairs of those eligible, at or above `floor`.

    >>> floor_record(0.93, 7, 200, 4012)
    'drawn at random: floor=0.930000 seed=7 n=200 of=4012'
    """
    return _RECORD.format(floor=floor, seed=seed, n=n, eligible=eligible)


def has_floor_record(notes: pd.Series) -> pd.Series:
    """(n,) whether each note records a random draw.

    >>> has_floor_record(pd.Series(["", floor_record(0.9, 7, 3, 50), None])).tolist()
    [False, True, False]
    """
    return notes.astype(str).str.contains(_FLOOR.replace("(", "(?:"), regex=True)


def recorded_floor(rows: pd.DataFrame) -> float:
    """The highest floor that the notes of a frame record; -1 where none does.

    >>> recorded_floor(pd.DataFrame({"note": ["", floor_record(0.93, 7, 200, 4012)]}))
    0.93
    """
    if NOTE not in rows.columns:
        return LOWEST_SCORE
    floors = rows[NOTE].astype(str).str.extract(_FLOOR, expand=False).dropna().astype(np.float64)
    return float(floors.max()) if len(floors) else LOWEST_SCORE


def row_floors(rows: pd.DataFrame) -> Floats:
    """(n,) the floor that the note of each row records; -1 where it records none.

    >>> row_floors(pd.DataFrame({"note": ["", floor_record(0.93, 7, 200, 4012)]})).tolist()
    [-1.0, 0.93]
    """
    if NOTE not in rows.columns:
        return np.full(len(rows), LOWEST_SCORE)
    codes, distinct = pd.factorize(rows[NOTE])
    found = pd.Series([*distinct, ""]).astype(str).str.extract(_FLOOR, expand=False).astype(np.float64)
    return np.asarray(found.fillna(LOWEST_SCORE), dtype=np.float64)[codes]


def missing_of_draws(rows: pd.DataFrame) -> int:
    """How many pairs of the draws that the notes record are not among the rows; 0 where no draw is recorded.

    >>> missing_of_draws(pd.DataFrame({"note": ["", floor_record(0.9, 7, 3, 50), floor_record(0.9, 7, 3, 50)]}))
    1
    """
    if NOTE not in rows.columns:
        return 0
    records = rows[NOTE].astype(str).str.extract(f"({_FLOOR})")[0].dropna()
    domains = rows.loc[records.index, DOMAIN] if DOMAIN in rows.columns else pd.Series("", records.index)
    there = records.groupby([records, domains]).size()
    drawn = there.index.get_level_values(0).str.extract(r" n=(\d+) ", expand=False).to_numpy(dtype=np.int64)
    return int(np.maximum(drawn - there.to_numpy(), 0).sum())


def drawn_from_all(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that no floor kept from being any pair: what shares of positives may be counted on.

    A draw above a floor knows nothing of the pairs below it, so neither prevalence nor the shares accepted within
    positives and within negatives.

    >>> notes = ["", floor_record(0.93, 7, 200, 4012), floor_record(-1.0, 7, 200, 9000)]
    >>> drawn_from_all(pd.DataFrame({"note": notes})).index.tolist()
    [0, 2]
    """
    if NOTE not in rows.columns:
        return rows
    floors = rows[NOTE].astype(str).str.extract(_FLOOR, expand=False).astype(np.float64)
    return rows[~(floors > LOWEST_SCORE)]


def above_floor(rows: pd.DataFrame, floor: float | None = None) -> pd.DataFrame:
    """The scored rows of ONE domain that may certify together: those at or above `floor` (default: as recorded).

    Above the highest floor of several uniform draws all of them are uniform draws; below it they are not. Rows
    without a score stay, so that callers can count them.
    """
    lowest = recorded_floor(rows) if floor is None else floor
    return rows[~(quantise(rows[SCORE]) < lowest)]
