"""Takes the pictures of README and tutorial from the running application: `make screenshots`.

For each language a server on an empty data directory, and the tutorial on it, step by step. Buttons and fields are
found by the words of the catalogues, so that renaming one breaks nothing here.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).parent
PORT = 7893
ADDRESS = f"http://127.0.0.1:{PORT}"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
LOCALES = {"en": "en-US", "zh": "zh-CN"}
SOURCE = "信用卡丢了怎么挂失"
TARGETS = ("我的信用卡不见了，想办理挂失", "信用卡挂失后怎么解除", "借记卡丢了怎么挂失", "理财产品怎么赎回")
PATIENCE = 300_000
WIDTH, HEIGHT = 1280, 1000


class Visitor:
    """One person at the pages, in one language."""

    def __init__(self, page: Page, tag: str) -> None:
        self.page, self.tag, self.words = page, tag, {}
        page.set_default_timeout(60_000)
        if tag == "zh":
            for package in ("calibration", "dashboard"):
                with (HERE.parent / package / "locales" / "zh_CN.po").open("rb") as file:
                    self.words |= {entry.id: entry.string for entry in read_po(file, locale="zh_CN")}

    def t(self, message: str) -> str:
        """A message of the pages in this language."""
        return str(self.words.get(message) or message)

    def settle(self) -> None:
        """Wait until the page has run and drawn."""
        self.page.wait_for_selector(IDLE, timeout=PATIENCE)
        self.page.wait_for_timeout(1500)
        self.page.wait_for_selector(IDLE, timeout=PATIENCE)

    def visit(self, path: str) -> None:
        """Open a page of the application."""
        self.page.goto(f"{ADDRESS}/{path}")
        self.settle()

    def press(self, name: str) -> None:
        """Press the button of that English name."""
        self.page.get_by_role("button", name=self.t(name), exact=True).first.click()
        self.settle()

    def shot(self, name: str, only: str = "", height: int = HEIGHT) -> None:
        """The picture `name` of what is on the screen: `only` of that part, or its upper `height` pixels."""
        path = HERE / "images" / f"{name}.{self.tag}.png"
        self.page.mouse.move(0, 0)
        if only:
            self.page.locator(only).screenshot(path=path)
        else:
            self.page.screenshot(path=path, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})


def compare(who: Visitor, source: str, targets: tuple[str, ...]) -> None:
    """Compare one sentence with others."""
    who.visit("")
    who.page.get_by_label(who.t("Sentence"), exact=True).fill(source)
    who.page.get_by_label(who.t("Compare with"), exact=True).fill("\n".join(targets))
    who.press("Compare")


def promise(who: Visitor) -> None:
    """Ask for a precision of 80% instead of 90%."""
    who.page.get_by_role("slider").first.focus()
    for _ in range(10):
        who.page.keyboard.press("ArrowLeft")
    who.settle()


def tutorial(who: Visitor) -> None:
    """The steps of docs/tutorial.md."""
    compare(who, SOURCE, TARGETS)
    who.shot("published")
    who.visit("data")
    who.press("Load all samples")
    who.shot("data")
    who.visit("distribution")
    who.page.get_by_role("button", name="570").click()
    expect(who.page.locator("canvas, svg.marks").first).to_be_visible(timeout=PATIENCE)
    who.settle()
    who.shot("distribution")
    who.visit("calibration")
    promise(who)
    who.page.get_by_role("button", name=who.t("Calibrate"), exact=True).click()
    expect(who.page.get_by_role("button", name=who.t("Save and publish"))).to_be_visible(timeout=PATIENCE)
    who.settle()
    who.shot("calibration")
    who.shot("certificate", only=".st-key-fit_bank")
    who.press("Save and publish")
    compare(who, SOURCE, TARGETS)
    who.shot("compare")
    who.press("Wrong?")
    who.shot("report", height=640)
    dialog = who.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=who.t("same"), exact=True).click()
    who.settle()
    dialog.get_by_role("button", name=who.t("Report"), exact=True).click()
    who.settle()
    who.visit("triage")
    who.shot("triage", height=660)
    who.visit("labels")
    promise(who)
    who.press("Work it out")
    expect(who.page.get_by_role("heading", name="bank", exact=True)).to_be_visible(timeout=PATIENCE)
    who.settle()
    who.shot("labels")
    who.visit("policies")
    who.shot("policies", height=560)


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


@contextmanager
def serving(models: Path) -> Iterator[None]:
    """A server on an empty store; models are unpacked once for all of them."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "models").symlink_to(models, target_is_directory=True)
        server = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "dashboard", "--port", str(PORT)],
            env={**os.environ, "SIMTIER_DATA_DIR": home},
            cwd=HERE.parent,
        )
        try:
            wait_until_ready()
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def main() -> None:
    """Servers, browser, pictures; languages may be named."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    with tempfile.TemporaryDirectory() as models, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for tag in sys.argv[1:] or LOCALES:
            with serving(Path(models)):
                context = browser.new_context(locale=LOCALES[tag], viewport={"width": WIDTH, "height": HEIGHT})
                tutorial(Visitor(context.new_page(), tag))
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
