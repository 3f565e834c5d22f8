"""From which score on a FAQ's best answer may be given, and how far the next one has to be: certified on queries
whose right answers are known.

The queries are split in two at random. On one half the cut-off is certified: best answers at or above it are right
as often as `precision` says. On the other half, among the queries that reach this cut-off, the margin is certified:
where the next answer is at least so far behind, the best is right as often as `margin_precision` says. Each takes
half of the risk, so both hold together at `confidence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.certificates.certificate import Certificate
from calibration.certificates.certify import certify_precision
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.corpus.matches import Matches
from calibration.errors import N_, BadArgument

WIDEST: Final = 2.0
"""The margin of an answer that has no other beside it: cosines are in [-1, 1]."""


@dataclass(frozen=True)
class CertifiedFaq:
    """n: distinct labelled queries. cutoff: of scores of best answers. margin: of their distances from the next
    answer, above the cut-off; None where no cut-off was certified.
    """

    n: int
    cutoff: Certificate
    margin: Certificate | None


def certify_faq(
    matches: Matches,
    expected: Sequence[str],
    queries: Sequence[str],
    precision: float = DEFAULT_PRECISION,
    margin_precision: float | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    seed: int = 0,
) -> CertifiedFaq:
    """Certify a cut-off and a margin.

    matches: at least two answers a query. expected: the key of the right answer of each query, "" for none, which
    no answer fits. margin_precision: halfway from `precision` to 1 unless given. Queries must be drawn at random
    from those that will come; one that is there several times counts once. Raises BadArgument.
    """
    target = (1.0 + precision) / 2 if margin_precision is None else margin_precision
    if target < precision:
        raise BadArgument("margin_precision", N_("at least the precision"), target)
    chosen = list({text: at for at, text in reversed(list(enumerate(queries)))}.values())
    found = [matches.found[at] for at in chosen]
    top = np.array([float(one.scores[0]) for one in found])
    gap = np.array([float(one.scores[0] - one.scores[1]) if len(one.scores) > 1 else WIDEST for one in found])
    right = np.array(
        [
            matches.keys[one.rows[0]] == expected[at] and bool(expected[at])
            for one, at in zip(found, chosen, strict=True)
        ]
    )
    entry = np.array([int(one.rows[0]) for one in found])
    # An entry that many queries end at is one text in many pairs.
    texts = np.stack([np.arange(len(chosen)), len(chosen) + entry], axis=1)
    first = np.random.default_rng(seed).permutation(len(chosen)) % 2 == 0
    each = 1.0 - (1.0 - confidence) / 2
    cutoff = certify_precision(top[first], right[first], precision, each, texts=texts[first])
    margin = None
    if cutoff.certified:
        rest: NDArray[np.bool_] = ~first & (top >= cutoff.threshold)
        margin = certify_precision(gap[rest], right[rest], target, each, texts=texts[rest])
    return CertifiedFaq(len(chosen), cutoff, margin)
