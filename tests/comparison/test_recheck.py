"""A policy with other arithmetic: what is measured, when it is rebound, and the command, run for real."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from calibration.calibrate import calibrate
from calibration.columns import DOMAIN, KIND, LABEL, SCORE, TEXT_A, TEXT_B
from calibration.comparison.recheck import RECHECKED, rebind, shifts
from calibration.errors import BadArgument, ComputeMismatch, RecheckMissed, UnknownDomain
from calibration.policies.policy import DomainPolicy, Policy

INSTALLED = all(importlib.util.find_spec(name) for name in ("openvino", "nncf"))
THRESHOLDS = {"same": 0.9, "related": 0.7, "weak": None}


def frame(scores: np.ndarray, labels: np.ndarray | None = None, domain: str = "bank") -> pd.DataFrame:
    n = len(scores)
    given = np.arange(n) % 2 if labels is None else labels
    return pd.DataFrame(
        {
            TEXT_A: [f"a{i}" for i in range(n)],
            TEXT_B: [f"b{i}" for i in range(n)],
            LABEL: given.astype(float),
            KIND: "binary",
            DOMAIN: domain,
            SCORE: scores,
        }
    )


def policy(*domains: str) -> Policy:
    return Policy({name: DomainPolicy(THRESHOLDS, n=5) for name in domains or ("bank",)}, fingerprint="0123")


def test_flips_have_the_exact_interval_and_shifts_their_size() -> None:
    scores = np.linspace(0.0, 1.0, 200)
    moved = scores.copy()
    moved[[40, 41]] += 0.001
    moved[-3] -= 0.2  # from same to related
    (found,) = shifts(policy(), frame(scores), frame(moved))
    assert (found.n, found.groups, found.flipped) == (200, 200, 1)
    assert found.most_flipped == pytest.approx(1 - beta.ppf(0.05, 199, 2))
    assert found.shift_most == pytest.approx(0.2)
    assert found.shift_mean == pytest.approx(0.202 / 200)
    assert dict(found.transitions) == {("same", "related"): 1}


def test_equal_scores_change_nothing_but_prove_only_so_much() -> None:
    scores = np.random.default_rng(0).random(100)
    (found,) = shifts(policy(), frame(scores), frame(scores))
    assert (found.flipped, found.auc_gap.value, found.auc_gap.low) == (0, 0.0, 0.0)
    assert found.most_flipped == pytest.approx(1 - 0.05 ** (1 / 100))
    assert rebind(policy(), "0123-int8-1", [found]).fingerprint == "0123-int8-1"
    (few,) = shifts(policy(), frame(scores[:50]), frame(scores[:50]))
    with pytest.raises(RecheckMissed, match=r"of 50 pairs of bank, 0 change tier, at most 5\.8%"):
        rebind(policy(), "0123-int8-1", [few])
    assert rebind(policy(), "0123-int8-1", [few], allowed=0.06).fingerprint == "0123-int8-1"


def test_pairs_that_share_a_text_count_for_less() -> None:
    scores = np.random.default_rng(0).random(100)
    here = frame(scores).assign(**{TEXT_A: [f"a{i // 10}" for i in range(100)]})
    (found,) = shifts(policy(), here, here)
    (apart,) = shifts(policy(), frame(scores), frame(scores))
    assert found.groups == 10
    assert found.most_flipped > 3 * apart.most_flipped


def test_auc_is_that_of_the_labels_and_its_difference_is_paired() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 300)
    scores = labels * 0.2 + rng.random(300) * 0.6
    noisy = scores + rng.normal(size=300) * 0.05
    (found,) = shifts(policy(), frame(scores, labels), frame(noisy, labels))
    assert found.auc == pytest.approx(roc_auc_score(labels, scores))
    assert found.auc_gap.value == pytest.approx(roc_auc_score(labels, noisy) - found.auc)
    assert found.auc_gap.low < found.auc_gap.value < found.auc_gap.high
    (one_kind,) = shifts(policy(), frame(scores, np.ones(300)), frame(noisy, np.ones(300)))
    assert one_kind.to_json()["auc"] is None


def test_the_bound_policy_keeps_thresholds_and_says_what_was_found(tmp_path: Path) -> None:
    scores = np.random.default_rng(0).random(300)
    found = shifts(policy(), frame(scores), frame(scores + 1e-6))
    bound = rebind(policy(), "0123-int8-1", found)
    bound.save(tmp_path / "p.json")
    read = Policy.load(tmp_path / "p.json")
    assert read == bound
    assert read.domain("bank").thresholds == THRESHOLDS
    assert read.provenance("bank", "same") == "manual", "the certificate spoke of other scores"
    assert read.settings[RECHECKED]["from"] == "0123"
    assert read.settings[RECHECKED]["domains"]["bank"]["n"] == 300
    with pytest.raises(ComputeMismatch):
        read.check_model("0123", "1")


def test_every_domain_of_the_policy_must_have_pairs() -> None:
    scores = np.random.default_rng(0).random(50)
    with pytest.raises(BadArgument, match="every domain"):
        shifts(policy("bank", "shop"), frame(scores), frame(scores))
    with pytest.raises(UnknownDomain):
        shifts(policy("bank"), *[pd.concat([frame(scores), frame(scores, domain="x")], ignore_index=True)] * 2)


# ---------------------------------------------------------------- the command


@pytest.mark.skipif(not INSTALLED, reason="needs the extra fast: pip install 'simtier[fast]'")
def test_the_command_measures_and_binds(
    cli: object, tiny_bert: Callable[..., Path], with_modules: Callable[..., Path], tmp_path: Path
) -> None:
    from calibration.encoding import load_encoder

    folder = with_modules(tiny_bert(tmp_path / "m", hidden=64), "mean")
    letters = "花呗额度怎么提升查询的了吗我想要你好今天天气还款"
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list(letters), 8)) for _ in range(400)]
    pairs = pd.DataFrame({TEXT_A: texts[:200], TEXT_B: texts[200:], LABEL: np.arange(200) % 2, DOMAIN: "bank"})
    pairs.to_csv(tmp_path / "pairs.csv", index=False)
    full = load_encoder(str(folder), "cpu")
    run = calibrate(pairs.assign(**{KIND: "binary", LABEL: pairs[LABEL].astype(float)}), full)
    run.policy.save(tmp_path / "policy.json")
    out = tmp_path / "fast.json"
    common = ("--model", folder, "--device", "cpu")
    found = cli.ok("recheck", tmp_path / "policy.json", tmp_path / "pairs.csv", "-o", out, *common)  # type: ignore[attr-defined]
    assert found["compute"] == "fast"
    assert found["domains"]["bank"]["n"] == 200
    assert 0 < found["domains"]["bank"]["score_shift"]["most"] < 0.01
    assert json.loads(out.read_text())["model"]["fingerprint"].startswith(f"{full.fingerprint}-int8")
    decided = cli.ok("decide", out, texts[0], texts[1], *common, "--compute", "fast")  # type: ignore[attr-defined]
    assert decided["tier"] in ("same", "related", "weak", "unrelated")
    said = cli.refused("decide", out, texts[0], texts[1], *common)  # type: ignore[attr-defined]
    assert "recheck" in said
    back = cli.ok("recheck", out, tmp_path / "pairs.csv", "-o", tmp_path / "b.json", *common)  # type: ignore[attr-defined]
    assert back["compute"] == "full"
    same = cli.refused("recheck", out, tmp_path / "pairs.csv", "-o", out, *common, "--compute", "fast")  # type: ignore[attr-defined]
    assert "a different one from the policy's own" in same
    full.close()
