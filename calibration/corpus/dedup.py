"""Texts of one meaning in a file: which rows to keep, and why each other one goes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.clean import clean
from calibration.corpus.approximate import check_approximate, is_beyond, near_pairs
from calibration.corpus.blocks import Ids
from calibration.corpus.leaders import Leaders, find_leaders
from calibration.corpus.pair_leaders import leaders_of_pairs
from calibration.corpus.recall import Recall, recall_of_pairs
from calibration.corpus.threshold import Threshold
from calibration.encoded import EncodedTexts, encode_texts
from calibration.encoding.batching import Progress, distinct
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, BadArgument

FIRST: Final = "first"
LONGEST: Final = "longest"
SHORTEST: Final = "shortest"
KEEPS: Final = {
    FIRST: N_("the row that stands first"),
    LONGEST: N_("the longest text, then the row that stands first"),
    SHORTEST: N_("the shortest text, then the row that stands first"),
}
"""Which text of a cluster is kept: the one of highest priority, by these rules."""

UNIQUE: Final = "unique"
REPRESENTATIVE: Final = "representative"
IDENTICAL: Final = "identical"
SAME_MEANING: Final = "same_meaning"
SPLIT: Final = "split"
REASONS: Final = {
    UNIQUE: N_("nothing like it"),
    REPRESENTATIVE: N_("stands for its cluster"),
    IDENTICAL: N_("identical once cleaned"),
    SAME_MEANING: N_("same meaning by the threshold"),
    SPLIT: N_("split off by a reviewer"),
}

CLUSTER: Final = "cluster"
KEPT: Final = "kept"
REASON: Final = "reason"
SCORE: Final = "score"
STANDS_FOR: Final = "representative"
STANDS_AT: Final = "representative_row"


@dataclass(frozen=True)
class Clusters:
    """Which rows go together. Row i of n is kept where representative[i] == i.

    representative: (n,) row numbers. scores: (n,) similarity to the representative in [-1, 1]; 1 for itself.
    reasons: n names out of REASONS. truncated: (n,) whether the model did not read the text to its end. recall:
    where an approximate index looked for near texts, how many of them it finds.
    """

    representative: Ids
    scores: NDArray[np.float64]
    reasons: tuple[str, ...]
    truncated: NDArray[np.bool_]
    threshold: Threshold
    keep: str = FIRST
    recall: Recall | None = None

    @property
    def kept(self) -> NDArray[np.bool_]:
        """(n,) which rows stay."""
        return np.asarray(self.representative == np.arange(len(self.representative)))

    @property
    def numbers(self) -> NDArray[np.int64]:
        """(n,) the number of each row's cluster, from 1 in the order in which clusters begin."""
        return np.asarray(pd.factorize(self.representative)[0] + 1, np.int64)

    def members(self, representative: int) -> Ids:
        """The rows of a cluster, its representative first, then the most similar first."""
        rows = np.flatnonzero(self.representative == representative)
        rank = np.where(rows == representative, -np.inf, -self.scores[rows])
        return rows[np.lexsort((rows, rank))]

    def groups(self) -> Ids:
        """The representatives of clusters of two rows or more, the largest cluster first."""
        sizes = np.bincount(self.representative, minlength=len(self.representative))
        several = np.flatnonzero(sizes > 1)
        return several[np.lexsort((several, -sizes[several]))]

    def counts(self) -> dict[str, int]:
        """How many rows there are, how many stay, and why the others go."""
        of = {reason: self.reasons.count(reason) for reason in (IDENTICAL, SAME_MEANING)}
        return {
            "rows": len(self.representative),
            "kept": int(self.kept.sum()),
            "clusters": len(self.groups()),
            **of,
            "truncated": int(self.truncated.sum()),
        }


