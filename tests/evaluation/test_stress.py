"""The stress suite: what is drawn, how passes are counted, and what the gate asks of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.errors import BadArgument
from calibration.evaluation.requirements import Requirement
from calibration.evaluation.stress import draw_stress, kept_apart, kinds_of, measure_stress, stress_rates
from calibration.policies.policy import DomainPolicy, Policy
from calibration.stats.intervals import proportion

TEXTS = [f"{thing}分{n}期要{n}天到账" for n in (3, 6) for thing in ("甲卡", "乙卡", "丙卡", "丁卡")]
TEXTS += ["买家怎么退款", "怎么开通花呗", "明天几点扣款", "密码忘了"]


def test_a_text_gives_one_pair_and_rare_kinds_choose_first() -> None:
    found = draw_stress([*TEXTS, *TEXTS], "shop", per_kind=3, seed=1)
    assert found["text_a"].is_unique
    assert found["id"].is_unique
    counts = found["swap"].value_counts().to_dict()
    assert counts == {"number": 3, "unit": 3, "role": 1, "date": 1, "polarity": 1}
    assert (found["label"] == 0).all()
    assert list(kinds_of(found["id"])) == list(found["swap"])
    pd.testing.assert_frame_equal(found, draw_stress(TEXTS[::-1], "shop", per_kind=3, seed=1))
    assert set(draw_stress(TEXTS, "shop", 3, kinds=["unit"])["swap"]) == {"unit"}


def test_foreign_ids_have_no_kind() -> None:
    assert list(kinds_of(pd.Series(["unit-0123456789ab", "unit-1", "7", "price-0123456789ab"]))) == [
        "unit",
        "",
        "",
        "",
    ]


def test_rates_are_shares_with_exact_intervals() -> None:
    rates = {rate.kind: rate.share for rate in stress_rates(["unit", "unit", "date"], [True, False, True], 0.8)}
    assert rates == {"unit": proportion(1, 2, 0.8), "date": proportion(1, 1, 0.8), "": proportion(2, 3, 0.8)}


def test_what_a_policy_calls_same_or_cannot_judge_does_not_pass() -> None:
    policy = Policy({"shop": DomainPolicy({"same": 0.9, "related": 0.5})})
    rows = pd.DataFrame({"domain": ["shop"] * 4, "text_a": "三天", "text_b": "三个月"})
    assert kept_apart(rows, np.array([0.95, 0.9, 0.89, np.nan]), policy) == [False, False, True, False]


def test_requirements_of_the_gate() -> None:
    assert Requirement.parse("stress=.9") == Requirement("stress", 0.9, "")
    assert Requirement.parse("number.stress=0.8") == Requirement("stress", 0.8, "number")
    for wrong in ("same.stress=0.9", "stress.number=0.9", "stress=0", "number.recall=0.5"):
        with pytest.raises(BadArgument):
            Requirement.parse(wrong)
    policy = Policy({"shop": DomainPolicy({"same": 0.9})})
    drawn = draw_stress(TEXTS, "shop", per_kind=4)
    rows = drawn.assign(score=np.where(drawn["swap"] == "number", 0.95, 0.5))
    asked = [
        Requirement.parse(text)
        for text in ("stress=0.5", "number.stress=0.5", "unit.stress=0.5", "name.stress=0.1")
    ]
    met = measure_stress(asked, rows, policy)
    assert [one.met for one in met] == [True, False, True, False]
    assert met[1].found.n == (drawn["swap"] == "number").sum()
    few = proportion(4, 4)
    unit = Requirement.parse(f"unit.stress={few.low + 0.01:.3f}")
    assert [measure_stress([unit], rows, policy, proven=proven)[0].met for proven in (False, True)] == [True, False]


def test_the_command_and_the_gate(cli: Any, tmp_path: Path) -> None:
    """Scores of the bundled model; a policy whose threshold nothing reaches keeps all apart, and one at -1 none."""
    texts, pairs = tmp_path / "texts.txt", tmp_path / "stress.csv"
    texts.write_text("\n".join(TEXTS), encoding="utf-8")
    found = cli.ok("stress", texts, "-o", pairs)
    assert found["texts"] == len(TEXTS)
    model = found["models"][0]
    assert model["policy"] is None
    assert model["pass"]["all"]["n"] == sum(found["pairs"].values()) == len(pd.read_csv(pairs))
    for threshold, code in ((1.0, 0), (-1.0, 3)):
        policy = Policy({"shop": DomainPolicy({"same": threshold})}, fingerprint=model["fingerprint"])
        policy.save(tmp_path / "policy.json")
        asked = ("--stress", pairs, "--scored", "--at-least", "stress=0.5", "--json")
        done = cli.here("gate", tmp_path / "policy.json", *asked)
        assert done.returncode == code, done.stderr
        check = json.loads(done.stdout)["checks"][-1]
        assert check["check"] == "shop.stress"
        assert check["status"] == ("passed" if code == 0 else "failed")


def test_bad_input_is_named(cli: Any, tmp_path: Path) -> None:
    texts, other = tmp_path / "texts.txt", tmp_path / "pairs.csv"
    texts.write_text("密码忘了\n你好\n", encoding="utf-8")
    done = cli.here("stress", texts)
    assert (done.returncode, done.stdout) == (2, "")
    assert "none of the 2 texts holds anything to swap" in done.stderr
    policy = tmp_path / "policy.json"
    Policy({"shop": DomainPolicy({"same": 0.5})}).save(policy)
    other.write_text("text_a,text_b,label,score\n甲,乙,0,0.5\n", encoding="utf-8")
    done = cli.here("gate", policy, "--stress", other, "--scored", "--at-least", "stress=.5")
    assert done.returncode == 2
    assert "--stress: must be a file as `stress -o` writes it" in done.stderr
    assert cli.here("gate", policy, "--at-least", "stress=.5").returncode == 2
