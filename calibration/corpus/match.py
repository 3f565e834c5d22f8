"""Match queries with a FAQ: the best k entries, and whether the first may be given as the answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.corpus.approximate import check_approximate, is_beyond
from calibration.corpus.blocks import Ids
from calibration.corpus.execution import HERE, Execution
from calibration.corpus.matches import AMBIGUOUS, ANSWERED, NO_ANSWER, Found, Matches
from calibration.corpus.near_index import MakeIndex
from calibration.corpus.ranking import Blocks, rank
from calibration.corpus.spread.job import Spread, digest
from calibration.corpus.threshold import Threshold, chosen
from calibration.corpus.within import Keys, block_numbers
from calibration.encoding.batching import Progress, distinct
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, BadArgument
from calibration.policies.policy import Policy
from calibration.scoring.similarity import EncodedTexts, encode_texts
from calibration.text.cleaning import clean

K: Final = 5
MARGIN: Final = 0.005
"""Two answers whose scores are closer than this are near: a person or a question back decides."""


def match(
    queries: Sequence[str],
    faq: Sequence[str],
    encoder: Encoder,
    policy: Policy | None = None,
    *,
    domain: str | None = None,
    threshold: float | None = None,
    keys: Sequence[str] | None = None,
    k: int = K,
    margin: float = MARGIN,
) -> Matches:
    """Find the answers of a FAQ to queries, or that there is none.

    Parameters
    ----------
    queries, faq : sequences of str
        None may be empty once cleaned.
    encoder : Encoder
        As `load_encoder` returns it.
    policy : Policy, optional
        An answer is given from its threshold of `same` on. Without a policy and without `threshold`, the model's
        own default is used, which nobody calibrated; `Matches.threshold.source` says so.
    domain : str, optional
        The policy's domain; needed where it has more than one.
    threshold : float in [-1, 1], optional
        A cosine in place of the policy's.
    keys : sequence of str, optional
        Names the answer of each text of `faq`; texts of one key are phrasings of one answer.
    k : int, default 5
        How many answers to return for each query.
    margin : float in [0, 2], default 0.005
        Two answers whose scores are closer than this are ambiguous.

    Returns
    -------
    Matches
        For each query the best rows of `faq`, their scores in [-1, 1] and a decision: `answered`, `ambiguous` or
        `no_answer`.

    Raises
    ------
    BadArgument, ModelMismatch, UnknownDomain
    """
    limit = chosen(encoder, policy, domain, threshold)
    return match_texts(faq, queries, encoder, limit, keys=keys, k=k, margin=margin)


def match_texts(
    faq: Sequence[str],
    queries: Sequence[str],
    encoder: Encoder,
    threshold: Threshold,
    *,
    keys: Sequence[str] | None = None,
    k: int = K,
    margin: float = MARGIN,
    within: tuple[Keys, Keys] | None = None,
    approximate: bool = False,
    make: MakeIndex | None = None,
    spread: Spread | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Matches:
    """The best `k` answers to each query.

    keys: names the answer of each FAQ text; texts of one key are phrasings of one answer, of which the most similar
    counts. Without keys every distinct text is its own answer. The best answer is given where its score reaches the
    threshold and the next one's is not within `margin` of it. approximate: where the vectors take more than
    `vector_bytes`, ask an index for the best, which overlooks some, instead of comparing all. within: the keys of
    the FAQ's texts and of the queries; only texts of equal keys are compared. make: the index in place of FAISS.
    spread: who compares instead of this process; the answers are the same. No text may be empty once cleaned.
    Raises BadArgument, ExtraMissing, Cancelled and what workers raise.
    """
    check_asked(k, margin)
    if approximate:
        check_approximate(threshold.options, make)
    cleaned = [clean(text, threshold.options.cleaning) for text in [*faq, *queries]]
    named = tuple(keys if keys is not None else cleaned[: len(faq)])
    unique, inverse = distinct(cleaned)
    texts = encode_texts(unique, encoder, threshold.options, progress, cancel)
    base, wanted = inverse[: len(faq)], inverse[len(faq) :]
    job = (cleaned, len(faq), named, within, encoder, threshold, k, approximate)
    kept = None if spread is None else spread.kept(_job(*job))
    return match_encoded(
        texts,
        base,
        wanted,
        named,
        threshold,
        k=k,
        margin=margin,
        blocks=None if within is None else _blocks(*within),
        approximate=approximate,
        how=Execution(make, spread, kept, progress, cancel),
    )


def match_encoded(
    texts: EncodedTexts,
    base: Ids,
    wanted: Ids,
    keys: Sequence[str],
    threshold: Threshold,
    *,
    k: int = K,
    margin: float = MARGIN,
    blocks: Blocks | None = None,
    approximate: bool = False,
    how: Execution = HERE,
) -> Matches:
    """`match_texts` of texts that are encoded already: `base` and `wanted` number the FAQ's and the queries."""
    named, options = tuple(keys), threshold.options
    codes = pd.factorize(np.array(named, dtype=object))[0]
    sizes = np.bincount(codes, minlength=1)
    depth = max(k, 2) * int(sizes.max())  # the second best decides whether the first is ambiguous
    ranking = rank(
        texts,
        wanted,
        base,
        depth,
        k,
        options,
        blocks=blocks,
        approximate=approximate and (how.make is not None or is_beyond(texts.vectors)),
        how=how,
    )
    found = tuple(
        _found(rows, scores, _held(texts, query, base[rows], threshold), codes, threshold, margin, k)
        for query, (rows, scores) in zip(wanted, ranking.found, strict=True)
    )
    return Matches(found, named, threshold, margin, k, ranking.recall)


