"""The guided tour: a first visit sees it, and in under five clicks there is a calibrated policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from dashboard import resources, state
from dashboard.components.shared import samples
from dashboard.components.tour import steps as tour

Open = Callable[..., Any]


@pytest.fixture(autouse=True)
def one_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the three samples is enough here, and encoded in a third of the time."""
    only = {"ecommerce": samples.available()["ecommerce"]}
    monkeypatch.setattr(samples, "available", lambda: only)


def test_a_first_visit_is_led_to_a_calibrated_policy_in_under_five_clicks(open_page: Open) -> None:
    page = open_page()
    assert "1/4" in page.words()
    assert "4 results" in page.words()  # the first comparison needs no click
    clicks = 0
    for view in ("distribution", "calibration", "live"):
        page.press("tour_next")
        clicks += 1
        assert page.at.session_state[state.TOUR] == clicks
        assert page.at.title[0].value == {"live": "Compare"}.get(view, view.capitalize())
        page.finish()
        if view == "distribution":
            assert re.search(r"thresholds take \*\*\d+%\*\* of these 190 pairs", page.words())
    assert clicks < 5
    current = resources.store().policies.current()
    assert current is not None
    assert current.policy.provenance("ecommerce", "related") == "certified"
    said = page.words()
    assert "4/4" in said
    judged = [m.value for m in page.at.markdown if m.value.startswith("Policy ")]
    assert "related" in judged[0]
    page.press("tour_next")
    assert page.at.title[0].value == "Data"
    assert page.at.session_state[state.TOUR] == tour.OVER


def test_the_tour_goes_away_and_comes_back(open_page: Open) -> None:
    page = open_page().press("tour_end")
    assert "1/4" not in page.words()
    assert "document.cookie" in page.words()
    page.run()
    assert "document.cookie" not in page.words()
    page.press("tour_open")
    assert "1/4" in page.words()


def test_who_has_data_is_not_led_about(open_page: Open) -> None:
    open_page("data").press("samples_ecommerce")
    again = open_page()
    assert "1/4" not in again.words()
    assert again.at.title[0].value == "Compare"


def test_a_tour_again_leaves_the_policy_in_use_alone(open_page: Open) -> None:
    page = open_page()
    for _ in range(3):
        page.press("tour_next").finish()
    first = resources.store().policies.current()
    page = open_page().press("tour_open")
    for _ in range(3):
        page.press("tour_next").finish()
    assert first is not None
    assert resources.store().policies.current().id == first.id  # type: ignore[union-attr]
    assert page.at.session_state[state.LIVE_POLICY] != first.id
