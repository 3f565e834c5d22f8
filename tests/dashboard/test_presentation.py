"""Presentation mode and the report's download, as a user meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calibration.store import BadCaseDraft
from dashboard import resources, state
from dashboard.components.calibration import report_download

Open = Callable[..., Any]

PAIRS = "text_a,text_b,label\n" + "\n".join(
    f"{a}{n}号,{b}{n}号,{label}"
    for n in range(30)
    for a, b, label in (("怎么退货", "如何办理退货", 1), ("怎么退货", "今天天气怎么样", 0))
)


@pytest.mark.parametrize("view", ["live", "distribution", "calibration", "quality"])
def test_it_is_turned_on_by_the_url_and_ends(open_page: Open, view: str) -> None:
    page = open_page(view, present="1")
    assert page.at.toggle(key=state.PRESENT).value
    assert any("stSidebar" in element.value for element in page.at.html)
    page.press("present_end")
    assert not page.at.toggle(key=state.PRESENT).value
    assert not any("stSidebar" in element.value for element in page.at.html)


@pytest.mark.parametrize("view", ["calibration", "quality"])
def test_a_page_without_a_result_says_what_to_do(open_page: Open, view: str) -> None:
    page = open_page(view, present="1")
    assert "There is no result to show yet" in page.words()
    assert "There is no result to show yet" not in page.press("present_end").words()


def test_pages_are_walked_to_though_the_language_is_in_the_url(open_page: Open) -> None:
    page = open_page("live", locale="zh-CN", present="1", lang="en")
    assert page.at.title[0].value == "Compare"
    page.press("present_on")
    assert page.at.title[0].value == "Distribution"


def test_no_page_is_gone_to_past_the_helper() -> None:
    files = (path for path in Path(resources.__file__).parent.rglob("*.py") if path.name != "walk.py")
    assert [path.name for path in files if "switch_page(" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("view", ["live", "calibration"])
def test_the_language_of_a_link_beats_that_of_the_browser(open_page: Open, view: str) -> None:
    page = open_page(view, locale="zh-CN", lang="en")
    assert page.at.title[0].value == ("Compare" if view == "live" else "Calibration")


def test_a_report_is_offered_in_the_language_of_the_page(open_page: Open) -> None:
    page = open_page("data").upload("shop.csv", PAIRS.encode())
    page.press(page.key("save_")).go("calibration").press("calibrate_go").finish()
    assert page.at.download_button(key="report_download").label == "Download report"
    (done,) = [snapshot for snapshot in resources.jobs().snapshots() if snapshot.key.startswith("calibrate")]
    outcome = resources.jobs().result(done.id)
    domain = next(iter(outcome.run.fits))
    resources.store().bad_cases.add(BadCaseDraft("甲", "乙", "same", domain=domain))
    html = report_download.make(outcome, "<退货>", "zh_CN").decode()
    assert "校准报告：&lt;退货&gt;" in html
    assert "被报告的句对" in html
    assert outcome.origins[0].rows == len(outcome.run.scored)
