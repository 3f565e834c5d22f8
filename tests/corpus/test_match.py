"""Matching: rankings against a slow reference, decisions, and the evaluation's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.corpus.match import match_texts
from calibration.corpus.match_evaluation import evaluate_matches
from calibration.corpus.matches import AMBIGUOUS, ANSWERED, NO_ANSWER, Matches
from calibration.corpus.nearest import nearest
from calibration.corpus.passages import best_passages
from calibration.corpus.threshold import manual
from calibration.encoding import CachedEncoder
from calibration.errors import BadArgument
from calibration.scoring.similarity import ScoringOptions, similarity
from calibration.text.cleaning import CleaningOptions
from tests.corpus.test_leaders import encoded


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    k=st.integers(1, 12),
    mode=st.sampled_from(["none", "max", "mean"]),
    spread=st.sampled_from([0.0, 0.05, 1.0]),
)
def test_nearest_are_those_of_a_full_sort(seed: int, k: int, mode: str, spread: float) -> None:
    rng = np.random.default_rng(seed)
    texts = encoded(rng, 20, 5, 1 if mode == "none" else 3, spread)
    options = ScoringOptions(segments=mode)  # type: ignore[arg-type]
    queries, base = rng.integers(0, 20, 6), rng.integers(0, 20, 9)
    found = list(nearest(texts, queries, base, k, options))
    for query, (rows, scores) in zip(queries, found, strict=True):
        exact = similarity(texts, np.full(9, query), base, options)
        wanted = sorted(range(9), key=lambda at: (-exact[at], at))[:k]
        assert rows[:k].tolist() == wanted
        assert scores[:k] == pytest.approx(exact[wanted], abs=0)


FAQ = [
    "怎么修改绑定的手机号",
    "忘记登录密码怎么办",
    "信用卡账单怎么分期",
    "如何提高信用卡额度",
    "手机号换了怎么改绑定",
]
KEYS = ["phone", "password", "instalments", "limit", "phone"]


def test_the_best_phrasing_of_an_answer_stands_for_it(encoder: CachedEncoder) -> None:
    queries = ["我换手机号了，怎么改绑定", "今天晚上吃什么"]
    found = match_texts(FAQ, queries, encoder, manual(0.93), keys=KEYS, k=3)
    first, second = found.found
    assert (found.keys[first.rows[0]], first.decision) == ("phone", ANSWERED)
    assert len({found.keys[row] for row in first.rows}) == len(first.rows) == 3
    assert second.decision == NO_ANSWER
    assert found.counts() == {ANSWERED: 1, AMBIGUOUS: 0, NO_ANSWER: 1}


def test_two_near_answers_are_ambiguous_unless_they_are_one(encoder: CachedEncoder) -> None:
    faq = ["怎么办理挂失", "怎么办理挂失。", "怎么办理开户"]
    apart = match_texts(faq, ["怎么办理挂失？"], encoder, manual(0.9), margin=0.05).found[0]
    assert apart.decision == AMBIGUOUS
    together = match_texts(faq, ["怎么办理挂失？"], encoder, manual(0.9), keys=["a", "a", "b"], margin=0.001).found[
        0
    ]
    assert together.decision == ANSWERED


@pytest.mark.parametrize(("argument", "value"), [("k", 0), ("margin", -0.1)])
def test_settings_out_of_range_are_refused(encoder: CachedEncoder, argument: str, value: float) -> None:
    with pytest.raises(BadArgument, match=argument):
        match_texts(["甲"], ["乙"], encoder, manual(0.9), **{argument: value})  # type: ignore[arg-type]


def judged(n: int, wrong: set[int], out_of_scope: set[int]) -> tuple[Matches, list[str], list[str]]:
    """n queries whose right answer is ranked first but for those in `wrong`, where it is second."""
    from calibration.corpus.matches import Found

    keys = tuple(f"k{at}" for at in range(n + 1))
    found, expected = [], []
    for at in range(n):
        rows = [n, at] if at in wrong else [at, n]
        found.append(Found(np.array(rows), np.array([1 - at / (2 * n), 0.1]), ANSWERED))
        expected.append("" if at in out_of_scope else keys[at])
    return Matches(tuple(found), keys, manual(0.5), 0.005, 10), expected, [f"q{at}" for at in range(n)]


def test_the_evaluation_counts_what_a_person_would() -> None:
    matches, expected, queries = judged(100, {90, 91, 92, 93}, {95, 96, 97, 98, 99})
    found = evaluate_matches(matches, expected, queries)
    assert (found.n, found.in_scope) == (100, 95)
    assert (found.hits[1].hits, found.hits[3].hits, found.hits[1].n) == (91, 95, 95)
    assert found.reciprocal_rank.value == pytest.approx((91 + 4 / 2) / 95)
    assert found.reciprocal_rank.low < found.reciprocal_rank.value < found.reciprocal_rank.high
    assert (found.answered.hits, found.right.hits, found.right.n) == (100, 91, 100)
    assert found.certificate.certified
    assert found.coverage is not None
    assert found.precision is not None
    assert found.coverage.n == 100
    assert found.precision.n == found.coverage.hits
    assert found.precision.value >= 0.9


def test_a_query_that_stands_twice_counts_once_and_few_say_nothing_out_of_fold() -> None:
    matches, expected, queries = judged(20, set(), set())
    twice = Matches(matches.found * 2, matches.keys, matches.threshold, matches.margin, matches.k)
    found = evaluate_matches(twice, expected * 2, queries * 2)
    assert (found.n, found.coverage, found.precision) == (20, None, None)


def test_best_passages_show_where_two_long_texts_agree(encoder: CachedEncoder) -> None:
    a = "本店周一休息。退货请在七天内寄回。"
    b = "发票随货寄出。七天之内可以寄回退货。会员有积分。"
    best = best_passages(a, b, encoder, ScoringOptions(CleaningOptions()))
    assert (best[0].first, best[0].second) == ("退货请在七天内寄回。", "七天之内可以寄回退货。")
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)
    assert len(best) == 2
