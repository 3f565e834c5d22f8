"""Queries to the entries of a FAQ: the best k, and whether one of them may be given as the answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.clean import clean
from calibration.corpus.approximate import check_approximate, is_beyond, nearest_approximately
from calibration.corpus.blocks import Ids
from calibration.corpus.nearest import nearest
from calibration.corpus.recall import Recall, recall_of_best
from calibration.corpus.threshold import Threshold
from calibration.encoded import encode_texts
from calibration.encoding.batching import Progress, distinct
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, BadArgument

ANSWERED: Final = "answered"
AMBIGUOUS: Final = "ambiguous"
NO_ANSWER: Final = "no_answer"
DECISIONS: Final = {
    ANSWERED: N_("answered"),
    AMBIGUOUS: N_("ambiguous: two answers are near"),
    NO_ANSWER: N_("no answer"),
}
K: Final = 5
MARGIN: Final = 0.005
"""Two answers whose scores are closer than this are near: a person or a question back decides."""


@dataclass(frozen=True)
class Found:
    """What was found for one query: FAQ rows, best first, each of another answer, and their scores in [-1, 1].

    decision: one of DECISIONS.
    """

    rows: Ids
    scores: NDArray[np.float64]
    decision: str

    def best(self, k: int) -> Found:
        """The first `k` of them; the decision stays."""
        return Found(self.rows[:k], self.scores[:k], self.decision)


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
        return [self.threshold.tier_of(float(score)) for score in found.scores]


def match_texts(
    faq: Sequence[str],
    queries: Sequence[str],
    encoder: Encoder,
    threshold: Threshold,
    *,
    keys: Sequence[str] | None = None,
    k: int = K,
    margin: float = MARGIN,
    approximate: bool = False,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Matches:
    """The best `k` answers to each query.

    keys: names the answer of each FAQ text; texts of one key are phrasings of one answer, of which the most similar
    counts. Without keys every distinct text is its own answer. The best answer is given where its score reaches the
    threshold and the next one's is not within `margin` of it. approximate: where the vectors take more than
    `vector_bytes`, ask an index for the best, which overlooks some, instead of comparing all. No text may be empty
    once cleaned. Raises BadArgument, ExtraMissing and Cancelled.
    """
    check_asked(k, margin)
    if approximate:
        check_approximate(threshold.options)
    cleaned = [clean(text, threshold.options.cleaning) for text in [*faq, *queries]]
    named = tuple(keys if keys is not None else cleaned[: len(faq)])
    unique, inverse = distinct(cleaned)
    texts = encode_texts(unique, encoder, threshold.options, progress, cancel)
    codes = pd.factorize(np.array(named, dtype=object))[0]
    sizes = np.bincount(codes, minlength=1)
    base, wanted = inverse[: len(faq)], inverse[len(faq) :]
    look = nearest_approximately if approximate and is_beyond(texts.vectors) else nearest
    depth, options = k * int(sizes.max()), threshold.options
    ranked = look(texts, wanted, base, depth, options, progress=progress, cancel=cancel)
    recall = None
    if look is nearest_approximately:
        ranked = iter(there := list(ranked))
        recall = recall_of_best(texts, wanted, base, there, k, options)
    found = tuple(_found(rows, scores, codes, threshold, margin, k) for rows, scores in ranked)
    return Matches(found, named, threshold, margin, k, recall)


def check_asked(k: int, margin: float) -> None:
    """Raise BadArgument for fewer than one answer, or a margin outside of [0, 2]."""
    if k < 1:
        raise BadArgument("k", N_("at least 1"), k)
    if not 0.0 <= margin <= 2.0:
        raise BadArgument("margin", N_("between 0 and 2"), margin)


def _found(
    rows: Ids, scores: NDArray[np.float64], codes: Ids, threshold: Threshold, margin: float, k: int
) -> Found:
    """The best row of each answer, `k` answers at most, and the decision."""
    _, first = np.unique(codes[rows], return_index=True)
    best = np.sort(first)
    second = best[1:2]
    kept = best[:k]
    if not kept.size or scores[kept[0]] < threshold.value:
        decision = NO_ANSWER
    elif second.size and scores[second[0]] >= threshold.value and scores[kept[0]] - scores[second[0]] < margin:
        decision = AMBIGUOUS
    else:
        decision = ANSWERED
    return Found(rows[kept], scores[kept], decision)


def matches_frame(
    matches: Matches,
    queries: pd.DataFrame,
    query_lines: NDArray[np.int64],
    faq: Sequence[str],
    faq_lines: NDArray[np.int64],
) -> pd.DataFrame:
    """A row for each query and rank: the query's own columns, then decision, rank, match, tier, score and rows."""
    from calibration.corpus.dedup import free_name

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
