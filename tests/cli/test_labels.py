"""`plan`, `review` and `budget` as a user runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

BANK = Path(__file__).parents[2] / "datasets" / "bank" / "pairs.csv"


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    positive = rng.random(400) < 0.5
    frame = pd.DataFrame(
        {
            "text_a": [f"问题{i}" for i in range(400)],
            "text_b": [f"问法{i}" for i in range(400)],
            "label": positive.astype(int),
            "domain": "shop",
            "score": 0.95 + 0.01 * (rng.normal(size=400) + 2 * positive - 1),
        }
    )
    frame.to_csv(tmp_path / "labelled.csv", index=False)
    frame.drop(columns="label").to_csv(tmp_path / "pool.csv", index=False)
    return tmp_path / "pool.csv"


def test_plan_label_fit(cli: Any, pool: Path, tmp_path: Path) -> None:
    out, policy = tmp_path / "to_label.csv", tmp_path / "policy.json"
    made = cli.ok("plan", pool, "-o", out, "--n", 150, "--top", 0.5, "--seed", 4)
    draw = made["domains"]["shop"]
    assert (made["n"], made["seed"], made["purpose"]) == (150, 4, "calibrate")
    assert (draw["pool"], draw["eligible"], draw["n"]) == (400, 200, 150)
    drawn = pd.read_csv(out)
    assert drawn["score"].min() >= draw["floor"]
    assert drawn["label"].isna().all()
    truth = pd.read_csv(tmp_path / "labelled.csv").set_index("text_a")["label"]
    drawn.assign(label=drawn["text_a"].map(truth)).to_csv(tmp_path / "done.csv", index=False)
    fitted = cli.ok("fit", tmp_path / "done.csv", "-o", policy, "--scored", "--precision", 0.8)
    same = fitted["policy"]["domains"]["shop"]["certificates"]["same"]
    assert same["status"] == "certified"
    assert same["threshold"] >= draw["floor"]

    more = cli.ok(
        "plan", pool, "-o", tmp_path / "more.csv", "--n", 150, "--labelled", tmp_path / "done.csv", "--blind"
    )
    assert more["left_out"]["labelled"] == 150
    again = pd.read_csv(tmp_path / "more.csv")
    assert "score" not in again.columns
    assert not set(again["text_a"]) & set(drawn["text_a"])


def test_plan_scores_what_has_no_score(cli: Any, tmp_path: Path) -> None:
    out = tmp_path / "to_label.jsonl"
    made = cli.ok("plan", BANK, "-o", out, "--n", 10, "--top", 0.2)
    assert made["domains"]["bank"]["eligible"] == 38
    assert pd.read_json(out, lines=True)["score"].min() >= made["domains"]["bank"]["floor"]


def test_plan_refuses_in_one_line(cli: Any, pool: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    assert "-o" in cli.refused("plan", pool, "-o", tmp_path / "o.pdf", "--n", 5)
    assert "folder" in cli.refused("plan", pool, "-o", tmp_path / "no" / "o.csv", "--n", 5)
    assert "n: must be" in cli.refused("plan", pool, "-o", out, "--n", 0)
    assert "share" in cli.refused("plan", pool, "-o", out, "--n", 5, "--top", 2)
    assert "--top" in cli.refused("plan", pool, "-o", out, "--n", 5, "--top", 0.5, "--floor", 0.5)
    assert "highest score" in cli.refused("plan", pool, "-o", out, "--n", 5, "--floor", 1.0)
    assert not out.exists()


def test_budget_of_a_file(cli: Any, pool: Path, tmp_path: Path) -> None:
    found = cli.ok("budget", tmp_path / "labelled.csv", "--scored", "--precision", 0.97)["domains"]["shop"]
    assert set(found) == {"same", "unrelated"}
    for advice in found.values():
        assert advice["verdict"] in ("label_more", "unclear", "certified")
        assert advice["n"] == 400
        assert advice["target"] == 0.97
    text = cli.here("budget", tmp_path / "labelled.csv", "--scored", "--precision", 0.5)
    assert "shop:\n  can merge: Precision 50% is certified" in text.stdout


def test_budget_by_the_formula(cli: Any) -> None:
    found = cli.ok("budget", "--precision", 0.9, "--true-precision", 0.95)
    assert (found["labels_needed"], found["labels_steady"]) == (128, 152)
    powers = {point["n"]: point["power"] for point in found["power_curve"]}
    assert powers[128] >= 0.8
    assert "128 labels" in cli.here("budget", "--precision", 0.9, "--true-precision", 0.95).stdout
    assert "true_precision" in cli.refused("budget", "--precision", 0.9, "--true-precision", 0.9)
    assert "--true-precision" in cli.refused("budget", "--precision", 0.9)
    assert "precision" in cli.refused("budget", "--precision", 1.0, "--true-precision", 1.0)


def test_budget_of_a_false_positive_rate_by_the_formula(cli: Any) -> None:
    found = cli.ok("budget", "--fpr", 0.05, "--true-fpr", 0.02)
    assert (found["negatives_needed"], found["negatives_least"]) == (184, 45)
    powers = {point["n"]: point["power"] for point in found["power_curve"]}
    assert powers[184] >= 0.8 > powers[161]
    text = cli.here("budget", "--fpr", 0.05, "--true-fpr", 0.02).stdout
    assert text.startswith("184 pairs that do not belong in a tier")
    assert "fewer than 45 certify nothing" in text
    assert "true_fpr" in cli.refused("budget", "--fpr", 0.05, "--true-fpr", 0.05)
    assert "fpr: must be above 0" in cli.refused("budget", "--fpr", 1.5, "--true-fpr", 0.05)
    assert "--true-fpr" in cli.refused("budget", "--fpr", 0.05)
    assert "--true-fpr" in cli.refused("budget", "--true-fpr", 0.05, "--true-precision", 0.95)
    assert "--precision" in cli.refused("budget", "--fpr", 0.05, "--true-fpr", 0.02, "--precision", 0.9)


def test_budget_of_a_false_positive_rate_of_a_file(cli: Any, pool: Path, tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    enough = cli.ok("budget", file, "--scored", "--fpr", 0.2)["domains"]["shop"]
    assert {tier: found["verdict"] for tier, found in enough.items()} == {"same": "enough", "unrelated": "enough"}
    few = cli.ok("budget", file, "--scored", "--fpr", 0.05, "--true-fpr", 0.04)["domains"]["shop"]["same"]
    assert (few["verdict"], few["fresh"], few["n"]) == ("label_more", True, 400)
    assert few["more"] == pytest.approx(few["needed"] / few["counted"]["value"], abs=1)
    text = cli.here("budget", file, "--scored", "--fpr", 0.05, "--true-fpr", 0.04, LC_ALL="zh_CN.UTF-8").stdout
    assert "误合并率" in text
    assert "漏合并率" in text


def test_budget_says_whether_precision_and_recall_go_together(cli: Any, pool: Path, tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    easy = cli.ok("budget", file, "--scored", "--precision", 0.5, "--recall", 0.3)["domains"]["shop"]["same"]
    assert easy["verdict"] == "possible"
    assert easy["lowest"] <= easy["highest"]
    hard = cli.ok("budget", file, "--scored", "--precision", 0.99, "--recall", 0.99)["domains"]["shop"]["same"]
    assert hard["verdict"] in ("impossible", "not_provable_yet")
    assert hard["lowest"] is None
    text = cli.here("budget", file, "--scored", "--recall", 0.3, "--precision", 0.5, LC_ALL="zh_CN.UTF-8").stdout
    assert "可以同时达到" in text
    easy = cli.ok("budget", file, "--scored", "--precision", 0.5, "--coverage", 0.3)["domains"]["shop"]["same"]
    assert (easy["verdict"], easy["recall"], easy["coverage"]) == ("possible", None, 0.3)
    hard = cli.ok("budget", file, "--scored", "--precision", 0.99, "--coverage", 0.99)["domains"]["shop"]["same"]
    assert hard["verdict"] == "impossible"
    assert "--coverage" in cli.refused("budget", file, "--scored", "--recall", 0.5, "--coverage", 0.5)
    assert "--recall" in cli.refused("budget", file, "--scored", "--recall", 1.5)
    assert "--recall" in cli.refused("budget", "--true-precision", 0.95, "--recall", 0.5)


def test_review_picks_near_thresholds_and_wrong_labels(cli: Any, pool: Path, tmp_path: Path) -> None:
    labelled, policy, out = tmp_path / "labelled.csv", tmp_path / "policy.json", tmp_path / "queue.csv"
    cli.ok("fit", labelled, "-o", policy, "--scored", "--precision", 0.8)
    found = cli.ok("review", labelled, "-o", out, "--n", 30, "--policy", policy, "--scored")
    assert (found["n"], found["purpose"]) == (30, "review")
    assert set(found["domains"]["shop"]) == {"the label may be wrong", "near the threshold"}
    assert set(pd.read_csv(out)["purpose"]) == {"review"}