def _held(texts: EncodedTexts, query: int, rows: Ids, threshold: Threshold) -> NDArray[np.bool_]:
    """Which of the FAQ's texts may not answer a query, whatever their scores."""
    return texts.held(np.full(len(rows), query), rows, threshold.options.guards)


def _blocks(faq: Keys, queries: Keys) -> Blocks:
    numbers, _ = block_numbers([*faq, *queries])
    return numbers[: len(faq)], numbers[len(faq) :]


def _job(
    cleaned: Sequence[str],
    faq: int,
    keys: Sequence[str],
    within: tuple[Keys, Keys] | None,
    encoder: Encoder,
    threshold: Threshold,
    k: int,
    approximate: bool,
) -> dict[str, Any]:
    """All that the ranks depend on."""
    blocks = [] if within is None else ["\0".join(key) for side in within for key in side]
    return {
        "job": "match",
        "fingerprint": encoder.fingerprint,
        "options": threshold.options.key(),
        "k": k,
        "approximate": approximate,
        "faq": faq,
        "texts": digest(cleaned),
        "keys": digest(keys),
        "blocks": digest(blocks),
    }


def check_asked(k: int, margin: float) -> None:
    """Raise BadArgument for fewer than one answer, or a margin outside of [0, 2]."""
    if k < 1:
        raise BadArgument("k", N_("at least 1"), k)
    if not 0.0 <= margin <= 2.0:
        raise BadArgument("margin", N_("between 0 and 2"), margin)


def _found(
    rows: Ids,
    scores: NDArray[np.float64],
    unseen: NDArray[np.bool_],
    codes: Ids,
    threshold: Threshold,
    margin: float,
    k: int,
) -> Found:
    """The best row of each answer, `k` answers at most, and the decision."""
    if unseen.any():
        order = np.argsort(unseen, kind="stable")
        rows, scores, unseen = rows[order], scores[order], unseen[order]
    reached = (scores >= threshold.value) & ~unseen
    _, first = np.unique(codes[rows], return_index=True)
    best = np.sort(first)
    second = best[1:2]
    kept = best[:k]
    if not kept.size or not reached[kept[0]]:
        decision = NO_ANSWER
    elif second.size and reached[second[0]] and scores[kept[0]] - scores[second[0]] < margin:
        decision = AMBIGUOUS
    else:
        decision = ANSWERED
    return Found(rows[kept], scores[kept], decision, unseen[kept])
