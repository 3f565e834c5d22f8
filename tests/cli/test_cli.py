"""The command line as a user runs it, on the real model; where the process itself matters, in one of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration import Policy

BANK = Path(__file__).parents[2] / "datasets" / "bank" / "pairs.csv"


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


def test_score_fit_evaluate_decide_on_sample_data(cli: Any, tmp_path: Path) -> None:
    scored, policy = tmp_path / "scored.csv", tmp_path / "policy.json"
    made = cli.ok("score", BANK, "-o", scored)
    assert made["n"] == 190
    assert 0.7 < made["score_min"] < made["score_max"] <= 1.0

    fitted = cli.ok("fit", BANK, "-o", policy, "--precision", "0.7")
    again = cli.ok(
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

    judged = cli.ok("evaluate", policy, BANK)
    tier = judged["domains"]["bank"]["tiers"]["same"]
    assert judged["domains"]["bank"]["n"] == 190
    assert tier["recall"]["n"] > 0
    assert tier["recall"]["deff"] >= 1.0
    assert judged["published"]["bank"]["tiers"]["same"]["threshold"] == 0.85

    decided = cli.ok("decide", policy, "卡丢了怎么办", " 卡丢了怎么办\n")
    assert decided["score"] == pytest.approx(1.0, abs=1e-5)
    assert decided["tier"] == Policy.load(policy).tier(decided["score"])
    assert (decided["identical"], decided["probability"]) == (True, None)
    assert "identical once cleaned" in cli.here("decide", policy, "卡丢了怎么办", " 卡丢了怎么办\n").stdout
    other = cli.ok("decide", policy, "卡丢了怎么办", "卡丢了该怎么处理")
    assert not other["identical"]
    chance = other["probability"]
    assert 0.0 <= chance["lower"] < chance["value"] < chance["upper"] <= 1.0
    assert (chance["n"], chance["claims"]) == (190, "unverified")


def test_a_policy_of_given_scores_evaluates_but_does_not_decide(cli: Any, tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    fitted = cli.ok("fit", scored, "-o", policy, "--scored", "--precision", 0.9)
    same = fitted["policy"]["domains"]["shop"]["certificates"]["same"]
    assert (same["status"], fitted["policy"]["model"]["fingerprint"]) == ("certified", None)
    judged = cli.ok("evaluate", policy, scored, "--scored")["domains"]["shop"]["tiers"]["same"]
    assert judged["provenance"] == "certified"
    assert "bound to no model" in cli.refused("decide", policy, "甲", "乙")


def test_a_policy_of_another_model_is_refused(cli: Any, tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    cli.ok("fit", scored_file(tmp_path / "s.csv"), "-o", policy, "--scored", "--fingerprint", "0123abcd")
    assert "0123abcd" in cli.refused("decide", policy, "甲", "乙")
    assert "0123abcd" in cli.refused("evaluate", policy, BANK, "--domain", "shop")


def test_an_edited_threshold_is_shown_as_manual(cli: Any, tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    cli.ok("fit", scored, "-o", policy, "--scored")
    data = json.loads(policy.read_text())
    data["domains"]["shop"]["thresholds"]["same"] = 0.99
    policy.write_text(json.dumps(data))
    found = cli.ok("evaluate", policy, scored, "--scored")["domains"]["shop"]["tiers"]["same"]
    assert (found["provenance"], found["threshold"]) == ("manual", 0.99)


def test_a_false_positive_rate_may_be_asked_for(cli: Any, tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    fitted = cli.ok("fit", scored, "-o", policy, "--scored", "--fpr", 0.05)
    same = fitted["policy"]["domains"]["shop"]["certificates"]["same"]
    assert (same["status"], same["fpr"], same["precision"]) == ("certified", 0.05, None)
    assert Policy.load(policy).provenance("shop", "same") == "certified"
    assert "false positive rate 0.05" in cli.here("fit", scored, "-o", policy, "--scored", "--fpr", 0.05).stdout
    assert "fpr" in cli.refused("fit", scored, "-o", policy, "--scored", "--fpr", 2)
    assert "--fpr" in cli.refused("fit", scored, "-o", policy, "--scored", "--fpr", 0.1, "--precision", 0.9)


def test_tiers_may_have_their_own_precision(cli: Any, tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    fitted = cli.ok("fit", scored, "-o", policy, "--scored", "--precision", "same=0.8,unrelated=0.7")
    found = fitted["policy"]["domains"]["shop"]["certificates"]
    assert (found["same"]["precision"], found["unrelated"]["precision"]) == (0.8, 0.7)
    assert "best" in cli.refused("fit", scored, "-o", policy, "--scored", "--precision", "best=0.8")
    assert "--precision" in cli.refused("fit", scored, "-o", policy, "--scored", "--precision", "0.8,0.9")


def test_several_files_become_domains(cli: Any, tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    frame = pd.read_csv(scored).drop(columns="domain")
    frame.to_csv(tmp_path / "plain.csv", index=False)
    fitted = cli.ok("fit", f"a={tmp_path / 'plain.csv'}", f"b={tmp_path / 'plain.csv'}", "-o", policy, "--scored")
    assert set(fitted["policy"]["domains"]) == {"a", "b"}


def test_bad_input_is_one_clear_line_and_exit_2(cli: Any, tmp_path: Path) -> None:
    policy, out = tmp_path / "p.json", tmp_path / "out.json"
    bad = tmp_path / "bad.csv"
    bad.write_text("text_a,text_b,label\n甲,乙,1\n,丁,0\n戊,己,也许\n", encoding="utf-8")
    line = cli.refused("fit", bad, "-o", out)
    assert "bad.csv" in line
    assert "2 of 3" in line
    assert "row 3" in line
    assert not out.exists()
    policy.write_text("{}", encoding="utf-8")
    assert "schema_version" in cli.refused("decide", policy, "甲", "乙")
    assert "nowhere.csv" in cli.refused("fit", tmp_path / "nowhere.csv", "-o", out)
    assert "precision" in cli.refused("fit", BANK, "-o", out, "--precision", "1.5")
    assert "--fingerprint" in cli.refused("fit", BANK, "-o", out, "--fingerprint", "x")
    assert "score" in cli.refused("fit", BANK, "-o", out, "--scored")
    assert "COMMAND" in cli.refused()
    assert "no-such-model" in cli.refused("score", BANK, "-o", tmp_path / "s.csv", "--model", "no-such-model")
    assert "-o" in cli.refused("score", BANK, "-o", tmp_path / "s.pdf")
    cli.ok("fit", scored_file(tmp_path / "s.csv"), "-o", policy, "--scored", "--fingerprint", "f")
    assert "TEXT_A" in cli.refused("decide", policy, " ", "乙")
    assert "mars" in cli.refused("decide", policy, "甲", "乙", "--domain", "mars")


def test_good_rows_are_used_when_the_user_says_so(cli: Any, tmp_path: Path) -> None:
    path = scored_file(tmp_path / "s.csv")
    path.write_text(path.read_text(encoding="utf-8") + ",空,1,shop,0.5\n", encoding="utf-8")
    cli.refused("fit", path, "-o", tmp_path / "p.json", "--scored")
    fitted = cli.ok("fit", path, "-o", tmp_path / "p.json", "--scored", "--skip-bad-rows")
    assert fitted["policy"]["domains"]["shop"]["n"] == 800


def test_errors_speak_the_language_of_the_terminal(cli: Any, tmp_path: Path) -> None:
    line = cli.refused("fit", tmp_path / "nowhere.csv", "-o", tmp_path / "p.json", LC_ALL="zh_CN.UTF-8")
    assert "无法读取" in line


def test_text_output_says_what_is_certified(cli: Any, tmp_path: Path) -> None:
    done = cli.run("fit", scored_file(tmp_path / "s.csv"), "-o", tmp_path / "p.json", "--scored")
    assert done.returncode == 0
    assert "shop: 800 labels" in done.stdout
    assert "can merge: at or above" in done.stdout
    assert "out of fold: precision" in done.stdout


def test_help_answers_without_loading_a_model(cli: Any) -> None:
    done = cli.run("--help")
    assert done.returncode == 0
    assert "fit" in done.stdout


def test_fit_writes_a_report_in_the_language_asked(cli: Any, tmp_path: Path) -> None:
    pairs, policy, report = scored_file(tmp_path / "s.csv"), tmp_path / "p.json", tmp_path / "r.html"
    made = cli.ok("fit", pairs, "-o", policy, "--scored", "--report", report, "--lang", "zh")
    assert made["report"] == str(report)
    html = report.read_text(encoding="utf-8")
    assert "校准报告" in html
    assert made["policy"]["id"] in html
    done = cli.here("fit", pairs, "-o", policy, "--scored", "--report", report)
    assert f"report written to {report}" in done.stdout
    assert "Calibration report" in report.read_text(encoding="utf-8")


def test_a_report_names_each_file_and_claims_what_the_draw_allows(cli: Any, tmp_path: Path) -> None:
    first, second = scored_file(tmp_path / "one.csv"), scored_file(tmp_path / "two.csv", 500)
    policy, report = tmp_path / "p.json", tmp_path / "r.html"
    asked = ("fit", first, second, "-o", policy, "--scored", "--report", report, "--lang", "en")
    settings = cli.ok(*asked)["policy"]["settings"]
    assert "drawn" not in settings
    assert "not known" in report.read_text(encoding="utf-8")
    for word, stored, said in (
        ("random", "random_live", "random live pairs"),
        ("mined", "mined", "mined or picked"),
    ):
        done = cli.here(*asked, "--drawn", word)
        assert done.returncode == 0, done.stderr
        assert Policy.load(policy).settings["drawn"] == stored
        html = report.read_text(encoding="utf-8")
        assert said in html
        assert [html.count(str(path)) > 0 for path in (first, second)] == [True, True]
        assert f"{first}, {second}" not in html
        assert ("Picked labels promise nothing" in done.stdout) == (word == "mined")


@pytest.mark.parametrize("name", ["report.pdf", "nowhere/report.html"])
def test_a_report_that_cannot_be_written_is_refused_before_any_work(cli: Any, tmp_path: Path, name: str) -> None:
    policy = tmp_path / "p.json"
    line = cli.refused(
        "fit", scored_file(tmp_path / "s.csv"), "-o", policy, "--scored", "--report", tmp_path / name
    )
    assert "--report" in line
    assert not policy.exists()


def test_evaluate_leaves_out_review_pairs_and_says_what_precision_is_live(cli: Any, tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    nominal = cli.ok("fit", scored, "-o", policy, "--scored")["nominal"]["shop"]["same"]
    assert nominal["low"] <= nominal["value"] <= nominal["high"]
    plain = cli.ok("evaluate", policy, scored, "--scored")
    frame = pd.read_csv(scored).assign(purpose="calibrate")
    wrong = frame.head(40).assign(text_a="复核", text_b=[f"第{i}句" for i in range(40)], score=0.99, label=0)
    both = tmp_path / "both.csv"
    pd.concat([frame, wrong.assign(purpose="review")]).to_csv(both, index=False)
    found = cli.ok("evaluate", policy, both, "--scored", "--live", 0.05, "--drawn", "balanced")
    assert (found["reviewed"], found["domains"]) == (40, plain["domains"])
    live = found["live"]["shop"]
    assert live["precision"]["low"] <= live["precision"]["value"] <= live["precision"]["high"]
    assert live["precision"]["value"] < found["domains"]["shop"]["tiers"]["same"]["precision"]["value"]
    said = cli.here("evaluate", policy, both, "--scored", "--live", 0.05).stdout
    assert "live, 0.05 the same" in said
    assert "were each drawn at random" in said
    assert "40 pairs picked for review" in said
    assert "--live" in cli.refused("evaluate", policy, both, "--scored", "--live", 1.5)
    assert "--drawn" in cli.refused("evaluate", policy, both, "--scored", "--drawn", "mined")


def test_fit_keeps_the_live_share_of_balanced_labels(cli: Any, tmp_path: Path) -> None:
    policy, scored = tmp_path / "policy.json", scored_file(tmp_path / "scored.csv")
    cli.ok("fit", scored, "-o", policy, "--scored", "--drawn", "balanced", "--live", 0.1)
    assert Policy.load(policy).settings["live_prevalence"] == 0.1
    assert "--live" in cli.refused("fit", scored, "-o", policy, "--scored", "--live", 0.1)


def test_a_folder_of_scored_parts_is_fitted_and_evaluated_like_one_file(cli: Any, tmp_path: Path) -> None:
    scored = scored_file(tmp_path / "scored.csv")
    rows, folder = pd.read_csv(scored), tmp_path / "parts"
    folder.mkdir()
    for number in range(3):
        rows[number * 300 : (number + 1) * 300].to_parquet(folder / f"{number}.parquet", index=False)
    found = []
    for source in (scored, folder):
        policy = tmp_path / f"{source.stem}.json"
        fitted = cli.ok("fit", source, "-o", policy, "--scored")
        judged = cli.ok("evaluate", policy, source, "--scored", "--live", 0.05)
        assert [one["rows"] for one in judged["files"]] == [800]
        for result in (fitted, judged):
            for random in ("output", "files"):
                result.pop(random, None)
            for random in ("id", "created_at"):
                result["policy"].pop(random, None)
        found.append((fitted, judged))
    assert found[0] == found[1]
    assert "it is a folder" in cli.refused("fit", folder, "-o", tmp_path / "p.json")
    assert "it is a folder" in cli.refused(
        "fit", folder, "-o", tmp_path / "p.json", "--scored", "--guards", "numbers"
    )
    other = tmp_path / "other.json"
    cli.ok("fit", scored, "-o", other, "--scored", "--precision", 0.7)
    compared = [cli.ok("compare", policy, other, source, "--scored") for source in (scored, folder)]
    changed = [result.pop("changed")["pairs"] for result in compared]
    for result in compared:
        result.pop("files")
    assert compared[0] == compared[1]
    assert changed[1] == [
        {name: value for name, value in pair.items() if name not in ("text_a", "text_b")} for pair in changed[0]
    ]
    assert changed[0]
    assert "it is a folder" in cli.refused(
        "compare", policy, other, folder, "--scored", "-o", tmp_path / "changed.csv"
    )
    assert "it is a folder" in cli.refused("gate", policy, "--against", other, "--pairs", folder, "--scored")

    reports = [tmp_path / f"{source.stem}.html" for source in (scored, folder)]
    for source, report in zip((scored, folder), reports, strict=True):
        cli.ok("fit", source, "-o", policy, "--scored", "--report", report, "--lang", "en")
    with_texts, without = (report.read_text("utf-8") for report in reports)
    assert ("问法" in with_texts, "问法" in without) == (True, False)
    assert "no pairs are shown as examples" in without
    assert "no pairs are shown as examples" not in with_texts
    pictures = [report[report.index("<svg") : report.index("</svg>")] for report in (with_texts, without)]
    assert pictures[0] == pictures[1]
