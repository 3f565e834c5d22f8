"""A start without labels."""

import json
from pathlib import Path

import numpy as np
import pytest

from calibration.cli.main import main
from calibration.errors import BadArgument
from calibration.fitting.background import background, distinct_texts, random_pairs


def test_random_pairs_are_of_two_different_texts_and_all_alike() -> None:
    texts = [f"t{i}" for i in range(20)]
    pairs = random_pairs(texts, 40_000, "bank", seed=1)
    assert (pairs["text_a"] != pairs["text_b"]).all()
    unordered = np.sort(pairs[["text_a", "text_b"]].to_numpy(str), axis=1)
    _, drawn = np.unique(unordered, axis=0, return_counts=True)
    assert len(drawn) == 190
    assert drawn.max() < 40_000 / 190 * 1.5
    with pytest.raises(BadArgument, match="at least 20"):
        random_pairs(texts[:19], 10, "bank")


def test_identical_texts_are_left_out() -> None:
    assert distinct_texts(["Card", " card ", "", "\u200b", "loan"]) == ["Card", "loan"]


@pytest.mark.slow
def test_the_rate_is_kept() -> None:
    """Scores uniform in 0..1: the true rate of a threshold t is 1 - t."""
    rng, broken = np.random.default_rng(2), 0
    for _ in range(300):
        found = background("bank", 1000, rng.random(5000), fpr=0.01).certificate
        assert found.certified
        broken += 1.0 - found.threshold > 0.01
    assert broken <= 45  # 300 * .1 + 2.9 standard errors


def test_checked_pairs_that_are_the_same_lower_the_rate() -> None:
    """A tenth of the random pairs is the same: what is bounded is the rate of the different ones."""
    scores = np.linspace(0, 1, 50_001)
    plain = background("bank", 1000, scores, fpr=0.01)
    checked = background("bank", 1000, scores, fpr=0.01, checked=50, same=5)
    assert checked.certificate.threshold > plain.certificate.threshold
    assert checked.certificate.fpr == 0.01
    assert checked.certificate.fpr_upper <= 0.01
    with pytest.raises(BadArgument, match="not all"):
        background("bank", 1000, scores, fpr=0.01, checked=3, same=3)


@pytest.mark.slow
def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "bank.txt"
    texts.write_text("\n".join(f"如何办理第{i}号业务" for i in range(30)), encoding="utf-8")
    policy, check = tmp_path / "policy.json", tmp_path / "check.csv"
    asked = ["background", f"bank={texts}", "-o", str(policy), "--fpr", "0.05", "--pairs", "300", "--json"]
    assert main([*asked, "--to-check", str(check)]) == 0
    found = json.loads(capsys.readouterr().out)
    certificate = found["policy"]["domains"]["bank"]["certificates"]["same"]
    assert (certificate["status"], certificate["fpr"], certificate["method"]) == ("certified", 0.05, "background")
    assert certificate["precision"] is None
    assert found["domains"]["bank"]["texts"] == 30
    assert len(check.read_text().splitlines()) == 51
    assert main(["background", f"bank={texts}", "-o", str(policy), "--fpr", "2"]) == 2