def deduplicate_texts(
    texts: Sequence[str],
    encoder: Encoder,
    threshold: Threshold,
    keep: str = FIRST,
    *,
    approximate: bool = False,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Clusters:
    """Clusters of texts of one meaning; see `calibration.corpus.leaders` for what holds of them.

    texts: none may be empty once cleaned. keep: one of KEEPS. The same texts give the same clusters, whatever the
    size of blocks. approximate: where the vectors take more than `vector_bytes`, ask an index for near texts,
    which overlooks some, instead of comparing all. Raises BadArgument, ExtraMissing and Cancelled. Progress counts
    texts to encode, then texts compared.
    """
    if keep not in KEEPS:
        raise BadArgument("keep", " | ".join(KEEPS), keep)
    if approximate:
        check_approximate(threshold.options)
    cleaned = [clean(text, threshold.options.cleaning) for text in texts]
    unique, inverse = distinct(cleaned)
    encoded = encode_texts(unique, encoder, threshold.options, progress, cancel)
    order = _order(unique, keep)
    asked = (encoded, order, threshold, progress, cancel)
    found, recall = _approximate(*asked) if approximate and is_beyond(encoded.vectors) else (_exact(*asked), None)
    first = np.full(len(unique), len(texts), np.intp)
    np.minimum.at(first, inverse, np.arange(len(texts)))
    representative = first[found.representative[inverse]]
    scores = np.where(representative == first[inverse], 1.0, found.scores[inverse])
    reasons = _reasons(representative, first[inverse])
    return Clusters(representative, scores, reasons, encoded.truncated[inverse], threshold, keep, recall)


def _exact(
    texts: EncodedTexts, order: Ids, threshold: Threshold, progress: Progress | None, cancel: threading.Event | None
) -> Leaders:
    return find_leaders(texts, order, threshold.value, threshold.options, progress=progress, cancel=cancel)


def _approximate(
    texts: EncodedTexts, order: Ids, threshold: Threshold, progress: Progress | None, cancel: threading.Event | None
) -> tuple[Leaders, Recall]:
    pairs = near_pairs(texts, threshold.value, threshold.options, progress=progress, cancel=cancel)
    return leaders_of_pairs(pairs, order), recall_of_pairs(texts, pairs, threshold.value, threshold.options)


def _order(unique: list[str], keep: str) -> Ids:
    """Distinct texts by priority, highest first; they come in the order of the file."""
    if keep == FIRST:
        return np.arange(len(unique))
    lengths = np.fromiter(map(len, unique), np.intp, len(unique))
    return np.argsort(-lengths if keep == LONGEST else lengths, kind="stable")


def _reasons(representative: Ids, same_text: Ids) -> tuple[str, ...]:
    """Why each row is kept or goes; `same_text` is the first row with its text once cleaned."""
    rows = np.arange(len(representative))
    sizes = np.bincount(representative, minlength=len(rows))
    kept = np.where(sizes[representative] > 1, REPRESENTATIVE, UNIQUE)
    gone = np.where(same_text == representative, IDENTICAL, SAME_MEANING)
    return tuple(np.where(representative == rows, kept, gone).tolist())


def clusters_frame(
    frame: pd.DataFrame, lines: NDArray[np.int64], texts: Sequence[str], clusters: Clusters
) -> pd.DataFrame:
    """The rows with what was found: cluster, kept (1 or 0), reason, score, and the representative with its row.

    A column of the same name in the file keeps its name, and ours is written as `name_2`.
    """
    stands = clusters.representative
    found: dict[str, Any] = {
        CLUSTER: clusters.numbers,
        KEPT: clusters.kept.astype(np.int64),
        REASON: list(clusters.reasons),
        SCORE: np.round(clusters.scores, 6),
        STANDS_AT: lines[stands],
        STANDS_FOR: [texts[row] for row in stands],
    }
    return frame.reset_index(drop=True).assign(**{free_name(name, frame): cells for name, cells in found.items()})


def free_name(name: str, frame: pd.DataFrame) -> str:
    """`name`, or with a number where the frame has it already."""
    taken, at, free = set(map(str, frame.columns)), 2, name
    while free in taken:
        free, at = f"{name}_{at}", at + 1
    return free
