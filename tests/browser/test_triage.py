"""Bad cases imported from a file, sorted out by keyboard alone, and found again through a chart."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage, settle

pytestmark = pytest.mark.browser

CASES = (
    "text_a,text_b,expected,domain,score\n"
    "键盘测试分三期,键盘测试分十二期,related,keyboard,0.97\n"
    "键盘测试支持退货,键盘测试不支持退货,not_same,keyboard,0.96\n"
    "键盘测试今天到,键盘测试明天到,related,keyboard,0.95\n"
)


def press(page: Page, key: str) -> None:
    page.keyboard.press(key)
    settle(page)


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    settle(page)


def keep_filter(page: Page) -> None:
    """Save the domain of this test as a filter, so that other tests' cases stay out."""
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Keyboard")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Save these filters").click()
    settle(page)


def test_cases_are_sorted_out_by_keyboard(open_page: OpenPage, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(CASES, encoding="utf-8")
    page = open_page("find_cases")
    page.get_by_role("tab", name="In a file").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    page.get_by_role("button", name="Import 3 cases").click()
    expect(page.get_by_text("Recorded 3 bad cases.")).to_be_visible()

    page = open_page("bad_cases?case_domain=keyboard")
    keep_filter(page)
    go(page, "Triage")
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="Keyboard").click()
    settle(page)
    page.get_by_role("heading", name="Triage").click()  # leave the box, so that keys reach the page

    expect(page.get_by_role("heading", name="键盘测试今天到")).to_be_visible()
    press(page, "y")
    expect(page.get_by_role("heading", name="键盘测试支持退货")).to_be_visible()
    press(page, "l")
    expect(page.get_by_role("heading", name="键盘测试分三期")).to_be_visible()
    press(page, "u")
    expect(page.get_by_role("heading", name="键盘测试支持退货")).to_be_visible()
    press(page, "j")
    press(page, "w")
    expect(page.get_by_text("That was the last one of this queue.")).to_be_visible()
    press(page, "k")
    expect(page.get_by_text("now: will not be fixed")).to_be_visible()

    go(page, "Patterns")
    page.get_by_role("combobox", name="Domain", exact=True).click()
    page.get_by_role("option", name="keyboard").click()
    settle(page)
    expect(page.get_by_text("Of 3 bad cases most are in keyboard (3).")).to_be_visible()
    expect(page.get_by_text("Of 2 that were sorted out, 100%")).to_be_visible()
    bar = page.locator("[data-testid=stVegaLiteChart]").first.locator("path[aria-label*=negation]")
    bar.first.click()
    expect(page.get_by_role("heading", name="Bad cases", exact=True)).to_be_visible()
    settle(page)
    expect(page.get_by_text("1 case.")).to_be_visible()
