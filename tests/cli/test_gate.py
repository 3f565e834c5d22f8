"""`gate`: exit codes, checks, and the files for build systems."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

CHINESE = {"LC_ALL": "zh_CN.UTF-8"}
Edit = Callable[..., Path]


@pytest.fixture(scope="module")
def folder(cli: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`pairs.csv`, scored, and `current.json`, fitted on them."""
    folder, rng, n = tmp_path_factory.mktemp("gate"), np.random.default_rng(0), 600
    scores = rng.random(n)
    label = (rng.random(n) < 1 / (1 + np.exp(-14 * (scores - 0.5)))).astype(int)
    texts = {"text_a": [f"问题{i}" for i in range(n)], "text_b": [f"问法{i}" for i in range(n)]}
    frame = pd.DataFrame({**texts, "label": label, "domain": "shop", "score": scores})
    frame.to_csv(folder / "pairs.csv", index=False)
    cli.ok("fit", folder / "pairs.csv", "-o", folder / "current.json", "--scored", "--precision", 0.9)
    return folder


@pytest.fixture
def edit(folder: Path, tmp_path: Path) -> Edit:
    """A copy of the policy with other thresholds, or of another domain."""

    def edited(name: str = "candidate.json", domain: str = "shop", **thresholds: float | None) -> Path:
        data = json.loads((folder / "current.json").read_text("utf-8"))
        entry = data["domains"].pop("shop")
        entry["thresholds"] |= thresholds
        data["domains"][domain] = entry
        (tmp_path / name).write_text(json.dumps(data), "utf-8")
        return tmp_path / name

    return edited


def cases(path: Path, *rows: tuple[str, str, str, float]) -> Path:
    lines = [f"{a},{b},{expected},shop,{score}" for a, b, expected, score in rows]
    path.write_text("\n".join(["text_a,text_b,expected,domain,score", *lines]) + "\n", "utf-8")
    return path


