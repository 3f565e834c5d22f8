"""Publishing in a real browser: the gate's dialog opens, refuses, and takes a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from calibration.policies.policy import DomainPolicy, Policy

OpenPage = Callable[..., Page]
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def settle(page: Page) -> None:
    page.wait_for_timeout(300)
    page.wait_for_selector(IDLE)
    assert page.locator("[data-testid=stException]").count() == 0


def bring(page: Page, folder: Path, domain: str) -> None:
    """Import a policy of one domain and begin to publish it."""
    path = folder / f"{domain}.json"
    path.write_text(json.dumps(Policy({domain: DomainPolicy({"same": 0.9})}, name="gated").to_json()))
    page.get_by_role("radio", name="Files").click()
    page.locator("input[type=file]").set_input_files(path)
    settle(page)
    page.locator(".st-key-policy_import button").click()
    settle(page)
    page.get_by_role("radio", name="All versions").click()
    page.locator("[class*=st-key-publish_] button").first.click()
    settle(page)


def test_the_gate_asks_for_a_reason(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("policies")
    page.get_by_label("Your name").fill("Li Lei")
    page.get_by_label("Your name").press("Enter")
    settle(page)
    bring(page, tmp_path, "bank")
    if page.get_by_role("dialog").count():  # another test's policy is in use: go past its gate first
        page.locator(".st-key-gate_reason textarea").fill("first")
        page.locator(".st-key-gate_reason textarea").press("Control+Enter")
        page.locator(".st-key-gate_publish button").click()
        settle(page)
    bring(page, tmp_path, "shop")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Domains that would no longer have thresholds: bank")
    publish = dialog.locator(".st-key-gate_publish button")
    publish.click()
    expect(dialog).to_contain_text("Give a reason first")
    dialog.locator(".st-key-gate_reason textarea").fill("bank moved elsewhere")
    publish.click()  # at once, without leaving the field before
    settle(page)
    expect(dialog).to_have_count(0)
    page.get_by_role("radio", name="History").click()
    expect(page.get_by_text("bank moved elsewhere").last).to_be_visible()
    page.get_by_role("radio", name="All versions").click()
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("button", name="Yes, roll back").click()
    settle(page)
    expect(page.get_by_text("Rolled back to “gated”")).to_be_visible()
