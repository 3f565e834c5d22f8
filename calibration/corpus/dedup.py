"""Deduplicate a file: which rows stay, and why each of the others goes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.corpus.approximate import check_approximate, is_beyond
from calibration.corpus.blocks import Ids
from calibration.corpus.clustering import cluster_approximately, cluster_here, cluster_spread
from calibration.corpus.execution import Execution
from calibration.corpus.near_index import MakeIndex
from calibration.corpus.recall import Recall
from calibration.corpus.spread.job import Spread, digest
from calibration.corpus.threshold import Threshold, chosen
from calibration.corpus.within import Items, Keys, items_of
from calibration.encoding.batching import Progress, distinct
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, BadArgument
from calibration.policies.policy import Policy
from calibration.scoring.similarity import encode_texts
from calibration.text.cleaning import clean

FIRST: Final = "first"
LONGEST: Final = "longest"
SHORTEST: Final = "shortest"
KEEPS: Final = {
    FIRST: N_("the first row"),
    LONGEST: N_("the longest text, then the first row"),
    SHORTEST: N_("the shortest text, then the first row"),
}
"""Which text of a cluster is kept: the one of highest priority, by these rules."""

UNIQUE: Final = "unique"
REPRESENTATIVE: Final = "representative"
IDENTICAL: Final = "identical"
SAME_MEANING: Final = "same_meaning"
SPLIT: Final = "split"
REASONS: Final = {
    UNIQUE: N_("nothing like it"),
    REPRESENTATIVE: N_("represents its cluster"),
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


def deduplicate(
    texts: Sequence[str],
    encoder: Encoder,
    policy: Policy | None = None,
    *,
    domain: str | None = None,
    threshold: float | None = None,
    keep: str = FIRST,
    approximate: bool = False,
) -> Clusters:
    """Cluster the texts that mean the same.

    Parameters
    ----------
    texts : sequence of n str
        None may be empty once cleaned.
    encoder : Encoder
        As `load_encoder` returns it.
    policy : Policy, optional
        Texts are the same from its threshold of `same` on. Without a policy and without `threshold`, the model's
        own default is used, which nobody calibrated; `Clusters.threshold.source` says so.
    domain : str, optional
        The policy's domain; needed where it has more than one.
    threshold : float in [-1, 1], optional
        A cosine in place of the policy's.
    keep : str, default "first"
        Which text of a cluster stays, one of `calibration.corpus.dedup.KEEPS`.
    approximate : bool, default False
        For more vectors than fit `SIMTIER_VECTOR_BYTES`: use an index, whose recall is measured and returned.

    Returns
    -------
    Clusters
        The representative of each text, and the score that joins them.

    Raises
    ------
    BadArgument, ModelMismatch, UnknownDomain, ExtraMissing
    """
    limit = chosen(encoder, policy, domain, threshold)
    return deduplicate_texts(texts, encoder, limit, keep, approximate=approximate)


def deduplicate_texts(
    texts: Sequence[str],
    encoder: Encoder,
    threshold: Threshold,
    keep: str = FIRST,
    *,
    keys: Keys | None = None,
    approximate: bool = False,
    make: MakeIndex | None = None,
    spread: Spread | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Clusters:
    """Clusters of texts of one meaning; see `calibration.corpus.leaders` for what holds of them.

    texts: none may be empty once cleaned. keep: one of KEEPS. The same texts give the same clusters, whatever the
    size of blocks. keys: of each text; only texts of equal keys are compared. approximate: where the vectors take
    more than `vector_bytes`, ask an index for near texts, which overlooks some, instead of comparing all. make: the
    index in place of FAISS. spread: who compares instead of this process; the clusters are the same. Raises
    BadArgument, ExtraMissing, Cancelled and what workers raise. Progress counts texts encoded, then compared.
    """
    if keep not in KEEPS:
        raise BadArgument("keep", " | ".join(KEEPS), keep)
    options = threshold.options
    if approximate:
        check_approximate(options, make)
    cleaned = [clean(text, options.cleaning) for text in texts]
    unique, inverse = distinct(cleaned)
    items = items_of(inverse, keys)
    encoded = encode_texts(unique, encoder, options, progress, cancel)
    order, recall = _order([unique[text] for text in items.texts.tolist()], keep), None
    asked = (encoded, items, order, threshold)
    by_index = approximate and (make is not None or is_beyond(encoded.vectors))
    kept = None if spread is None else spread.kept(_job(unique, items, encoder, threshold, keep, by_index))
    how = Execution(make, spread, kept, progress, cancel)
    if by_index:
        found, recall = cluster_approximately(*asked, how)
    elif spread is not None:
        found = cluster_spread(*asked, spread, how)
    else:
        found = cluster_here(*asked, how)
    first = np.full(len(order), len(texts), np.intp)
    np.minimum.at(first, items.of, np.arange(len(texts)))
    representative = first[found.representative[items.of]]
    scores = np.where(representative == first[items.of], 1.0, found.scores[items.of])
    reasons = _reasons(representative, first[items.of])
    return Clusters(representative, scores, reasons, encoded.truncated[inverse], threshold, keep, recall)


def _job(
    unique: list[str], items: Items, encoder: Encoder, threshold: Threshold, keep: str, by_index: bool
) -> dict[str, Any]:
    """All that a result depends on."""
    return {
        "job": "dedup",
        "fingerprint": encoder.fingerprint,
        "options": threshold.options.key(),
        "threshold": repr(float(threshold.value)),
        "keep": keep,
        "approximate": by_index,
        "texts": digest(unique),
        "items": digest(map(str, [*items.texts.tolist(), "", *items.blocks.tolist()])),
    }


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
