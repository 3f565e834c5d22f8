"""A precision and a recall or a coverage at once."""

import numpy as np
import pytest

from calibration.certificates.joint_target import joint_target
from calibration.errors import BadArgument


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    return scores, (rng.random(n) < scores).astype(float)


@pytest.mark.slow
def test_both_promises_are_kept_together() -> None:
    """P(same | s) = s: precision above t is (1 + t) / 2, recall 1 - t^2."""
    broken = met = 0
    for seed in range(200):
        found = joint_target(*drawn(600, seed), 0.7, recall=0.7)
        met += found.met
        if found.met:
            broken += (1 + found.lowest) / 2 < 0.7 or 1 - found.highest**2 < 0.7
    assert met > 100
    assert broken <= 33  # 200 * .1 + 3 standard errors


def test_what_excludes_itself_is_not_met() -> None:
    scores, labels = drawn(3000, 1)
    assert not joint_target(scores, labels, 0.9, recall=0.9).met
    assert not joint_target(scores, labels, 0.9, coverage=0.5).met
    assert joint_target(scores, labels, 0.7, coverage=0.4).met


def test_bad_input() -> None:
    with pytest.raises(BadArgument, match="one of them"):
        joint_target([0.5], [1], 0.9)
    with pytest.raises(BadArgument, match="coverage"):
        joint_target([0.5], [1], 0.9, coverage=1.5)


def test_impossible_is_said_only_where_every_threshold_is_ruled_out() -> None:
    """Precision .7 and recall .84 hold together at t = .4 alone, exactly: nothing is nearer to impossible."""
    false = sum(joint_target(*drawn(600, seed), 0.7, recall=0.84).excluded for seed in range(200))
    assert false <= 33  # 200 * .1 + 3 standard errors


def test_the_three_verdicts() -> None:
    scores, labels = drawn(3000, 1)
    assert joint_target(scores, labels, 0.7, recall=0.7).verdict == "possible"
    assert joint_target(scores, labels, 0.9, recall=0.9).verdict == "impossible"
    assert joint_target(scores, labels, 0.95, coverage=0.9).verdict == "impossible"
    for given in ({"recall": 0.7}, {"coverage": 0.4}):
        assert joint_target(scores[:20], labels[:20], 0.7, **given).verdict == "not_provable_yet"
    shared = np.stack([np.arange(3000) // 60, 3000 + np.arange(3000)], axis=1)
    assert joint_target(scores, labels, 0.7, recall=0.7, texts=shared).precision.deff > 1.0
