"""A real server with a data directory of its own, and a real headless Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

from calibration.store import Store, open_store

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
START_SECONDS, STEP_MS = 900, 180_000
expect.set_options(timeout=STEP_MS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the server: one a file, since what a test publishes changes what others see."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def server(data_dir: Path, home: Path) -> Iterator[str]:
    """The address of `python -m dashboard`, ready, on a store of its own."""
    (home / "models").symlink_to((data_dir / "models").resolve(), target_is_directory=True)
    port, log = free_port(), home / "server.log"
    environ = {**os.environ, "SIMTIER_DATA_DIR": str(home)}
    with log.open("w") as output:
        command = [sys.executable, "-m", "dashboard", "--port", str(port)]
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{address}/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    pytest.fail(f"not ready after {START_SECONDS} s:\n{log.read_text()}")


@pytest.fixture
def store(server: str, home: Path) -> Iterator[Store]:
    """The server's own store, opened beside it."""
    with open_store(home / "simtier.sqlite") as opened:
        yield opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail("no Chromium: run 'sudo apt-get install chromium fonts-noto-cjk fontconfig'")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield launched
        launched.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[OpenPage]:
    """`open_page(path, locale)`: a fresh visitor's page, when it has settled; fails on any script error."""
    contexts, errors = [], []

    def visit(path: str = "", locale: str = "en-US") -> Page:
        context = browser.new_context(locale=locale, viewport={"width": 1440, "height": 900}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(STEP_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server}/{path}")
        settle(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


def settle(page: Page) -> None:
    """Wait until the page's script has run, and nothing went wrong on it."""
    page.wait_for_selector(IDLE, timeout=STEP_MS)
    page.wait_for_timeout(300)
    page.wait_for_selector(IDLE, timeout=STEP_MS)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text("went wrong on our side").count() == 0


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Pages are served before the model is there, and labelling needs none."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            httpx.get(f"{address}/health", timeout=5)
        except httpx.TransportError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"no answer after {START_SECONDS} s")


class Server:
    """A server that can be killed and started again on its store."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self.home / "server.log"
        with log.open("a") as output:
            command = [sys.executable, "-m", "dashboard", "--port", str(self.port)]
            environ = {**os.environ, "SIMTIER_DATA_DIR": str(self.home)}
            self.process = subprocess.Popen(command, env=environ, stdout=output, stderr=subprocess.STDOUT)
        wait_until_it_answers(self.address, self.process, log)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(timeout=30)


class Effort:
    """What a person does on a page, counted: clicks, and keys pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.keys = page, 0, 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1
        settle(self.page)

    def choose(self, path: Path) -> None:
        """Choose a file, which takes one click on its button."""
        named = self.page.get_by_text(path.name).first
        for _ in range(3):  # a file given to a field that a run replaces just then is lost
            self.page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)
            with suppress(TimeoutError):
                named.wait_for(timeout=STEP_MS / 6)
                break
        self.clicks += 1
        settle(self.page)

    def pick(self, box: Locator, name: str) -> None:
        """Open a list of options and click one, which takes two clicks."""
        option = self.page.get_by_role("option", name=name, exact=True)
        for _ in range(3):  # a list that is opened while the page runs may close again
            box.click()
            with suppress(TimeoutError):
                option.click(timeout=STEP_MS / 6)
                break
        self.clicks += 2
        settle(self.page)

    def write(self, field: Locator, words: str) -> None:
        """Click into a field, type over what is there, and press Enter."""
        field.fill(words)
        field.press("Enter")
        self.clicks += 1
        self.keys += len(words) + 1
        settle(self.page)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1
