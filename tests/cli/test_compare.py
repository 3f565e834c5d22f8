"""`compare`, `ablate` and `drift` as a user runs them: real processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

BANK = Path(__file__).parents[2] / "datasets" / "bank" / "pairs.csv"


def scored_file(path: Path, n: int = 500, seed: int = 0, shift: float = 0.0) -> Path:
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    label = (rng.random(n) < 1 / (1 + np.exp(-12 * (scores - 0.5)))).astype(int)
    texts = {"text_a": [f"问题{i}" for i in range(n)], "text_b": [f"问法{i}" for i in range(n)]}
    pd.DataFrame({**texts, "label": label, "domain": "shop", "score": scores + shift}).to_csv(path, index=False)
    return path


def edited(source: Path, target: Path, **changes: Any) -> Path:
    data = json.loads(source.read_text())
    data["domains"]["shop"]["thresholds"] |= changes
    target.write_text(json.dumps(data))
    return target


@pytest.fixture(scope="module")
def folder(cli: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare")
    scored_file(folder / "s.csv")
    cli.ok("fit", folder / "s.csv", "-o", folder / "a.json", "--scored", "--name", "ours")
    cli.ok("fit", folder / "s.csv", "-o", folder / "f1.json", "--scored", "--fingerprint", "aaaa1111")
    cli.ok("fit", folder / "s.csv", "-o", folder / "f2.json", "--scored", "--fingerprint", "bbbb2222")
    edited(folder / "a.json", folder / "b.json", same=0.2, related=0.1)
    return folder


def test_compare_given_scores(cli: Any, folder: Path) -> None:
    found = cli.ok(
        "compare", folder / "a.json", folder / "b.json", folder / "s.csv", "--scored", "-o", folder / "c.csv"
    )
    same = found["domains"]["shop"]["tiers"]["same"]
    assert same["verdict"] == "a_better"
    assert same["mcnemar"]["only_a"] > same["mcnemar"]["only_b"]
    assert same["recall"]["difference"]["low"] > 0 > same["precision"]["difference"]["high"]
    assert same["precision"]["a"]["n"] > 0
    assert found["domains"]["shop"]["n"] == 500
    changed = pd.read_csv(folder / "c.csv")
    assert len(changed) == found["changed"]["n"] == sum(t["pairs"] for t in found["domains"]["shop"]["transitions"])
    assert len(found["changed"]["pairs"]) == min(100, len(changed))
    text = cli.here("compare", folder / "a.json", folder / "b.json", folder / "s.csv", "--scored")
    assert text.returncode == 0
    assert "In shop" in text.stdout
    assert "b - a" in text.stdout


def test_compare_costs(cli: Any, folder: Path) -> None:
    costs = folder / "costs.json"
    costs.write_text('{"false_merge": 50}')
    found = cli.ok("compare", folder / "a.json", folder / "b.json", folder / "s.csv", "--scored", "--costs", costs)
    assert found["domains"]["shop"]["cost"]["difference"]["low"] > 0


def test_scores_of_one_model_do_not_judge_two(cli: Any, folder: Path) -> None:
    line = cli.refused("compare", folder / "f1.json", folder / "f2.json", folder / "s.csv", "--scored")
    assert "aaaa1111" in line
    assert "bbbb2222" in line
    other = scored_file(folder / "s2.csv", shift=0.0)
    both = cli.ok(
        "compare", folder / "f1.json", folder / "f2.json", folder / "s.csv", "--scored", "--scored-b", other
    )
    assert both["domains"]["shop"]["tiers"]["same"]["verdict"] == "no_difference_shown"
    fewer = scored_file(folder / "s3.csv", n=400)
    assert "same pairs" in cli.refused(
        "compare", folder / "f1.json", folder / "f2.json", folder / "s.csv", "--scored", "--scored-b", fewer
    )


def test_compare_refuses_policies_of_no_or_another_model(cli: Any, folder: Path) -> None:
    assert "bound to no model" in cli.refused(
        "compare", folder / "a.json", folder / "a.json", BANK, "--domain", "shop"
    )
    assert "aaaa1111" in cli.refused("compare", folder / "f1.json", folder / "f1.json", BANK, "--domain", "shop")
    assert "bank" in cli.refused(
        "compare", folder / "a.json", folder / "b.json", BANK, "--scored", "--domain", "bank"
    )
    assert "--scored-b" in cli.refused("compare", folder / "a.json", folder / "b.json", BANK, "--scored-b", BANK)


def test_two_cleaning_settings_on_the_real_model(cli: Any, tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    pd.read_csv(BANK).head(60).to_csv(small, index=False)
    cli.ok("fit", small, "-o", tmp_path / "a.json", "--precision", 0.7, "--name", "plain")
    cli.ok("fit", small, "-o", tmp_path / "b.json", "--precision", 0.7, "--name", "mapped", "--map-punctuation")
    found = cli.ok("compare", tmp_path / "a.json", tmp_path / "b.json", small)
    assert found["policies"]["a"]["scoring"]["cleaner"] == "1"
    assert found["policies"]["b"]["scoring"]["cleaner"] == "1+punct"
    assert found["domains"]["bank"]["n"] == 60


def test_ablate_on_the_real_model(cli: Any, tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    pd.read_csv(BANK).head(60).to_csv(small, index=False)
    found = cli.ok("ablate", small, "--precision", 0.6)
    part = next(iter(found["domains"].values()))
    assert set(part) >= {"default", "no_cleaning", "map_punctuation", "segments_max"}
    assert part["segments_max"]["verdict"] == "changes_nothing"
    assert part["default"]["metrics"]["auc"]["n"] == part["default"]["n"]
    assert found["tests"] >= 0


def test_drift_needs_no_labels(cli: Any, tmp_path: Path) -> None:
    old, live = scored_file(tmp_path / "old.csv"), tmp_path / "live.csv"
    pd.read_csv(scored_file(tmp_path / "x.csv", seed=5, shift=0.2)).drop(columns="label").to_csv(live, index=False)
    found = cli.ok("drift", old, live)
    assert found["drifted"] == ["shop"]
    assert found["domains"]["shop"]["psi"] > found["domains"]["shop"]["alarm_at"]
    same = cli.ok("drift", old, old)
    assert same["drifted"] == []
    assert same["domains"]["shop"]["psi"] == 0
    text = cli.here("drift", old, live)
    assert "do not prove unchanged precision" in text.stdout
    pd.read_csv(live).drop(columns="score").to_csv(tmp_path / "none.csv", index=False)
    assert "score" in cli.refused("drift", old, tmp_path / "none.csv")
    assert "level" in cli.refused("drift", old, old, "--level", 2)
