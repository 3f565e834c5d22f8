"""A promise that is watched for ever."""

import numpy as np
import pytest

from calibration.errors import BadArgument
from calibration.stats.watched_rate import anytime_interval, log_odds, watch_rate


def test_a_promise_just_kept_is_rarely_accused_ever() -> None:
    rng = np.random.default_rng(1)
    streams = (rng.random((400, 1500)) < 0.1).astype(float)
    accused = (log_odds(streams, 0.9) >= np.log(10.0)).any(axis=1).sum()
    assert accused <= 57  # 400 * .1 + 2.8 standard errors


def test_a_decay_is_found_after_a_long_time_of_good() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        good, bad = rng.random(600) < 0.05, rng.random(600) < 0.3
        found = watch_rate(np.concatenate([good, bad]), 0.9)
        assert found.broken
        assert found.alarm_at is not None
        assert 600 < found.alarm_at < 900


def test_capital_never_grows_on_average_while_the_promise_holds() -> None:
    """Every continuation by one pair, weighted by its chance at the promised rate: no more capital than before."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        past = (rng.random(rng.integers(0, 60)) < 0.2).astype(float)
        before = np.exp(log_odds(past, 0.9)[-1]) if past.size else 1.0
        after = [np.exp(log_odds(np.append(past, wrong), 0.9)[-1]) for wrong in (0.0, 1.0)]
        assert 0.9 * after[0] + 0.1 * after[1] <= before * (1 + 1e-9)


@pytest.mark.slow
def test_interval_holds_at_every_moment() -> None:
    rng, missed = np.random.default_rng(4), 0
    for _ in range(100):
        wrong = np.cumsum(rng.random(500) < 0.08)
        ends = [anytime_interval(n, int(wrong[n - 1]), 0.1) for n in range(5, 501, 5)]
        missed += not all(low <= 0.92 <= high for low, high in ends)
    assert missed <= 18
    assert anytime_interval(0, 0, 0.1) == (0.0, 1.0)


def test_bad_input() -> None:
    with pytest.raises(BadArgument, match="0 or 1"):
        watch_rate([0.5], 0.9)
    with pytest.raises(BadArgument, match="precision"):
        watch_rate([0], 1.0)
