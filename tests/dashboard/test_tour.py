"""The guided tour: a first visit sees it, and in under five clicks there is a calibrated policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calibration.certificates.sampling_design import OF_SAMPLE
from dashboard import resources, state
from dashboard.components.calibrate.fit.report_download import make
from dashboard.components.calibrate.fit.run import Outcome
from dashboard.components.overview import scorecard
from dashboard.components.shared import samples
from dashboard.components.tour import steps as tour

Open = Callable[..., Any]


SERVICE: int = 400
"""Pairs of the service sample that are used here."""


@pytest.fixture(autouse=True)
def two_samples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sample of each kind is enough here, and encoded in a third of the time."""
    known = samples.available()
    service = tmp_path / "service.csv"
    service.write_text("".join(known["service"].read_text("utf-8").splitlines(True)[: SERVICE + 1]), "utf-8")
    only = {"service": service, "ecommerce": known["ecommerce"]}
    monkeypatch.setattr(samples, "available", lambda: only)


def test_a_first_visit_is_led_to_a_calibrated_policy_in_under_five_clicks(open_page: Open) -> None:
    page = open_page()
    assert "1/4" in page.words()
    assert "4 results" in page.words()  # the first comparison needs no click
    assert "Can this garment not be returned" in page.words()
    clicks = 0
    for place in ("calibrate/distribution", "calibrate/fit", "compare"):
        page.press("tour_next")
        clicks += 1
        assert page.at.session_state[state.TOUR] == clicks
        assert page.place() == place
        page.finish()
        if place == "calibrate/distribution":
            assert re.search(r"thresholds would merge \*\*\d+%\*\* of these 590 pairs", page.words())
        if place == "calibrate/fit":
            said = page.words()
            assert "of 400 pairs score" in said
            assert "at least 90% of such pairs" in said
            assert "In the stress tests** (ecommerce)" in said
    assert clicks < 5
    assert resources.store().policies.current() is None, "the tour publishes nothing"
    (saved,) = resources.store().policies.list()
    assert saved.policy.provenance("service", "same") == "certified"
    assert saved.policy.provenance("ecommerce", "same") != "certified"
    assert saved.policy.provenance("ecommerce", "related") == "certified"
    assert page.at.selectbox(key=state.LIVE_DOMAIN).value == "ecommerce"
    said = page.words()
    assert "4/4" in said
    judged = [m.value for m in page.at.markdown if m.value.startswith("Policy ")]
    assert "related · certified" in judged[0], "no tick: what is certified is the threshold, not this answer"
    page.press("tour_next")
    assert page.at.title[0].value == "Data"
    assert page.at.session_state[state.TOUR] == tour.OVER
    assert page.at.session_state[state.DATASETS] == [], "what is uploaded next is worked with alone"


def test_the_tour_goes_away_and_comes_back(open_page: Open) -> None:
    page = open_page().press("tour_end")
    assert "1/4" not in page.words()
    assert "document.cookie" in page.words()
    page.run()
    assert "document.cookie" not in page.words()
    page.press("tour_open")
    assert "1/4" in page.words()


def test_who_has_data_is_not_led_about(open_page: Open) -> None:
    open_page("data/datasets").press("samples_ecommerce")
    again = open_page()
    assert "1/4" not in again.words()
    assert again.at.title[0].value == "Overview"


def test_a_tour_again_leaves_the_policy_in_use_alone(open_page: Open) -> None:
    page = open_page()
    for _ in range(3):
        page.press("tour_next").finish()
    (first,) = resources.store().policies.list()
    resources.store().policies.publish(first.id)
    page = open_page().press("tour_open")
    for _ in range(3):
        page.press("tour_next").finish()
    assert resources.store().policies.current().id == first.id  # type: ignore[union-attr]
    assert page.at.session_state[state.LIVE_POLICY] != first.id


def test_what_the_service_sample_certifies_is_claimed_for_that_sample_alone(open_page: Open) -> None:
    samples.load(["service"])
    page = open_page("calibrate/fit").press("calibrate_go").finish()
    said = page.words()
    assert "so this holds for other pairs of that sample" in said
    assert "taken at random from a sample that was written" in said
    assert "holds for live pairs" not in said
    assert "those that users meet" not in said
    outcome: Outcome = resources.jobs().result(page.at.query_params["calibrating"])
    report = make(outcome, "p", "en").decode()
    assert "so this holds for other pairs of that sample" in report
    assert "holds for live pairs" not in report
    page.press("policy_save")
    (saved,) = resources.store().policies.list()
    assert scorecard.glance_of([], saved, None).draw.claims == OF_SAMPLE
