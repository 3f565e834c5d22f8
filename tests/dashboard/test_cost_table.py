"""The whole table of costs, on the page, in the policy and back."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from calibration.columns import TIERS
from calibration.costs.matrix import TRUE_BINARY, CostMatrix, UnitCosts
from calibration.costs.matrix_order import inversions
from dashboard import resources
from dashboard.components.calibrate.costs.table import problems

Open = Callable[..., Any]

EDITIONS = itertools.count(100)
CHECKED = ((2.0, 1.0, 3.0, 3.5), (50.0, 0.0, 3.0, 3.5), (50.0, 1.0, 0.0, 0.5), (50.0, 1.0, 0.5, 0.0))
"""As usual, but merging is dear and even a right merge costs a check."""


@pytest.fixture
def table(open_page: Open) -> Any:
    """The costs page with the whole table on it."""
    page = open_page("data/datasets").press("samples_bank").go("calibrate/costs")
    page.at.toggle(key="cost_whole").set_value(True)
    return page.run()


def shown(page: Any) -> list[list[float]]:
    frame: pd.DataFrame = page.at.dataframe[0].value
    return frame[list(TIERS)].to_numpy().tolist()  # type: ignore[no-any-return]


def typed(page: Any, rows: tuple[tuple[float, ...], ...]) -> Any:
    """A table as if typed: the editor itself cannot be driven without a browser."""
    page.at.session_state["cost_matrix_tier"] = rows
    page.at.session_state["cost_edition"] = next(EDITIONS)
    return page.run()


def test_the_table_begins_with_the_amounts_and_outlives_a_switch(table: Any) -> None:
    assert shown(table) == [list(row) for row in UnitCosts().matrix("tier").rows]
    typed(table, CHECKED)
    assert shown(table.go("data/datasets").go("calibrate/costs")) == [list(row) for row in CHECKED]


def test_a_preset_replaces_the_table_and_can_be_taken_back(table: Any) -> None:
    typed(table, CHECKED)
    table.at.selectbox(key="cost_begin").set_value("thorough")
    table.run().press("cost_reset")
    assert shown(table)[1][0] == 5.0
    assert "Missed merges cost most" in table.words()
    assert shown(table.press("undo")) == [list(row) for row in CHECKED]


def test_a_cost_that_is_none_is_named_and_nothing_is_searched(table: Any) -> None:
    typed(table, ((math.nan, *CHECKED[0][1:]), (-1.0, *CHECKED[1][1:]), *CHECKED[2:]))
    said = table.at.error[0].value
    assert "“same” given “same”: the cost must be a number" in said
    assert "“related” given “same”: the cost must be a number" in said
    assert table.at.button(key="cost_go").disabled
    assert not table.at.warning


def test_a_greater_mistake_that_costs_less_is_asked_about(open_page: Open) -> None:
    page = open_page("data/datasets", "zh-CN").press("samples_bank").go("calibrate/costs")
    page.at.toggle(key="cost_whole").set_value(True)
    typed(page.run(), ((0.0, 7.0, 3.0, 3.5), *CHECKED[1:]))
    assert "确定要这样设吗" in page.at.warning[0].value
    assert not page.at.button(key="cost_go").disabled


def test_the_policy_keeps_the_table_and_gives_it_back(table: Any) -> None:
    page = typed(table, CHECKED).press("cost_go").finish()
    given = page.press("policy_save").at
    stored = resources.store().policies.list()[0]
    assert stored.policy.settings["costs"] == {"tier": CostMatrix(CHECKED).to_json()}
    page.press("cost_reset")
    assert shown(page) == [list(row) for row in UnitCosts().matrix("tier").rows]
    given.selectbox(key="cost_begin").set_value(stored.id)
    assert shown(page.run().press("cost_reset")) == [list(row) for row in CHECKED]
    tables = [one.value for one in page.go("policies/versions").at.table]
    assert any("given “same”" in one and one["given “same”"].tolist() == ["2", "50", "50", "50"] for one in tables)


@pytest.mark.parametrize("kind", ["binary", "tier"])
def test_amounts_that_rise_with_the_mistake_raise_no_doubt(kind: str) -> None:
    assert not inversions(UnitCosts().matrix(kind))
    assert inversions(UnitCosts(check=20.0).matrix(kind))


def test_a_table_that_prefers_nothing_is_refused() -> None:
    flat = pd.DataFrame(1.0, index=list(TRUE_BINARY), columns=list(TIERS))
    assert len(problems("binary", flat)) == 1
    assert not problems("binary", flat.assign(same=[0.0, 1.0]))
