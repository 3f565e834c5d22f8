"""What a domain's thresholds decide on labelled pairs: the shares merged, left to a person and kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.certificates.score_floor import recorded_floor
from calibration.columns import DEFAULT_CONFIDENCE, LOWEST_SCORE, RELATED, SAME, SCORE, WEAK
from calibration.pairs import positives
from calibration.pairs.purpose import calibration_rows
from calibration.policies.tiers import Thresholds, held_rows
from calibration.stats.intervals import Proportion
from calibration.stats.shared_text_effect import shared_proportion
from calibration.stats.text_groups import text_codes
from calibration.stats.threshold_counts import Ints


@dataclass(frozen=True)
class Decisions:
    """What becomes of the labelled pairs of one domain, and how well.

    merged, person, apart: how many of the `n` scored pairs. precision: of the merged, how many mean the same.
    recall: of those that mean the same, how many are merged. line: the score below which pairs are kept apart,
    None where none is. floor: the labels were drawn at or above this score; above -1 every share counts only such
    pairs.
    """

    merged: int
    person: int
    apart: int
    precision: Proportion
    recall: Proportion
    line: float | None = None
    floor: float = LOWEST_SCORE

    @property
    def n(self) -> int:
        """Pairs that were decided on."""
        return self.merged + self.person + self.apart

    @property
    def shares(self) -> tuple[int, int, int]:
        """Whole percentages merged, left to a person and kept apart, which add up to 100 (largest remainders).

        >>> none = Proportion(0, 0, 0.0, 1.0, 0.9)
        >>> Decisions(1, 1, 1, none, none).shares
        (34, 33, 33)
        """
        if not self.n:
            return (0, 0, 0)
        exact = [100 * part / self.n for part in (self.merged, self.person, self.apart)]
        whole = [int(share) for share in exact]
        order = sorted(range(3), key=lambda place: (whole[place] - exact[place], place))
        for place in order[: 100 - sum(whole)]:
            whole[place] += 1
        return (whole[0], whole[1], whole[2])


def decide_pairs(
    rows: pd.DataFrame, thresholds: Thresholds, confidence: float = DEFAULT_CONFIDENCE, *, texts: Ints | None = None
) -> Decisions:
    """Count what thresholds decide on the scored, labelled rows of one domain; rows picked for review are left out.

    Merged is what reaches `same`. Apart is what stays below the lowest tier that the labels can tell, where that
    tier has a threshold: nothing is kept apart without one. A person checks what is between.

    texts: (n, 2) `calibration.stats.text_groups.text_codes` of the calibration rows, where they are at hand.
    """
    pairs = calibration_rows(rows)
    codes = text_codes(pairs) if texts is None else texts
    scores, positive = pairs[SCORE].to_numpy(dtype=np.float64), positives(pairs, SAME)
    known, same = np.isfinite(positive), thresholds.get(SAME)
    accepted = scores >= (np.inf if same is None else same)
    held = held_rows(pairs, thresholds)
    accepted = accepted if held is None else accepted & ~held
    line = _apart_line(pairs, thresholds)
    scored = np.isfinite(scores)
    merged = int((accepted & scored).sum())
    apart = int((scored & ~accepted & (scores < line)).sum()) if line is not None else 0
    hit = positive == 1.0
    return Decisions(
        merged,
        int(scored.sum()) - merged - apart,
        apart,
        precision=shared_proportion(hit[accepted & known], codes[accepted & known], confidence),
        recall=shared_proportion(accepted[hit], codes[hit], confidence),
        line=line,
        floor=recorded_floor(pairs),
    )


def _apart_line(pairs: pd.DataFrame, thresholds: Thresholds) -> float | None:
    """Below which score pairs are kept apart without a look; None where no threshold says so."""
    weak, related = thresholds.get(WEAK), thresholds.get(RELATED)
    if weak is not None:
        return weak
    if related is None or related <= LOWEST_SCORE or np.isfinite(positives(pairs, WEAK)).any():
        return None
    return related
