"""The card of a policy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from calibration import Policy
from calibration.policies.policy import DomainPolicy
from calibration.report.card import card

BEFORE = Path(__file__).parents[1] / "data" / "made_before"


def front(text: str) -> dict[str, Any]:
    _, matter, body = text.split("---\n", 2)
    assert body.strip().startswith("# ")
    found: dict[str, Any] = yaml.safe_load(matter)
    return found


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize("path", sorted(BEFORE.glob("policy-*.json")), ids=lambda path: path.stem)
def test_every_policy_has_a_card_whose_front_matter_is_yaml(path: Path, locale: str) -> None:
    policy = Policy.load(path)
    text = card(policy, locale)
    facts = front(text)
    assert (facts["name"], facts["fingerprint"]) == (policy.name, policy.fingerprint)
    assert facts["labels"] == {name: entry.n for name, entry in policy.domains.items()}
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in tables} <= {3, 6}
    for domain in policy.domains.values():
        for value in domain.thresholds.values():
            assert value is None or value <= -1 or f"{value:.6f}" in text


def test_names_that_users_gave_are_no_markup() -> None:
    wild = 'a|b: "x"\n# <i> [y](z)'
    policy = Policy({wild: DomainPolicy({"same": 0.9})}, name=wild)
    text = card(policy, "en")
    assert front(text)["name"] == wild
    body = text.split("---\n", 2)[2]
    assert re.search(r"(?<!\\)<i>", body) is None
    assert [line for line in body.splitlines() if line.startswith("# ")] == [
        '# a\\|b: "x" \\# \\<i\\> \\[y\\](z) v1',
    ]


def test_the_command(cli: Any, tmp_path: Path) -> None:
    path = BEFORE / "policy-binary.json"
    assert "random_live" in cli.here("card", path).stdout
    assert "抽样方式" in cli.here("card", path, "--lang", "zh").stdout
    cli.ok("card", path, "-o", tmp_path / "POLICY.md")
    assert front((tmp_path / "POLICY.md").read_text("utf-8"))["certified"] == {"bank": ["related", "weak"]}
    assert "-o" in cli.refused("card", path, "-o", tmp_path / "no" / "POLICY.md")
    assert "nowhere" in cli.refused("card", tmp_path / "nowhere.json")


@pytest.mark.parametrize(("locale", "said"), [("en", "numbers, dates never merge"), ("zh_CN", "拦截规则")])
def test_guards_are_said(locale: str, said: str) -> None:
    guarded = Policy({"bank": DomainPolicy({"same": 0.9}, guards=("numbers", "dates"))}, guard_rules="1")
    assert said in card(guarded, locale)
    assert said not in card(Policy({"bank": DomainPolicy({"same": 0.9})}), locale)
