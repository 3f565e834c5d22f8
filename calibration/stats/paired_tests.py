"""Paired tests of two sides on the same pairs: exact McNemar, and a bootstrap by text group.

Pairs that share a text are judged alike, so that counting them one by one makes a difference look surer than it is.
Both the test by group and the bootstrap take the group, a chain of shared texts, as the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.signal import fftconvolve
from scipy.stats import binom, binomtest

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.errors import N_, BadArgument
from calibration.stats.group_bootstrap import distinct_rows
from calibration.stats.intervals import Proportion, proportion
from calibration.stats.threshold_counts import Floats, Ints


@dataclass(frozen=True)
class McNemar:
    """Two judges on n pairs: `only_a` of them A alone judges rightly, `only_b` B alone.

    p_value: McNemar's exact test, pairs independent. p_grouped: the same by text group (`sign_test`); equal to
    p_value where no two pairs share a text. p_adjusted: p_grouped after Holm's correction for all the tests of a
    comparison. discordant: the share of pairs that the two judge differently, with its interval; where it is 0 of
    n, its upper end still says how much may differ on new pairs.
    """

    only_a: int
    only_b: int
    n: int
    p_value: float
    p_grouped: float
    p_adjusted: float
    discordant: Proportion


def mcnemar(
    correct_a: ArrayLike, correct_b: ArrayLike, groups: ArrayLike, confidence: float = DEFAULT_CONFIDENCE
) -> McNemar:
    """McNemar's exact test (1947): of the pairs that one judge alone gets right, is half A's?

    p = P(|X - m/2| >= |only_a - m/2|), X ~ Binomial(m, 1/2), m = only_a + only_b; 1 where m = 0. All arguments
    (n,): flags, flags, group numbers. p in (0, 1], the smaller the surer that the judges differ.

    >>> found = mcnemar([1, 1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 1, 1], range(7))
    >>> found.only_a, found.only_b, round(found.p_value, 4), round(found.p_grouped, 4)
    (5, 1, 0.2188, 0.2188)
    """
    a, b = np.asarray(correct_a, dtype=bool), np.asarray(correct_b, dtype=bool)
    if a.ndim != 1 or a.shape != b.shape:
        raise BadArgument("correct_b", N_("one a pair, like correct_a"), b.shape)
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    both = only_a + only_b
    p_value = float(binomtest(only_a, both).pvalue) if both else 1.0
    p_grouped = sign_test(a.astype(np.int64) - b, np.asarray(groups, dtype=np.int64))
    return McNemar(only_a, only_b, a.size, p_value, p_grouped, p_grouped, proportion(both, a.size, confidence))


def sign_test(differences: Ints, groups: Ints) -> float:
    """Exact p-value against "A and B are exchangeable within every group", in (0, 1].

    The statistic is |sum of the differences|; under the null each group's sum d_g changes its sign with probability
    1/2 independently (the randomisation test of Fisher 1935, by cluster), and the distribution of sum(+-d_g) is
    found by convolution (exact to 1e-15). With groups of one pair it is McNemar's exact test.

    >>> sign_test(np.array([1, 1, 1, 1, 1]), np.array([0, 0, 0, 0, 0]))  # five pairs, but one text in them all
    1.0
    """
    sums = np.abs(np.rint(np.bincount(groups, weights=differences))).astype(np.int64) if groups.size else groups
    sizes, counts = np.unique(sums[sums > 0], return_counts=True)
    least = 2.0 * 0.5 ** int(counts.sum())  # both extremes; no p-value can be smaller
    law = np.ones(1)  # of (total + sum(+-d_g)) / 2, on 0..total
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        steps = np.zeros(size * count + 1)
        steps[::size] = binom.pmf(np.arange(count + 1), count, 0.5)
        law = np.maximum(fftconvolve(law, steps), 0.0) if law.size > 1 else steps
    total, observed = law.size - 1, abs(int(differences.sum()))
    far = np.abs(2 * np.arange(total + 1) - total) >= observed
    return float(min(1.0, max(least, law[far].sum())))


def resample(columns: Mapping[str, ArrayLike], groups: Ints, resamples: int, seed: int) -> dict[str, Floats]:
    """Sums of each column (n,) over `resamples` bootstrap samples of whole groups: (resamples,) each.

    One draw serves all columns, so that what is computed from them is paired. As many groups are drawn, with
    replacement, as there are; groups with equal sums are drawn together (a multinomial over the distinct ones), so
    that the cost hardly depends on n where the columns are counts.

    >>> sums = resample({"n": np.ones(4), "hits": [1, 0, 1, 1]}, np.arange(4), 100, seed=0)
    >>> set(sums["n"].tolist()), sorted(set(sums["hits"].tolist()))
    ({4.0}, [0.0, 1.0, 2.0, 3.0, 4.0])
    """
    _, codes = np.unique(groups, return_inverse=True)
    size = int(codes.max()) + 1 if codes.size else 0
    sums = np.column_stack(
        [np.bincount(codes, weights=np.asarray(column), minlength=size) for column in columns.values()]
    )
    if not size:
        return {name: np.zeros(resamples) for name in columns}
    sums = np.round(sums, 12)
    if (sums >= 0.0).all() and (sums == np.rint(sums)).all():
        whole, counts = distinct_rows(sums.astype(np.int64))
        distinct = whole.astype(np.float64)
    else:
        distinct, counts = np.unique(sums, axis=0, return_counts=True)
    rng, share = np.random.default_rng(seed), counts / size
    step = max(1, 4_000_000 // len(distinct))
    drawn = np.concatenate(
        [
            rng.multinomial(size, share, size=min(step, resamples - at)) @ distinct
            for at in range(0, resamples, step)
        ]
    )
    return dict(zip(columns, drawn.T, strict=True))
