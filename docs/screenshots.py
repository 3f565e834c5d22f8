"""Takes the README's pictures from the running application: `make screenshots`.

Starts a server on an empty data directory, loads the samples, calibrates, publishes, compares, in both languages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).parent
PORT = 7893
ADDRESS = f"http://127.0.0.1:{PORT}"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
WORDS = {
    "en": ("en-US", "Load all samples", "Calibrate", "Save and publish", "Sentence", "Compare with", "Compare"),
    "zh": ("zh-CN", "载入全部示例", "开始校准", "保存并发布", "源句", "对比文本", "对比"),
}
SOURCE = "信用卡丢了怎么挂失"
TARGETS = ("我的信用卡不见了，想办理挂失", "信用卡挂失后怎么解除", "借记卡丢了怎么挂失", "理财产品怎么赎回")


def settle(page: Page) -> None:
    """Wait until the page has run and drawn."""
    page.wait_for_selector(IDLE, timeout=120_000)
    page.wait_for_timeout(1500)
    page.wait_for_selector(IDLE, timeout=120_000)


def take(page: Page, tag: str) -> None:
    """Both pictures in one language; the first language also calibrates and publishes."""
    _, load, calibrate, publish, source, targets, compare = WORDS[tag]
    page.goto(f"{ADDRESS}/calibration")
    settle(page)
    if page.get_by_role("button", name=load).count():
        page.get_by_role("button", name=load).click()
        settle(page)
    page.get_by_role("slider").first.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    settle(page)
    page.get_by_role("button", name=calibrate, exact=True).click()
    expect(page.get_by_role("button", name=publish)).to_be_visible(timeout=300_000)
    settle(page)
    page.screenshot(path=HERE / "images" / f"calibration.{tag}.png")
    page.get_by_role("button", name=publish).click()
    settle(page)
    page.goto(ADDRESS)
    settle(page)
    page.get_by_label(source, exact=True).fill(SOURCE)
    page.get_by_label(targets, exact=True).fill("\n".join(TARGETS))
    page.get_by_role("button", name=compare, exact=True).click()
    settle(page)
    page.screenshot(path=HERE / "images" / f"compare.{tag}.png")


def wait_until_ready() -> None:
    """Until the model is loaded; five minutes at most."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{ADDRESS}/health") as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(1)
    sys.exit("the server did not become ready")


def main() -> None:
    """Server, browser, pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        environ = {**os.environ, "SIMTIER_DATA_DIR": home}
        server = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "dashboard", "--port", str(PORT)], env=environ
        )
        try:
            wait_until_ready()
            flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            for tag in WORDS:
                context = browser.new_context(locale=WORDS[tag][0], viewport={"width": 1440, "height": 1000})
                take(context.new_page(), tag)
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
