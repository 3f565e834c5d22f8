"""What a new user does, in a real browser: upload, calibrate, download, compare, report a bad case."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from calibration.columns import SAME, SHOWN_NAMES, shown_tier

from .conftest import OpenPage, settle

pytestmark = pytest.mark.browser

BANK = Path(__file__).parents[2] / "datasets" / "bank" / "pairs.csv"
PAGES = (
    "overview",
    "data?tab=datasets",
    "data?tab=dataset",
    "label?tab=plan",
    "calibrate?tab=fit",
    "calibrate?tab=distribution",
    "calibrate?tab=costs",
    "calibrate?tab=quality",
    "calibrate?tab=preprocessing",
    "policies",
    "policies?tab=compare",
    "compare",
    "review",
    "review?tab=find",
    "review?tab=patterns",
    "batch?tab=dedup",
    "batch?tab=match",
    "monitor",
    "settings",
)


def go(page: Page, name: str, tab: str = "") -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    settle(page)
    if tab:
        page.get_by_role("radio", name=tab, exact=True).click()
        settle(page)


def upload(page: Page, path: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)
    expect(page.get_by_role("heading", name=path.name)).to_be_visible()
    settle(page)


def a_file(folder: Path) -> Path:
    """The bank sample in a foreign shape: other headers, GB18030, one row that breaks a rule."""
    frame = pd.read_csv(BANK, dtype=str)[["text_a", "text_b", "label"]]
    frame.columns = pd.Index(["句子1", "句子2", "标签"])
    frame["标签"] = frame["标签"].map({"same": "1"}).fillna("0")
    frame.loc[len(frame)] = ["只有一句", "", "1"]
    path = folder / "mine.csv"
    frame.to_csv(path, index=False, encoding="gb18030")
    return path


def test_from_a_file_to_a_policy_to_a_bad_case(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("data")
    upload(page, a_file(tmp_path))
    expect(page.get_by_text("1 row cannot be used.")).to_be_visible()
    stays_until_saved(page)
    save = page.get_by_role("button", name="Save as dataset")
    expect(save).to_be_disabled()
    page.get_by_label("Domain", exact=True).fill("mybank")
    page.get_by_label("Domain", exact=True).press("Enter")
    settle(page)
    page.get_by_text("Save only the 190 good rows and leave out 1").click()
    expect(save).to_be_enabled()
    save.click()
    expect(page.get_by_text("Saved “mine”: 190 pairs.")).to_be_visible()
    settle(page)

    go(page, "Calibrate", "Calibration")
    page.get_by_role("button", name="Calibrate", exact=True).click()
    expect(page.get_by_role("button", name="Save and publish")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("mybank").first).to_be_visible()
    page.get_by_label("Your name").fill("Li Lei")
    page.get_by_label("Your name").press("Enter")
    settle(page)
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Published “policy” v1.")).to_be_visible()
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").first.click()
    policy = tmp_path / "policy.json"
    download.value.save_as(policy)
    assert list(json.loads(policy.read_text(encoding="utf-8"))["domains"]) == ["mybank"]

    go(page, "Calibrate", "Distribution")
    drag_a_threshold(page)

    go(page, "Compare")
    page.get_by_label("Sentence").fill("卡丢了怎么办")
    page.get_by_label("Compare with").fill("银行卡遗失如何挂失\n今天的天气真好")
    page.get_by_label("Compare with").press("Control+Enter")
    settle(page)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("2 results")).to_be_visible()
    settle(page)

    page.get_by_role("button", name="Wrong?").first.click()
    dialog = page.get_by_role("dialog")
    decided = decide(policy, "卡丢了怎么办", "银行卡遗失如何挂失")
    tier, domain = str(decided["tier"]), json.loads(policy.read_text(encoding="utf-8"))["domains"]["mybank"]
    word = SHOWN_NAMES[shown_tier(tier, True, domain["thresholds"])]  # the labels of the file say same or not
    expect(dialog.get_by_text(f"It was judged: {word}.")).to_be_visible()
    answers = dialog.get_by_role("radio")
    (answers.last if tier == SAME else answers.first).click()
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(dialog).to_be_hidden()

    go(page, "Review", "All cases")
    expect(page.get_by_text("银行卡遗失如何挂失").first).to_be_attached()


def stays_until_saved(page: Page) -> None:
    """The browser asks before it leaves an upload that is not saved; other pages remind of it and lose nothing."""
    page.get_by_role("heading", name="mine.csv").click()  # browsers ask only those who have used the page
    page.wait_for_function("() => typeof window.onbeforeunload === 'function'")
    with page.expect_event("dialog") as asked:
        page.evaluate("() => { setTimeout(() => location.reload()) }")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    go(page, "Calibrate", "Quality")
    expect(page.get_by_text("lost when you close this tab: mine.csv")).to_be_visible()
    page.get_by_role("link", name="Go there to save").click()
    expect(page.get_by_role("heading", name="mine.csv")).to_be_visible()
    settle(page)  # until then the reminder of the page before may stand there too
    expect(page.get_by_text("Not saved yet")).to_be_visible()


def drag_a_threshold(page: Page) -> None:
    """With the mouse, on the histogram: its slider follows, and the chart is not redrawn."""
    page.locator(".st-key-preset_published button").click()  # a policy need not have a threshold of this tier
    handle = page.locator(".handle[data-tier=same]")
    handle.wait_for()
    settle(page)
    handle.scroll_into_view_if_needed()
    drawn = page.locator(".st-key-histogram svg.marks").element_handle()
    box, slider = handle.bounding_box(), page.locator("[class*=st-key-threshold_][class*=_same]")
    assert box is not None and drawn is not None  # noqa: PT018 (for the types)
    before = slider.inner_text()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=4)
    shown = handle.locator(".value").inner_text()
    page.mouse.up()
    expect(slider).to_contain_text(shown)
    assert shown not in before
    expect(page.locator(".st-key-histogram svg.marks")).to_contain_text(f"can merge {shown}")
    assert drawn.evaluate("(svg) => svg.isConnected")


def decide(policy: Path, text_a: str, text_b: str) -> dict[str, object]:
    """What the command line says with the downloaded policy."""
    done = subprocess.run(
        [sys.executable, "-m", "calibration", "decide", str(policy), text_a, text_b, "--json"],
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_every_page_speaks_the_language_of_the_browser_and_loads_nothing_from_elsewhere(
    open_page: OpenPage, server: str
) -> None:
    asked: list[str] = []
    chinese, english = (_walk(open_page("", locale), server, asked) for locale in ("zh-CN", "en-GB"))
    for path in PAGES:
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese[path]), path
        assert chinese[path].split() != english[path].split(), path
        assert "Traceback" not in chinese[path] + english[path], path
        assert (chinese[f"{path} lang"], english[f"{path} lang"]) == ("zh-CN", "en"), path
    foreign = [url for url in asked if not url.startswith((server, "data:", "blob:", server.replace("http", "ws")))]
    assert foreign == []


def _walk(page: Page, server: str, asked: list[str]) -> dict[str, str]:
    """What every page says, to one visitor; whatever is requested is added to `asked`."""
    page.on("request", lambda request: asked.append(request.url))
    said = {}
    for path in PAGES:
        page.goto(f"{server}/{path}")
        settle(page)
        said[path] = page.inner_text("[data-testid=stMain]")
        said[f"{path} lang"] = str(page.evaluate("document.documentElement.lang"))
    return said


def test_the_language_switch_outlives_a_reload(open_page: OpenPage) -> None:
    page = open_page("data", "en-US")
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("radio", name="中文").click()
    expect(page.get_by_role("heading", name="数据", exact=True)).to_be_visible()
    settle(page)
    page.reload()
    expect(page.get_by_role("heading", name="数据", exact=True)).to_be_visible()
