from __future__ import annotations

import numpy as np
import pytest

from calibration.certificates.certify import certify_fpr
from calibration.errors import BadArgument


@pytest.mark.slow
def test_false_positive_rate_holds_on_the_population() -> None:
    """Negatives score uniformly: the true rate at t is 1 - t."""
    rng, misses = np.random.default_rng(0), 0
    for _ in range(1000):
        labels = rng.random(300) < 0.4
        scores = np.where(labels, 0.5 + rng.random(300) / 2, rng.random(300))
        misses += 1 - certify_fpr(scores, labels, 0.1).threshold > 0.1
    assert misses <= 128  # Binomial(1000, .1) exceeds this with probability under 0.002
    assert misses >= 20  # and the budget is used, not wasted


def test_prevalence_does_not_move_the_threshold() -> None:
    rng = np.random.default_rng(1)
    negatives, positives = rng.random(500), 0.6 + 0.4 * rng.random(500)
    few = certify_fpr([*negatives, *positives[:20]], [0] * 500 + [1] * 20, 0.05)
    many = certify_fpr([*negatives, *positives], [0] * 500 + [1] * 500, 0.05)
    assert few.false_positives == many.false_positives
    assert few.threshold == pytest.approx(many.threshold, abs=0.02)
    assert few.fpr_upper <= 0.05


@pytest.mark.parametrize(("fpr", "needed"), [(0.1, 22), (0.05, 45)])
def test_too_few_negatives_say_how_many_are_needed(fpr: float, needed: int) -> None:
    labels = [0] * (needed - 1) + [1] * 50
    few = certify_fpr(np.linspace(0, 1, len(labels)), labels, fpr)
    assert (few.status, few.labels_needed, few.threshold) == ("insufficient_labels", needed, np.inf)
    labels = [0] * needed + [1] * 50
    enough = certify_fpr(np.linspace(0, 1, len(labels)), labels, fpr)
    assert (enough.status, enough.false_positives) == ("certified", 0)


def test_edges() -> None:
    assert certify_fpr([0.5] * 100, [0] * 100, 0.1).status == "not_certifiable"
    assert certify_fpr([], [], 0.1).status == "insufficient_labels"
    assert certify_fpr([0.5, np.nan], [1, 0], 0.1).dropped == 1
    for wrong in ({"fpr": 0.0}, {"fpr": 1.0}, {"fpr": 0.1, "confidence": 1.0}):
        with pytest.raises(BadArgument):
            certify_fpr([0.5], [0], **wrong)
