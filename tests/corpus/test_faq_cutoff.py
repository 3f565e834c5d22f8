"""A FAQ's cut-off and margin hold on queries that were not seen."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.corpus.faq_cutoff import WIDEST, CertifiedFaq, certify_faq
from calibration.corpus.matches import ANSWERED, Found, Matches
from calibration.corpus.threshold import manual
from calibration.errors import BadArgument

ENTRIES = 4000


def made(
    rng: np.random.Generator, n: int
) -> tuple[Matches, list[str], list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Matches whose best answer is right the more often, the higher its score and the farther the next one."""
    top = rng.uniform(0.7, 1.0, n)
    gap = rng.uniform(0.0, 0.1, n)
    right = rng.random(n) < np.clip(0.3 + 1.8 * (top - 0.7) + 4.0 * gap, 0.0, 1.0)
    rows = rng.integers(0, ENTRIES, (n, 2))
    rows[:, 1] = (rows[:, 0] + 1 + rows[:, 1] % (ENTRIES - 1)) % ENTRIES
    found = tuple(Found(rows[at], np.array([top[at], top[at] - gap[at]]), ANSWERED) for at in range(n))
    keys = tuple(f"e{row}" for row in range(ENTRIES))
    expected = [keys[rows[at, 0]] if right[at] else "" for at in range(n)]
    queries = [f"query {at}" for at in range(n)]
    return Matches(found, keys, manual(0.0), 0.0, 2), expected, queries, top, gap, right


def certified(seed: int, n: int = 1500) -> CertifiedFaq:
    matches, expected, queries, *_ = made(np.random.default_rng(seed), n)
    return certify_faq(matches, expected, queries, precision=0.8, confidence=0.9)


@pytest.mark.slow
def test_both_promises_hold_on_new_queries_as_often_as_promised() -> None:
    *_, top, gap, right = made(np.random.default_rng(999), 400_000)
    broken = found = margins = 0
    for seed in range(40):
        claim = certified(seed)
        if not claim.cutoff.certified:
            continue
        found += 1
        above = top >= claim.cutoff.threshold
        kept = right[above].mean() >= 0.8
        if claim.margin is not None and claim.margin.certified:
            margins += 1
            kept = kept and right[above & (gap >= claim.margin.threshold)].mean() >= 0.9
        broken += not kept
    assert found >= 36
    assert margins >= 10
    assert broken <= 9  # of 40 at a risk of 0.1: more than 9 would come by chance once in 200


def test_a_query_that_comes_again_counts_once_and_one_answer_is_far_from_any_other() -> None:
    matches, expected, queries, *_ = made(np.random.default_rng(0), 200)
    twice = Matches(matches.found * 2, matches.keys, matches.threshold, 0.0, 2)
    assert certify_faq(twice, expected * 2, queries * 2).n == 200
    alone = Matches(
        tuple(Found(one.rows[:1], one.scores[:1], ANSWERED) for one in matches.found),
        matches.keys,
        manual(0.0),
        0.0,
        2,
    )
    found = certify_faq(alone, [matches.keys[one.rows[0]] for one in matches.found], queries)
    assert found.margin is not None
    assert found.margin.threshold == pytest.approx(WIDEST)


def test_too_few_labels_certify_nothing_and_a_lower_margin_is_refused() -> None:
    matches, expected, queries, *_ = made(np.random.default_rng(0), 20)
    found = certify_faq(matches, expected, queries)
    assert (found.cutoff.status, found.margin) == ("insufficient_labels", None)
    with pytest.raises(BadArgument, match="margin_precision"):
        certify_faq(matches, expected, queries, precision=0.9, margin_precision=0.8)
