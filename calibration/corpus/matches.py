"""What was found for queries in a FAQ, by query and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.corpus.blocks import Ids
from calibration.corpus.recall import Recall
from calibration.corpus.threshold import Threshold
from calibration.errors import N_

ANSWERED: Final = "answered"
AMBIGUOUS: Final = "ambiguous"
NO_ANSWER: Final = "no_answer"
DECISIONS: Final = {
    ANSWERED: N_("answered"),
    AMBIGUOUS: N_("ambiguous: two answers are near"),
    NO_ANSWER: N_("no answer"),
}


@dataclass(frozen=True)
class Found:
    """What was found for one query: FAQ rows, best first, each of another answer, and their scores in [-1, 1].

    decision: one of DECISIONS. unseen: which rows differ from the query in characters that the model does not know;
    they come last, as their scores say nothing about those.
    """

    rows: Ids
    scores: NDArray[np.float64]
    decision: str
    unseen: NDArray[np.bool_] | None = None

    def best(self, k: int) -> Found:
        """The first `k` of them; the decision stays."""
        unseen = None if self.unseen is None else self.unseen[:k]
        return Found(self.rows[:k], self.scores[:k], self.decision, unseen)


@dataclass(frozen=True)
class Matches:
    """Findings by query, and by what they were judged. keys: the answer of each FAQ row; equal keys, one answer.

    recall: where an approximate index looked for answers, how many of the best it finds.
    """

    found: tuple[Found, ...]
    keys: tuple[str, ...]
    threshold: Threshold
    margin: float
    k: int
    recall: Recall | None = None

    def counts(self) -> dict[str, int]:
        """Queries by decision."""
        decisions = [one.decision for one in self.found]
        return {name: decisions.count(name) for name in DECISIONS}

    def tiers(self, found: Found) -> list[str]:
        """The tier of each of a query's findings."""
        unseen = np.zeros(len(found.rows), bool) if found.unseen is None else found.unseen
        pairs = zip(found.scores.tolist(), unseen.tolist(), strict=True)
        return [self.threshold.tier_of(score, hidden) for score, hidden in pairs]


def matches_frame(
    matches: Matches,
    queries: pd.DataFrame,
    query_lines: NDArray[np.int64],
    faq: Sequence[str],
    faq_lines: NDArray[np.int64],
) -> pd.DataFrame:
    """A row for each query and rank: the query's own columns, then decision, rank, match, tier, score and rows."""
    from calibration.corpus.frames import free_name

    sizes = [len(found.rows) for found in matches.found]
    of = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.concatenate([found.rows for found in matches.found]) if sizes else np.empty(0, np.intp)
    cells = {
        "decision": [matches.found[query].decision for query in of],
        "rank": [rank for size in sizes for rank in range(1, size + 1)],
        "match": [faq[row] for row in rows],
        "answer_key": [matches.keys[row] for row in rows],
        "tier": [tier for found in matches.found for tier in matches.tiers(found)],
        "score": [round(float(score), 6) for found in matches.found for score in found.scores],
        "match_row": faq_lines[rows],
        "query_row": query_lines[of],
    }
    frame = queries.iloc[of].reset_index(drop=True)
    return frame.assign(**{free_name(name, frame): values for name, values in cells.items()})