def test_a_policy_passes_against_itself(cli: Any, folder: Path, tmp_path: Path) -> None:
    given = cases(tmp_path / "cases.csv", ("甲", "乙", "same", 0.99), ("甲", "丙", "not_same", 0.1))
    same = folder / "current.json"
    rest = ("--against", same, "--pairs", folder / "pairs.csv", "--scored", "--cases", given)
    done = cli.here("gate", same, *rest, "--at-least", "precision=.8", "recall=.2", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["passed"]
    assert {check["check"]: check["status"] for check in found["checks"]} == {
        "certificates": "passed",
        "domains": "passed",
        "cases": "passed",
        "moves": "passed",
        "shop.same.precision": "passed",
        "shop.same.recall": "passed",
    }
    assert found["result"]["judged"] == 2
    assert found["result"]["moves"]["shop"] == {"n": 600, "changed": 0}
    first = found["requirements"][0]
    assert first["low"] <= first["value"] <= first["high"]
    assert first["n"] > 0


def test_alone_it_looks_at_certificates_and_says_what_it_did_not_check(cli: Any, folder: Path) -> None:
    done = cli.here("gate", folder / "current.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "confirmed bad cases: not checked" in done.stdout
    assert "the gate passes policy" in done.stdout


@pytest.mark.parametrize("moved", [0.3, 0.999])
def test_a_threshold_moved_away_from_its_certificate_is_refused(cli: Any, edit: Edit, moved: float) -> None:
    done = cli.here("gate", edit(same=moved, related=None, weak=None))
    assert (done.returncode, done.stderr) == (3, "")
    assert "the threshold was moved away from its certificate" in done.stdout
    assert "the gate refuses policy" in done.stdout


def test_a_requirement_that_is_missed_is_refused(cli: Any, folder: Path) -> None:
    for asked, code in (("precision=0.999", 3), ("recall=1", 3), ("related.recall=0.01", 3), ("recall=0.01", 0)):
        given = ("--pairs", folder / "pairs.csv", "--scored", "--at-least", asked)
        assert cli.here("gate", folder / "current.json", *given).returncode == code, asked


def test_met_on_these_labels_only_is_said(cli: Any, folder: Path) -> None:
    pairs = ("--pairs", folder / "pairs.csv", "--scored")
    (only,) = cli.ok("gate", folder / "current.json", *pairs, "--at-least", "precision=.5")["requirements"]
    value = only["value"]
    between = (only["low"] + value) / 2
    found = cli.ok("gate", folder / "current.json", *pairs, "--at-least", f"precision={between}")
    assert (found["requirements"][0]["met"], found["requirements"][0]["proven"]) == (True, False)
    assert any("on these labels only" in line for line in found["checks"][-1]["says"])


def test_lost_cases_are_refused_and_won_ones_do_not_make_up(
    cli: Any, folder: Path, edit: Edit, tmp_path: Path
) -> None:
    at = json.loads((folder / "current.json").read_text("utf-8"))["domains"]["shop"]["thresholds"]["same"]
    given = cases(
        tmp_path / "cases.csv", ("甲", "乙", "same", at + 1e-4), ("丙", "丁", "not_same", at + 1e-4),
    )  # fmt: skip
    higher = edit(same=round(at + 0.001, 6))
    alone = cli.here("gate", higher, "--against", folder / "current.json", "--cases", given, "--scored", "--json")
    found = json.loads(alone.stdout)
    assert alone.returncode == 3
    assert ([len(found["result"][side]) for side in ("lost", "won")], found["result"]["judged"]) == ([1, 1], 2)
    # Without a policy in use every case must come out right.
    done = cli.here("gate", folder / "current.json", "--cases", given, "--scored", "--json")
    assert (done.returncode, len(json.loads(done.stdout)["result"]["lost"])) == (3, 1)


def test_a_case_without_a_score_speaks_against(cli: Any, folder: Path, tmp_path: Path) -> None:
    given = tmp_path / "cases.csv"
    given.write_text("text_a,text_b,expected,domain,score\n甲,乙,same,shop,\n", "utf-8")
    done = cli.here("gate", folder / "current.json", "--cases", given, "--scored", "--json")
    assert (done.returncode, json.loads(done.stdout)["result"]["unjudged"]) == (3, 1)


def test_a_domain_that_would_vanish_is_refused(cli: Any, folder: Path, edit: Edit) -> None:
    done = cli.here("gate", edit(domain="other"), "--against", folder / "current.json", "--json")
    assert (done.returncode, json.loads(done.stdout)["result"]["vanished"]) == (3, ["shop"])


def test_files_for_build_systems(cli: Any, folder: Path, edit: Edit, tmp_path: Path) -> None:
    data = json.loads(edit(domain="a|b <x>\u0001").read_text("utf-8"))
    (tmp_path / "c.json").write_text(json.dumps(data), "utf-8")
    files = ("--junit", tmp_path / "gate.xml", "--markdown", tmp_path / "gate.md")
    done = cli.here("gate", tmp_path / "c.json", "--against", folder / "current.json", *files)
    assert done.returncode == 3
    suite = ElementTree.parse(tmp_path / "gate.xml").getroot()[0]  # noqa: S314 (our own file)
    assert suite.get("failures") == str(len(suite.findall("testcase/failure"))) != "0"
    assert int(suite.get("tests", "0")) == len(suite.findall("testcase"))
    assert int(suite.get("skipped", "0")) == len(suite.findall("testcase/skipped")) == 2
    text = (tmp_path / "gate.md").read_text("utf-8")
    assert text.startswith("## ❌ The gate refuses")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)
    assert "<x>" not in text.replace("\\<x\\>", "")


def test_both_files_and_the_terminal_speak_chinese(cli: Any, folder: Path, tmp_path: Path) -> None:
    given = ("--pairs", folder / "pairs.csv", "--scored", "--at-least", "precision=0.999", "--against")
    files = ("--junit", tmp_path / "gate.xml", "--markdown", tmp_path / "gate.md")
    done = cli.here("gate", folder / "current.json", *given, folder / "current.json", *files, **CHINESE)
    assert done.returncode == 3
    for text in (
        done.stdout,
        (tmp_path / "gate.xml").read_text("utf-8"),
        (tmp_path / "gate.md").read_text("utf-8"),
    ):
        assert "精确率" in text
    assert "拒绝" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--at-least", "precision=.9"), "--pairs"),
        (("--pairs", "PAIRS", "--scored", "--at-least", "accuracy=.9"), "precision=0.9"),
        (("--pairs", "PAIRS", "--scored", "--at-least", "precision=90"), "--at-least"),
        (("--pairs", "PAIRS", "--scored", "--at-least", "precision"), "--at-least"),
        (("--scored",), "--scored"),
        (("--model-against", "m"), "--against"),
        (("--pairs", "PAIRS", "--scored", "--domain", "mars"), "mars"),
        (("--cases", "nowhere.csv"), "nowhere.csv"),
        (("--against", "nowhere.json"), "nowhere.json"),
        (("--junit", "/nowhere/at/all.xml"), "--junit"),
        (("--pairs", "PAIRS"), "bound to no model"),
        (("--confidence", "2"), "--confidence"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(cli: Any, folder: Path, arguments: tuple[str, ...], says: str) -> None:
    given = [str(folder / "pairs.csv") if argument == "PAIRS" else argument for argument in arguments]
    assert says in cli.refused("gate", folder / "current.json", *given)


def test_scores_of_one_model_judge_no_other(cli: Any, folder: Path, tmp_path: Path) -> None:
    for name, print_ in (("a.json", "aaaa1111"), ("b.json", "bbbb2222")):
        cli.ok("fit", folder / "pairs.csv", "-o", tmp_path / name, "--scored", "--fingerprint", print_)
    given = ("--against", tmp_path / "b.json", "--pairs", folder / "pairs.csv", "--scored")
    assert "bbbb2222" in cli.refused("gate", tmp_path / "a.json", *given)


def test_with_its_model_it_scores_texts_itself(cli: Any, tmp_path: Path) -> None:
    bank, policy = Path(__file__).parents[2] / "datasets" / "bank" / "pairs.csv", tmp_path / "p.json"
    cli.ok("fit", bank, "-o", policy, "--precision", 0.7)
    found = cli.ok("gate", policy, "--against", policy, "--pairs", bank, "--at-least", "related.precision=.6")
    assert found["result"]["moves"]["bank"] == {"n": 190, "changed": 0}
    assert found["requirements"][0]["n"] > 0


def test_proven_asks_the_lower_end_of_the_interval(cli: Any, folder: Path) -> None:
    asked = ("gate", folder / "current.json", "--pairs", folder / "pairs.csv", "--scored", "--json")
    found = cli.ok(*asked[:-1], "--at-least", "precision=.5")["requirements"][0]
    between = (found["low"] + found["value"]) / 2
    assert found["low"] < between < found["value"]
    at_least = ("--at-least", f"precision={between:.6f}")
    assert cli.here(*asked, *at_least).returncode == 0
    refused = cli.here(*asked, *at_least, "--proven")
    assert refused.returncode == 3
    assert not json.loads(refused.stdout)["requirements"][0]["met"]


def test_two_models_are_judged_by_scores_of_their_own(cli: Any, folder: Path, edit: Edit, tmp_path: Path) -> None:
    """The candidate's model scores a third lower; each policy is held to its own file."""
    current = json.loads((folder / "current.json").read_text("utf-8"))
    same = current["domains"]["shop"]["thresholds"]["same"]
    for name, at, mark in (("a.json", same, "a" * 32), ("b.json", same / 2, "b" * 32)):
        data = json.loads(edit(name, same=at, related=None, weak=None).read_text("utf-8"))
        (tmp_path / name).write_text(json.dumps({**data, "model": {"name": name, "fingerprint": mark}}), "utf-8")
    ours = pd.read_csv(folder / "pairs.csv")
    ours.assign(score=ours["score"] / 2).to_csv(tmp_path / "half.csv", index=False)
    asked = (
        "gate",
        tmp_path / "b.json",
        "--against",
        tmp_path / "a.json",
        "--pairs",
        tmp_path / "half.csv",
        "--scored",
    )
    assert cli.here(*asked).returncode == 2
    done = cli.here(*asked, "--scored-against", folder / "pairs.csv", "--json")
    assert json.loads(done.stdout)["result"]["moves"]["shop"] == {"n": len(ours), "changed": 0}, done.stderr
    ours.head(5).to_csv(tmp_path / "few.csv", index=False)
    few = cli.here(*asked, "--scored-against", tmp_path / "few.csv")
    assert few.returncode == 2
    assert f"{len(ours) - 5} of {len(ours)} lack one" in few.stderr
