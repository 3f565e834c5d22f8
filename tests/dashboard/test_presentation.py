"""Presentation mode and the report's download, as a user meets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import BadCaseDraft
from dashboard import resources, state
from dashboard.components.calibrate.fit import report_download
from dashboard.jobs import score as scoring

Open = Callable[..., Any]

PAIRS = "text_a,text_b,label\n" + "\n".join(
    f"{a}{n}号,{b}{n}号,{label}"
    for n in range(30)
    for a, b, label in (("怎么退货", "如何办理退货", 1), ("怎么退货", "今天天气怎么样", 0))
)


@pytest.mark.parametrize("place", ["compare", "calibrate/distribution", "calibrate/fit", "calibrate/quality"])
def test_it_is_turned_on_by_the_url_and_ends(open_page: Open, place: str) -> None:
    page = open_page(place, present="1")
    assert page.at.toggle(key=state.PRESENT).value
    assert any("stSidebar" in element.value for element in page.at.html)
    page.press("present_end")
    assert not page.at.toggle(key=state.PRESENT).value
    assert not any("stSidebar" in element.value for element in page.at.html)


@pytest.mark.parametrize("place", ["calibrate/fit", "calibrate/quality"])
def test_a_page_without_a_result_says_what_to_do(open_page: Open, place: str) -> None:
    page = open_page(place, present="1")
    assert "There is no result to show yet" in page.words()
    assert "There is no result to show yet" not in page.press("present_end").words()


def test_only_slides_with_a_result_are_walked_through(open_page: Open) -> None:
    page = open_page("compare", locale="zh-CN", lang="en").press("tour_end")
    page.at.text_area(key=state.LIVE_SOURCE).set_value("")  # a first visit compares an example
    page.run().go("data/datasets").press("samples_bank").go("overview")
    page.at.toggle(key=state.PRESENT).set_value(True)
    page.run()
    assert page.at.button(key="present_on").disabled  # the Overview is the only slide with anything on it
    datasets = resources.store().datasets.list()
    resources.jobs().wait(scoring.start(datasets, ScoringOptions()), 120)
    page.run().press("present_on")
    assert page.place() == "calibrate/distribution"
    page.press("present_on")
    assert page.place() == "overview"


@pytest.mark.parametrize("place", ["compare", "calibrate/fit"])
def test_the_language_of_a_link_beats_that_of_the_browser(open_page: Open, place: str) -> None:
    page = open_page(place, locale="zh-CN", lang="en")
    assert page.at.title[0].value == ("Compare" if place == "compare" else "Calibrate")


def test_a_report_is_offered_in_the_language_of_the_page(open_page: Open) -> None:
    page = open_page("data/datasets").upload("shop.csv", PAIRS.encode())
    page.press(page.key("save_")).go("calibrate/fit").press("calibrate_go").finish()
    assert page.at.download_button(key="report_download").label == "Download report"
    (done,) = [snapshot for snapshot in resources.jobs().snapshots() if snapshot.key.startswith("calibrate")]
    outcome = resources.jobs().result(done.id)
    domain = next(iter(outcome.run.fits))
    resources.store().bad_cases.add(BadCaseDraft("甲", "乙", "same", domain=domain))
    html = report_download.make(outcome, "<退货>", "zh_CN").decode()
    assert "校准报告：&lt;退货&gt;" in html
    assert "被报告的句对" in html
    assert outcome.origins[0].rows == len(outcome.run.scored)


def test_what_was_just_done_stands_on_no_slide(open_page: Open) -> None:
    page = open_page("data/datasets").press("samples_bank")
    page.press(page.key("delete_"))
    assert [button for button in page.at.button if button.key == "undo"]
    page.at.toggle(key="present").set_value(True)
    assert "Deleted" not in page.run().words()
    page.at.toggle(key="present").set_value(False)
    assert [button for button in page.run().at.button if button.key == "undo"], "it is not lost"
