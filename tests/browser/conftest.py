"""A real server with a data directory of its own, and a real headless Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
START_SECONDS, STEP_MS = 120, 60_000
expect.set_options(timeout=STEP_MS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the server."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
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
