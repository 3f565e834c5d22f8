"""What a vice president asks, answered in at most two clicks each; and a wrong policy, noticed and rolled back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from calibration.certificates.certificate import Certificate
from calibration.pairs import load_pairs
from calibration.policies.gate_result import GateResult
from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import Store
from dashboard.components.overview import savings

from .conftest import Effort, OpenPage, settle

pytestmark = pytest.mark.browser

BANK = Path(__file__).parents[2] / "datasets" / "bank" / "pairs.csv"
MOST = 2
"""Clicks that a question may take."""


def policy(server: str, name: str, same: float, certified: bool) -> Policy:
    fingerprint = httpx.get(f"{server}/health", timeout=60).json()["model"]["fingerprint"]
    certificate = Certificate("certified", same, 100, 2, 0.95, None, 0.9, 0.9, "auto", 190, 60)
    entry = DomainPolicy(
        {"same": same, "related": 0.8, "weak": 0.7}, {"same": certificate} if certified else {}, 190, ("tier",)
    )
    return Policy({"bank": entry}, name=name, fingerprint=fingerprint, cleaner="1", segments="none")


def use(store: Store, wanted: Policy) -> str:
    """Put a policy in use past the gate; gives its id."""
    saved, current = store.policies.save(wanted), store.policies.current()
    gate = None if current is None else GateResult(current.id, saved.id)
    store.policies.publish(saved.id, gate, actor="王敏")
    return saved.id


@pytest.fixture
def published(store: Store, server: str) -> None:
    """A bank with labels, a policy in use, and what checks and mistakes cost."""
    if not any(dataset.name == "asked about" for dataset in store.datasets.list()):
        store.datasets.add("asked about", load_pairs(BANK))
    use(store, policy(server, "good", 0.97, True))
    said = savings.Assumptions(minutes=2, hour=60, false_merge=5, volumes={"bank": 10_000}, currency="CNY")
    store.audit.add("set", savings.KIND, savings.KEY, actor="王敏", detail=asdict(said))


@pytest.mark.usefixtures("published")
def test_six_questions_take_two_clicks_at_most(open_page: OpenPage) -> None:
    page = open_page("overview")
    row = page.locator(".st-key-overview_bank").first  # a second one is there for as long as the page runs
    expect(row).to_contain_text("merge", timeout=600_000)  # the page scores the pairs by itself
    expect(page.get_by_test_id("stMetric").nth(1)).to_contain_text("CN¥")  # what do we gain: on the page
    expect(row).to_contain_text("at least 90% promised")  # how sure is it: in the row, with what was measured
    expect(row).to_contain_text("measured")
    first = page.locator("[class*=st-key-overview_]").first
    expect(first.get_by_role("button").first).to_be_visible()  # which is worst: the first row, with what to do
    near = Effort(page)
    near.click(row.get_by_role("button", name="Ten near the threshold"))
    expect(page.get_by_role("dialog").get_by_test_id("stDataFrame")).to_be_visible()
    page.keyboard.press("Escape")
    card = Effort(page)
    with page.expect_download() as download:
        card.click(page.get_by_test_id("stMain").get_by_role("button", name="Scorecard"))
    assert "CN¥" in Path(download.value.path()).read_text(encoding="utf-8")
    target = Effort(page)
    target.click(page.get_by_test_id("stMain").get_by_role("link", name="Other targets"))
    expect(page.get_by_text("The same domains at other targets")).to_be_visible(timeout=600_000)
    target.click(page.get_by_role("radio", name="80%"))
    expect(page.locator(".st-key-workspace")).to_contain_text("80%")
    assert (near.clicks, card.clicks, target.clicks) == (1, 1, 2)
    assert max(near.clicks, card.clicks, target.clicks) <= MOST


@pytest.mark.usefixtures("published")
def test_a_wrong_policy_is_noticed_and_rolled_back(open_page: OpenPage, store: Store, server: str) -> None:
    wrong = use(store, policy(server, "wrong", 0.85, False))
    page = open_page("overview")
    expect(page.locator(".st-key-overview_bank").first).to_contain_text("no promise")  # noticed without a click
    page.get_by_label("Your name").fill("Li Lei")
    page.get_by_label("Your name").press("Enter")
    settle(page)
    effort = Effort(page)
    effort.click(page.get_by_test_id("stSidebarNav").get_by_role("link", name="Policies"))
    effort.click(page.get_by_role("button", name="Roll back").first)
    effort.click(page.locator(f".st-key-rollback_{wrong} button"))
    expect(page.locator(".st-key-workspace")).to_contain_text("in use: good v")
    assert effort.clicks == 3
    current = store.policies.current()
    assert current is not None
    assert current.name == "good"
