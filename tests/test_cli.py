"""The command line as a user runs it: a real process, the real model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration import Policy

BANK = Path(__file__).parent.parent / "datasets" / "bank" / "pairs.csv"


def run(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "calibration", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environ},
    )


def ok(*arguments: object) -> dict[str, object]:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(*arguments: object, **environ: str) -> str:
    done = run(*arguments, **environ)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def scored_file(path: Path, n: int = 800) -> Path:
    rng = np.random.default_rng(0)
    scores = rng.random(n)
    frame = pd.DataFrame(
        {
            "text_a": [f"问题{i}" for i in range(n)],
            "text_b": [f"问法{i}" for i in range(n)],
            "label": (rng.random(n) < 1 / (1 + np.exp(-12 * (scores - 0.5)))).astype(int),
            "domain": "shop",
            "score": scores,
        }
    )
    frame.to_csv(path, index=False)
    return path


def test_score_fit_evaluate_decide_on_sample_data(tmp_path: Path) -> None:
    scored, policy = tmp_path / "scored.csv", tmp_path / "policy.json"
    made = ok("score", BANK, "-o", scored)
    assert made["n"] == 190
    assert 0.7 < made["score_min"] < made["score_max"] <= 1.0

    fitted = ok("fit", BANK, "-o", policy, "--precision", "0.7")
    again = ok(
        "fit",
        scored,
        "-o",
        tmp_path / "p2.json",
        "--precision",
        0.7,
        "--scored",
        "--fingerprint",
        made["fingerprint"],
    )
    first, second = (result["policy"]["domains"]["bank"]["thresholds"] for result in (fitted, again))
    assert first == pytest.approx(second, abs=2e-6)

    judged = ok("evaluate", policy, BANK)
    tier = judged["domains"]["bank"]["tiers"]["same"]
    assert judged["domains"]["bank"]["n"] == 190
    assert tier["precision"]["n"] >= 0
    assert judged["published"]["bank"]["tiers"]["same"]["threshold"] == 0.85

    decided = ok("decide", policy, "卡丢了怎么办", "卡丢了怎么办")
    assert decided["score"] == pytest.approx(1.0, abs=1e-5)
    assert decided["tier"] == Policy.load(policy).tier(decided["score"])


def test_a_policy_of_given_scores_evaluates_but_does_not_decide(tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    fitted = ok("fit", scored, "-o", policy, "--scored", "--precision", 0.9)
    same = fitted["policy"]["domains"]["shop"]["certificates"]["same"]
    assert (same["status"], fitted["policy"]["model"]["fingerprint"]) == ("certified", None)
    assert (
        ok("evaluate", policy, scored, "--scored")["domains"]["shop"]["tiers"]["same"]["provenance"] == "certified"
    )
    assert "bound to no model" in refused("decide", policy, "甲", "乙")


def test_a_policy_of_another_model_is_refused(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    ok("fit", scored_file(tmp_path / "s.csv"), "-o", policy, "--scored", "--fingerprint", "0123abcd")
    assert "0123abcd" in refused("decide", policy, "甲", "乙")
    assert "0123abcd" in refused("evaluate", policy, BANK, "--domain", "shop")


def test_an_edited_threshold_is_shown_as_manual(tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    ok("fit", scored, "-o", policy, "--scored")
    data = json.loads(policy.read_text())
    data["domains"]["shop"]["thresholds"]["same"] = 0.99
    policy.write_text(json.dumps(data))
    found = ok("evaluate", policy, scored, "--scored")["domains"]["shop"]["tiers"]["same"]
    assert (found["provenance"], found["threshold"]) == ("manual", 0.99)


def test_several_files_become_domains(tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    frame = pd.read_csv(scored).drop(columns="domain")
    frame.to_csv(tmp_path / "plain.csv", index=False)
    fitted = ok("fit", f"a={tmp_path / 'plain.csv'}", f"b={tmp_path / 'plain.csv'}", "-o", policy, "--scored")
    assert set(fitted["policy"]["domains"]) == {"a", "b"}


def test_bad_input_is_one_clear_line_and_exit_2(tmp_path: Path) -> None:
    policy, out = tmp_path / "p.json", tmp_path / "out.json"
    bad = tmp_path / "bad.csv"
    bad.write_text("text_a,text_b,label\n甲,乙,1\n,丁,0\n戊,己,也许\n", encoding="utf-8")
    line = refused("fit", bad, "-o", out)
    assert "bad.csv" in line
    assert "2 of 3" in line
    assert "row 3" in line
    assert not out.exists()
    policy.write_text("{}", encoding="utf-8")
    assert "schema_version" in refused("decide", policy, "甲", "乙")
    assert "nowhere.csv" in refused("fit", tmp_path / "nowhere.csv", "-o", out)
    assert "precision" in refused("fit", BANK, "-o", out, "--precision", "1.5")
    assert "--fingerprint" in refused("fit", BANK, "-o", out, "--fingerprint", "x")
    assert "score" in refused("fit", BANK, "-o", out, "--scored")
    assert "COMMAND" in refused()
    assert "no-such-model" in refused("score", BANK, "-o", tmp_path / "s.csv", "--model", "no-such-model")
    assert "-o" in refused("score", BANK, "-o", tmp_path / "s.pdf")
    ok("fit", scored_file(tmp_path / "s.csv"), "-o", policy, "--scored", "--fingerprint", "f")
    assert "TEXT_A" in refused("decide", policy, " ", "乙")
    assert "mars" in refused("decide", policy, "甲", "乙", "--domain", "mars")


def test_good_rows_are_used_when_the_user_says_so(tmp_path: Path) -> None:
    path = scored_file(tmp_path / "s.csv")
    path.write_text(path.read_text(encoding="utf-8") + ",空,1,shop,0.5\n", encoding="utf-8")
    refused("fit", path, "-o", tmp_path / "p.json", "--scored")
    fitted = ok("fit", path, "-o", tmp_path / "p.json", "--scored", "--skip-bad-rows")
    assert fitted["policy"]["domains"]["shop"]["n"] == 800


def test_errors_speak_the_language_of_the_terminal(tmp_path: Path) -> None:
    line = refused("fit", tmp_path / "nowhere.csv", "-o", tmp_path / "p.json", LC_ALL="zh_CN.UTF-8")
    assert "无法读取" in line


def test_text_output_says_what_is_certified(tmp_path: Path) -> None:
    done = run("fit", scored_file(tmp_path / "s.csv"), "-o", tmp_path / "p.json", "--scored")
    assert done.returncode == 0
    assert "shop: 800 labels" in done.stdout
    assert "same: at or above" in done.stdout
    assert "out of fold: precision" in done.stdout


def test_help_answers_without_loading_a_model() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "fit" in done.stdout
