"""Takes the pictures of README and tutorial from the running application: `make screenshots`.

For each language a server on an empty data directory, and the tutorial on it, step by step. Buttons and fields are
found by the words of the catalogues, so that renaming one breaks nothing here.
"""

from __future__ import annotations

import os
import shutil
import socket
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
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from calibration.settings import models_dir

HERE = Path(__file__).parent
with socket.socket() as _probe:
    _probe.bind(("127.0.0.1", 0))
    PORT = _probe.getsockname()[1]
ADDRESS = f"http://127.0.0.1:{PORT}"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
LOCALES = {"en": "en-US", "zh": "zh-CN"}
SOURCE = "信用卡丢了怎么挂失"
TARGETS = ("我的信用卡不见了，想办理挂失", "信用卡挂失后怎么解除", "借记卡丢了怎么挂失", "理财产品怎么赎回")
PATIENCE = 300_000
WIDTH, HEIGHT, TALL = 1280, 1000, 1400
"""A picture's pixels; TALL where what is spoken of lies below the form."""
COLOURS = 96
"""Of a picture: pages have few, and it takes a third of the bytes."""


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

    def sign(self) -> None:
        """Give a name, which publishing and reviewing ask for."""
        field = self.page.get_by_label(self.t("Your name"), exact=True).first
        field.fill("李雷" if self.tag == "zh" else "Li Lei")
        field.press("Enter")
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
            self.page.set_viewport_size({"width": WIDTH, "height": height})
            self.settle()
            self.page.screenshot(path=path)
            self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def compare(who: Visitor, source: str, targets: tuple[str, ...]) -> None:
    """Compare one sentence with others."""
    who.visit("compare")
    who.page.get_by_label(who.t("Sentence"), exact=True).fill(source)
    who.page.get_by_label(who.t("Compare with"), exact=True).fill("\n".join(targets))
    who.press("Compare")


def promise(who: Visitor) -> None:
    """Ask for a precision of 80% instead of 90%, in the line above the page."""
    who.press("Change")
    who.page.get_by_role("slider").first.focus()
    for _ in range(10):
        who.page.keyboard.press("ArrowLeft")
    who.page.keyboard.press("Escape")
    who.settle()


def tutorial(who: Visitor) -> None:
    """The steps of docs/tutorial.md."""
    who.visit("compare")
    who.press("End the tour")
    compare(who, SOURCE, TARGETS)
    who.shot("published", height=TALL)
    who.sign()
    who.visit("data")
    who.press("Load all samples")
    who.shot("data")
    who.visit("calibrate?tab=distribution")
    who.page.get_by_role("button", name="1,770").click()
    expect(who.page.locator("canvas, svg.marks").first).to_be_visible(timeout=PATIENCE)
    who.settle()
    who.shot("distribution")
    who.visit("calibrate?tab=fit")
    who.page.get_by_role("radio", name="80%").click()
    who.settle()
    who.page.get_by_role("button", name=who.t("Calibrate"), exact=True).click()
    expect(who.page.get_by_role("button", name=who.t("Save and publish"))).to_be_visible(timeout=PATIENCE)
    who.settle()
    who.shot("calibration")
    who.shot("certificate", only=".st-key-fit_bank")
    who.press("Save and publish")
    who.visit("overview")
    expect(who.page.get_by_text(who.t("merge"), exact=False).first).to_be_visible(timeout=PATIENCE)
    who.settle()
    who.shot("overview", height=760)
    compare(who, SOURCE, TARGETS)
    who.shot("compare", height=TALL)
    who.press("Wrong?")
    who.shot("report", height=640)
    dialog = who.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=who.t("same"), exact=True).click()
    who.settle()
    dialog.get_by_role("button", name=who.t("Report"), exact=True).click()
    who.settle()
    who.visit("review?tab=inbox")
    who.page.wait_for_selector(".queue[data-item]:not([data-item=''])", timeout=PATIENCE)
    who.shot("inbox", height=760)
    who.visit("label?tab=plan")
    promise(who)
    who.press("Estimate")
    expect(who.page.get_by_role("heading", name="bank", exact=True)).to_be_visible(timeout=PATIENCE)
    who.settle()
    who.shot("labels")
    who.visit("policies")
    who.shot("policies", height=560)


def wait_until_ready() -> None:
    """Until the model is loaded."""
    for _ in range(PATIENCE // 1000):
        try:
            with urllib.request.urlopen(f"{ADDRESS}/health") as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(1)
    sys.exit("the server did not become ready")


@contextmanager
def serving() -> Iterator[None]:
    """A server on an empty store, with the models that are unpacked here already."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "models").symlink_to(models_dir().resolve(), target_is_directory=True)
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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for tag in sys.argv[1:] or LOCALES:
            with serving():
                context = browser.new_context(locale=LOCALES[tag], viewport={"width": WIDTH, "height": HEIGHT})
                tutorial(Visitor(context.new_page(), tag))
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
