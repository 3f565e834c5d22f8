"""Sampled live scores: bounded a day and domain, drawn fairly, forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from calibration.store import ScoreSample, Store, open_store

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def sample(
    draw: float, *, domain: str = "bank", score: float = 0.5, at: datetime = NOW, policy: str = "p"
) -> ScoreSample:
    return ScoreSample(domain, score, draw, at, "f", policy)


@pytest.fixture
def clocked(database: str) -> Store:
    return open_store(database, clock=lambda: NOW)


def test_of_each_day_and_domain_the_smallest_draws_stay(clocked: Store) -> None:
    draws = np.random.default_rng(0).permutation(100) / 100
    cut = 1.0
    for chunk in np.array_split(draws, 15):
        given = [sample(float(draw), score=float(draw)) for draw in chunk if draw < cut]
        cut = clocked.score_samples.add(given, keep=10).get((NOW.date().isoformat(), "bank"), cut)
    clocked.score_samples.add([sample(0.99, domain="legal")], keep=10)
    kept = clocked.score_samples.frame(0, "f")
    assert sorted(kept.loc[kept["domain"] == "bank", "score"]) == [n / 100 for n in range(10)]
    assert cut == 0.09
    assert len(kept) == 11
    clocked.close()


def test_what_is_old_or_of_another_model_or_policy_is_left_out(clocked: Store) -> None:
    days = [NOW - timedelta(days=back) for back in (0, 3, 40, 200)]
    clocked.score_samples.add([sample(0.1, at=day, policy=f"p{at}") for at, day in enumerate(days)], keep=5)
    assert set(clocked.score_samples.frame(7, "f")["policy_id"]) == {"p0", "p1"}
    assert len(clocked.score_samples.frame(1000, "f")) == 3
    assert len(clocked.score_samples.frame(1000, "f", ["p2"])) == 1
    empty = clocked.score_samples.frame(1000, "g")
    assert list(empty.columns) == ["day", "domain", "score", "policy_id"]
    assert empty["score"].dtype == np.float64
    clocked.close()
