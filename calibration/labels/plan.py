"""Draw pairs to label: uniformly at random, at or above a score floor set beforehand.

No label is spent on pairs that no threshold will accept, so the same number of labels certifies far more than one
drawn from all pairs (docs/method.md); `floors` says why that is valid, and what keeps it so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.certificates.score_floor import floor_for_share, floor_record
from calibration.columns import (
    BINARY,
    DOMAIN,
    KIND,
    LABEL,
    LOWEST_SCORE,
    NOTE,
    PURPOSE,
    PURPOSE_CALIBRATE,
    SCORE,
    TEXT_A,
    TEXT_B,
)
from calibration.errors import N_, BadArgument, ColumnsMissing, EmptyInput
from calibration.pairs import find_duplicates
from calibration.stats.threshold_counts import quantise


@dataclass(frozen=True)
class DomainDraw:
    """What was drawn in one domain.

    pool: distinct pairs with a score that are not labelled yet; eligible: those at or above `floor`; n: drawn.
    """

    domain: str
    pool: int
    eligible: int
    floor: float
    n: int

    @property
    def share(self) -> float:
        """eligible / pool in [0, 1]; NaN for an empty pool."""
        return self.eligible / self.pool if self.pool else float("nan")


@dataclass(frozen=True)
class SamplingPlan:
    """Pairs to label: a frame without labels (NaN), shuffled, with purpose=calibrate and how they were drawn in
    `note`; and by domain how many of how many. repeated, labelled, unscored: rows of the pool left out.
    """

    pairs: pd.DataFrame
    draws: Mapping[str, DomainDraw]
    seed: int
    repeated: int
    labelled: int
    unscored: int


def plan_labels(
    pool: pd.DataFrame,
    n: int,
    *,
    floor: float | None = None,
    top: float | None = None,
    labelled: pd.DataFrame | None = None,
    seed: int = 0,
) -> SamplingPlan:
    """Draw pairs to label at random, from all of a pool or above a score.

    Parameters
    ----------
    pool : DataFrame
        Unlabelled pairs: `text_a`, `text_b`, `domain` and `score` in [-1, 1].
    n : int >= 1
        Pairs to draw, divided evenly over the domains; fewer where a domain has fewer.
    floor : float in [-1, 1], optional
        Draw at or above this score.
    top : float in (0, 1], optional
        Draw from this share of each domain's highest scores instead.
    labelled : DataFrame, optional
        Pairs that have been labelled already and are not drawn again.
    seed : int
        The same seed draws the same pairs.

    Returns
    -------
    SamplingPlan
        The pairs in the order of the draw, each with its floor in the column `note`, and counts by domain.

    Raises
    ------
    BadArgument, ColumnsMissing, EmptyInput

    Notes
    -----
    Without replacement, uniformly among the distinct pairs with score >= floor. Such labels certify every
    threshold at or above the floor; recall of all pairs cannot be read from them.
    """
    if n < 1:
        raise BadArgument("n", N_("a whole number from 1"), n)
    if floor is not None and (top is not None or not LOWEST_SCORE <= floor <= 1.0):
        raise BadArgument("floor", N_("between -1 and 1, and given without a share"), floor)
    missing = [name for name in (TEXT_A, TEXT_B, DOMAIN, SCORE) if name not in pool.columns]
    if missing:
        raise ColumnsMissing("pool", missing, list(map(str, pool.columns)))
    scored = pool[np.isfinite(pool[SCORE].to_numpy(dtype=np.float64))].reset_index(drop=True)
    distinct = scored.drop(index=_repeats(scored))
    fresh = distinct if labelled is None else distinct.drop(index=_known(distinct, labelled))
    if fresh.empty:
        raise EmptyInput(
            N_("the pairs that nobody has labelled yet") if len(distinct) else N_("the pool of pairs to label")
        )
    rng, rows = np.random.default_rng(seed), dict(iter(fresh.groupby(DOMAIN, sort=True)))
    # The floor of a share is that of all pairs, so that a second plan draws above the same one.
    floors = {d: _floor(distinct[distinct[DOMAIN] == d], floor, top) for d in rows}
    above = {d: r[quantise(r[SCORE]) >= floors[d]] for d, r in rows.items()}
    if not any(map(len, above.values())):
        raise BadArgument("floor", N_("at or below the highest score of a pair not labelled yet"), floor)
    counts = _parted(n, {d: len(r) for d, r in above.items()})
    drawn = [_draw(above[d], counts[d], floors[d], seed, rng) for d in rows]
    pairs = pd.concat(drawn)
    return SamplingPlan(
        pairs.iloc[rng.permutation(len(pairs))].reset_index(drop=True),
        {str(d): DomainDraw(str(d), len(rows[d]), len(above[d]), floors[d], counts[d]) for d in rows},
        seed,
        repeated=len(scored) - len(distinct),
        labelled=len(distinct) - len(fresh),
        unscored=len(pool) - len(scored),
    )


def _floor(rows: pd.DataFrame, floor: float | None, top: float | None) -> float:
    if top is not None:
        return floor_for_share(rows[SCORE], top)
    # Rounded down and recorded with six digits, so that a later comparison sees the same floor.
    return LOWEST_SCORE if floor is None else float(quantise([floor])[0])


def _parted(n: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """n parted over domains as evenly as their sizes allow; what small ones leave goes to the others."""
    counts, left = {}, n
    for position, domain in enumerate(sorted(sizes, key=lambda d: sizes[d])):
        counts[domain] = min(sizes[domain], left // (len(sizes) - position))
        left -= counts[domain]
    return counts


def _draw(rows: pd.DataFrame, n: int, floor: float, seed: int, rng: np.random.Generator) -> pd.DataFrame:
    drawn = rows.iloc[rng.choice(len(rows), size=n, replace=False)]
    record = floor_record(floor, seed, n, len(rows))
    before = drawn[NOTE].astype(str).str.strip() if NOTE in drawn.columns else pd.Series("", index=drawn.index)
    notes = before.where(before == "", before + "; ") + record
    made = drawn.drop(columns=[KIND], errors="ignore")
    made[LABEL], made[PURPOSE], made[NOTE] = np.nan, PURPOSE_CALIBRATE, notes
    first = [TEXT_A, TEXT_B, LABEL, DOMAIN]
    return made[first + [name for name in made.columns if name not in first]]


def _repeats(pool: pd.DataFrame) -> pd.Index:
    """Rows whose pair is further up, either way round, in the same domain."""
    alike = pool[[TEXT_A, TEXT_B, DOMAIN]].assign(label=0.0, kind=BINARY)
    return find_duplicates(alike).rows.index


def _known(pool: pd.DataFrame, labelled: pd.DataFrame) -> pd.Index:
    """Rows of the pool whose pair is labelled already; distinct pairs with a RangeIndex-like unique index."""
    names = [TEXT_A, TEXT_B, DOMAIN]
    both = pd.concat([labelled[names].set_index(np.arange(-len(labelled), 0)), pool[names]])
    repeats = _repeats(both)
    return repeats[repeats >= 0]
