"""The costs page on the real model and the samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dashboard import resources

Open = Callable[..., Any]


@pytest.fixture
def found(ran: Open) -> Any:
    """A session that has found the cheapest thresholds of the bank sample."""
    return ran("calibrate/costs", "cost_go")


def cost(page: Any, line: int) -> float:
    """The mean cost of a pair of one line of the comparison."""
    return float(page.at.table[0].value["Cost of a pair"].iloc[line].split(" ")[0])


def test_sentence_picture_and_numbers(found: Any) -> None:
    said = found.words()
    assert "Lowest-cost thresholds for **bank**: " in said
    assert "not certified" in said
    assert "sample data" in said
    compared = found.at.table[0].value
    assert compared["Thresholds"].tolist() == ["Suggested", "Published"]
    assert compared["Labels"].tolist() == [str(resources.store().datasets.list()[0].rows)] * 2
    assert compared["Cost of a pair"].str.fullmatch(r"\d+\.\d\d \(\d+\.\d\d–\d+\.\d\d\)").all()
    assert cost(found, 0) < cost(found, 1)
    spec = json.loads(found.at.get("vega_lite_chart")[0].proto.spec)
    assert spec["layer"][0]["mark"]["type"] == "line"


def test_costs_move_the_thresholds(found: Any) -> None:
    assert "no score is high enough to merge" in found.words()
    found.at.number_input(key="cost_false_merge").set_value(0.1)
    found.at.number_input(key="cost_check").set_value(5.0)
    page = found.run().press("cost_go").finish()
    same = next(column for column in page.at.table[0].value.columns if "Same" in column or "same" in column.lower())
    assert page.at.table[0].value[same][0].startswith("≥\xa0")
    assert "no score is high enough to merge" not in page.words()


def test_the_suggestion_becomes_a_policy_set_by_hand(found: Any) -> None:
    found.at.selectbox(key="drawn").set_value("mined")
    page = found.run().press("cost_go").finish()
    assert "Illustration only:" in page.words()
    page.at.text_input(key="policy_name").set_value("cheap")
    page.run().press("policy_publish")
    current = resources.store().policies.current()
    assert current is not None
    assert (current.name, current.policy.settings["drawn"]) == ("cheap", "mined")
    assert current.policy.settings["costs"]["false_merge"] == 10.0
    given = current.policy.domain("bank").thresholds
    assert current.policy.provenance("bank", "related") == "suggested"
    assert given["related"] is not None
    page.press("cost_go").finish()
    compared = page.at.table[0].value
    assert compared["Thresholds"].tolist() == ["Suggested", "cheap v1", "Published"]
    assert "No policy is chosen" not in page.go("compare").press("example_1").words()


def test_domains_lend_to_each_other_in_chinese(open_page: Open) -> None:
    page = (
        open_page("data/datasets", "zh-CN")
        .press("samples_ecommerce")
        .press("samples_bank")
        .press("samples_legal")
        .go("calibrate/costs")
        .press("cost_go")
        .finish()
    )
    assert len(page.at.table[0].value) == 3
    assert "**3 个领域中有 3 个**" in page.words()
    page.at.selectbox(key="cost_domain").set_value("legal")
    said = page.run().words()
    assert "**legal** 领域成本最低的划分：" in said
    assert "在没见过的文本上每对成本" in said
    assert "条标注计入" in said
