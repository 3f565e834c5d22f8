"""Live comparison beyond one sentence: heat map, links, history, marks, a second model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calibration.encoding import CachedEncoder
from dashboard import resources, state
from dashboard.components.compare import second_model as comparison_beside

Open = Callable[..., Any]
LINK = {
    "source": ["信用卡分3期手续费多少", "今天天气怎么样"],
    "target": ["信用卡分12期手续费多少", "银行卡丢了"],
    "domain": "bank",
}


def test_a_link_fills_the_form_and_the_form_makes_a_link(open_page: Open) -> None:
    page = open_page(**LINK)
    assert page.at.text_area(key="live_source").value == "信用卡分3期手续费多少\n今天天气怎么样"
    assert "2 results" in page.words()
    page.at.text_area(key="live_targets").set_value("信用卡\n银行卡\n天气")
    page.run()
    assert page.at.query_params["target"] == ["信用卡", "银行卡", "天气"]
    assert "3 results" in page.words()
    page.at.text_area(key="live_targets").set_value("很长的文本" * 1000)
    page.run()
    assert "target" not in page.at.query_params
    assert "too long for a link" in page.words()


def test_several_sentences_make_a_heat_map_and_one_is_looked_at(open_page: Open) -> None:
    page = open_page(**LINK)
    assert "Closest of 4" in page.words()
    assert len(page.at.get("vega_lite_chart")) == 1
    assert "differing numbers" in page.words()
    page.at.selectbox(key=state.LIVE_ONE).set_value("1")
    assert "differing numbers" not in page.run().words()


def test_what_was_compared_comes_back(open_page: Open) -> None:
    page = open_page().press("tour_end").press("example_0").press("example_1")
    assert "分12期" in page.at.text_area(key="live_targets").value
    page.press("past_1")
    assert "无理由退货" in page.at.text_area(key="live_targets").value


def test_typing_on_leaves_one_entry_in_the_history(open_page: Open) -> None:
    page = open_page(source="怎么", target="退货")
    for text in ("怎么退", "怎么退货"):
        page.at.text_area(key="live_source").set_value(text)
        page.run()
    assert [past.source for past in page.at.session_state[state.LIVE_HISTORY]] == ["怎么退货"]


def test_the_history_is_cleared_and_brought_back(open_page: Open) -> None:
    page = open_page(source="退货", target="怎么退").press("past_clear")
    assert not page.at.session_state[state.LIVE_HISTORY], "nor does what is on the page come back into it"
    page.press("undo")
    assert [past.source for past in page.at.session_state[state.LIVE_HISTORY]] == ["退货"]


def test_too_many_lines_are_cut_with_a_word(open_page: Open) -> None:
    page = open_page(source="退货", target=[f"第{n}行" for n in range(600)])
    assert "These are 601 lines" in page.at.warning[0].value
    assert "499 results" in page.words()


def test_a_second_model_stands_beside(
    open_page: Open, encoder: CachedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison_beside, "others", lambda: ["other"])
    page = open_page(**LINK)
    page.at.selectbox(key=state.LIVE_BESIDE).set_value("other")
    page.run()
    assert resources.second_model("other").wait(60)
    said = page.run().words()
    assert said.count("other: ") == 2
