"""The boundaries that may be looked at after every label."""

import numpy as np
import pytest
from scipy.stats import binom

from calibration.stats.sequential_test import anytime_bounds, look_counts, spending_bounds, spent


def _crossing(looks: np.ndarray, bounds: np.ndarray, error: float) -> float:
    """P(S_k <= b_k at some look), by following every path of the walk label by label."""
    chances, crossed = {0: 1.0}, 0.0
    bound = dict(zip(looks.tolist(), bounds.tolist(), strict=True))
    for k in range(1, int(looks[-1]) + 1):
        following: dict[int, float] = {}
        for wrong, chance in chances.items():
            following[wrong] = following.get(wrong, 0.0) + chance * (1.0 - error)
            following[wrong + 1] = following.get(wrong + 1, 0.0) + chance * error
        stopped = [wrong for wrong in following if k in bound and wrong <= bound[k]]
        crossed += sum(following.pop(wrong) for wrong in stopped)
        chances = following
    return crossed


@pytest.mark.parametrize(("error", "first", "level"), [(0.1, 22, 0.1), (0.2, 11, 0.1), (0.4, 5, 0.05)])
def test_crosses_no_more_often_than_agreed(error: float, first: int, level: float) -> None:
    looks, bounds = anytime_bounds(error, ((level, 4.5 * first, 0.8),), first, 500)
    crossed = _crossing(looks, bounds[0], error)
    assert crossed <= level + 1e-9
    assert crossed > 0.8 * level * float(spent(looks, 4.5 * first, 0.8)[-1])


def test_every_bound_is_as_high_as_its_budget_allows() -> None:
    looks = look_counts(22, 300)
    budget = 0.1 * spent(looks, 100.0, 0.8)
    bounds = spending_bounds(looks, budget[None, :], 0.1)[0]
    for place in range(looks.size):
        higher = np.append(bounds[:place], bounds[place] + 1 if bounds[place] >= 0 else 0)
        if bounds[place] >= 0:
            assert _crossing(looks[: place + 1], higher, 0.1) > budget[place]


def test_one_look_is_the_exact_binomial_test() -> None:
    looks = np.asarray([128])
    bound = spending_bounds(looks, np.asarray([[0.1]]), 0.1)[0, 0]
    assert binom.cdf(bound, 128, 0.1) <= 0.1 < binom.cdf(bound + 1, 128, 0.1)


def test_a_longer_horizon_changes_no_bound() -> None:
    shares = ((0.1, 100.0, 0.8), (0.05, 300.0, 0.7))
    short_looks, short = anytime_bounds(0.1, shares, 22, 400)
    _, long = anytime_bounds(0.1, shares, 22, 6400)
    assert (long[:, : short_looks.size] == short).all()


def test_power_where_one_look_needs_128_labels() -> None:
    """At p = .9 and a true precision of .95: half are certified by 125 labels, four in five by 260."""
    looks, bounds = anytime_bounds(0.1, ((0.1, 4.5 * 22, 0.8),), 22, 260)

    def certified_by(n: int) -> float:
        kept = looks <= n
        return _crossing(looks[kept], bounds[0][kept], 0.05)

    assert certified_by(125) >= 0.5
    assert certified_by(260) >= 0.8
