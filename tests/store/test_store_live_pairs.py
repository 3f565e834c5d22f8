"""Live pairs: bounded a day and sample, drawn fairly, reviewed by one person each, texts forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from calibration.store import Store, open_store
from calibration.store.answers import Answer
from calibration.store.live_pairs import ACCEPTED, LABEL, LEASE, RANDOM, SKIP, LivePair

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def pair(draw: float, sample: str = ACCEPTED, *, at: datetime = NOW, domain: str = "bank") -> LivePair:
    tier = "same" if sample == ACCEPTED else ""
    return LivePair(domain, sample, draw, f"a {draw}", f"b {draw}", 0.95, tier, at, "f", "p")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: str, clock: Clock) -> Store:
    return open_store(database, clock=clock)


def test_of_each_day_domain_and_sample_the_smallest_draws_stay(store: Store) -> None:
    draws = np.random.default_rng(0).permutation(60) / 60
    for chunk in np.array_split(draws, 7):
        store.live_pairs.add([pair(float(draw), RANDOM) for draw in chunk], keep=5)
    cuts = store.live_pairs.add([pair(0.5), pair(0.9, domain="legal")], keep=5)
    assert sorted(store.live_pairs.frame("f")["text_a"]) == sorted(f"a {n / 60}" for n in range(5))
    assert set(cuts.values()) == {1.0}
    assert store.live_pairs.waiting("p", "Mei") == (2, 0)
    assert store.live_pairs.frame("another model").empty
    store.close()


def test_two_reviewers_never_have_the_same_pair_until_a_lease_ends(store: Store, clock: Clock) -> None:
    store.live_pairs.add([pair(n / 10) for n in range(6)], keep=6)
    hers = {one.id for one in store.live_pairs.take("p", "Mei", 4)}
    his = {one.id for one in store.live_pairs.take("p", "Jun", 4)}
    assert (len(hers), len(his), hers & his) == (4, 2, set())
    assert store.live_pairs.waiting("p", "Jun") == (6, 4)
    clock.now = NOW + LEASE + timedelta(seconds=1)
    assert len(store.live_pairs.take("p", "Jun", 6)) == 6
    store.close()


def test_answers_count_once_in_the_order_of_review_and_may_be_corrected(store: Store) -> None:
    store.live_pairs.add([pair(n / 10) for n in range(4)], keep=4)
    first, second, third, _ = (one.id for one in store.live_pairs.take("p", "Mei"))
    said = [Answer("1", second, LABEL, 0), Answer("2", first, LABEL, 1), Answer("3", second, LABEL, 1)]
    assert store.live_pairs.answer("Mei", said).kept == ("1", "2", "3")
    store.live_pairs.answer("Mei", said)
    store.live_pairs.answer("Mei", [Answer("4", third, LABEL, 0), Answer("5", first, SKIP)])
    refused = store.live_pairs.answer("Jun", [Answer("6", third, LABEL, 1), Answer("7", 999, LABEL, 1)]).refused
    assert set(refused) == {"7"}
    assert store.live_pairs.answer("Jun", [Answer("8", third, LABEL, 7)]).kept == ("8",)  # hers stands
    found = store.live_pairs.reviewed("p")
    assert found["wrong"].tolist() == [0.0, 0.0, 1.0]
    store.close()


def test_what_is_skipped_comes_last_and_a_wrong_value_is_refused(store: Store) -> None:
    store.live_pairs.add([pair(n / 10) for n in range(3)], keep=3)
    first = store.live_pairs.take("p", "Mei")[0].id
    store.live_pairs.answer("Mei", [Answer("1", first, SKIP)])
    assert store.live_pairs.take("p", "Mei")[-1].id == first
    assert set(store.live_pairs.answer("Mei", [Answer("2", first, LABEL, 7)]).refused) == {"2"}
    store.close()


def test_old_texts_are_forgotten_and_what_was_said_is_not(store: Store, clock: Clock) -> None:
    store.live_pairs.add([pair(0.1), pair(0.2)], keep=5)
    store.live_pairs.answer("Mei", [Answer("1", store.live_pairs.take("p", "Mei")[0].id, LABEL, 0, "杭州")])
    clock.now = NOW + timedelta(days=40)
    store.live_pairs.add([pair(0.3, at=clock.now)], keep=5)
    assert len(store.live_pairs.reviewed("p")) == 1
    assert [one.text_a for one in store.live_pairs.take("p", "Mei")] == ["a 0.3"]
    store.close()
