"""The daily work by keyboard alone: no mouse, only Tab, Enter, Space, Esc and arrows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from calibration.pairs import load_pairs
from calibration.store import BadCaseDraft, Store

from .conftest import OpenPage, settle

pytestmark = pytest.mark.browser

BANK = Path(__file__).parents[2] / "datasets" / "bank" / "pairs.csv"
FAR = 90
"""Presses of Tab after which something counts as out of reach."""
HERE = "(wanted) => wanted === document.activeElement || wanted.contains(document.activeElement)"


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until the cursor is on `wanted` or inside it."""
    wanted.first.wait_for()
    for _ in range(FAR):
        if wanted.first.evaluate(HERE):
            return
        page.keyboard.press(key)
    pytest.fail(f"{wanted} is not reached by {key}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def end_tour(page: Page) -> None:
    """A first visit shows the tour; its end is a button too."""
    end = page.locator(".st-key-tour_end button")
    if end.count():
        tab_to(page, end)
        press(page, "Enter")


@pytest.fixture
def saved(store: Store) -> Iterator[int]:
    """The bank sample; taken away again, as other tests take every dataset that there is."""
    added = store.datasets.add("by keyboard", load_pairs(BANK)).id
    yield added
    store.datasets.delete(added)


def test_comparing_and_reporting(open_page: OpenPage) -> None:
    page = open_page("compare")
    end_tour(page)
    tab_to(page, page.get_by_label("Sentence"))
    page.keyboard.press("Control+A")  # the tour may have filled it
    page.keyboard.type("键盘上的一句")
    press(page, "Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("键盘里的一句")
    tab_to(page, button(page, "Compare"))
    press(page, "Enter")
    expect(page.get_by_text("1 result")).to_be_visible()
    tab_to(page, button(page, "Swap"))
    press(page, "Space")
    expect(page.get_by_label("Sentence")).to_have_value("键盘里的一句")
    expect(page.get_by_label("Compare with")).to_have_value("键盘上的一句")

    wrong = button(page, "Wrong?")
    tab_to(page, wrong)
    press(page, "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    assert wrong.evaluate(HERE), "focus returns to where the dialog was opened"

    press(page, "Enter")
    given = dialog.get_by_role("radio").last  # unrelated, or different where the policy in use has binary labels
    tab_to(page, dialog.get_by_role("radiogroup"))
    tab_to(page, given, "ArrowRight")
    press(page, "Space")
    tab_to(page, button(dialog, "Report"))
    press(page, "Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("is recorded")).to_be_visible()


def test_calibrating(open_page: OpenPage, saved: int) -> None:
    page = open_page("calibrate?tab=fit")
    end_tour(page)
    target = page.locator(".st-key-precision")
    tab_to(page, button(page, "Change"))
    press(page, "Enter")
    slider = target.get_by_role("slider")
    tab_to(page, slider)
    before = slider.get_attribute("aria-valuenow") or ""
    settle(page)
    press(page, "ArrowLeft", "ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuenow", before)
    press(page, "Escape")
    tab_to(page, button(page, "Calibrate"))
    press(page, "Enter")
    expect(button(page, "Save and publish")).to_be_visible(timeout=180_000)


def test_opening_the_cases_of_a_bar(open_page: OpenPage, store: Store) -> None:
    store.bad_cases.add(BadCaseDraft("柱子甲", "柱子乙", "same", "by bars", 0.5))
    page = open_page("review?tab=patterns")
    end_tour(page)
    tab_to(page, page.locator(".st-key-pattern_choice_domain input"))
    page.keyboard.type("by bars")
    press(page, "Enter")
    tab_to(page, page.locator(".st-key-pattern_choice_domain_go button"))
    press(page, "Enter")
    expect(page.get_by_role("radio", name="All cases")).to_be_checked()
    expect(page.get_by_label("Domain").first).to_have_value("by bars")
