"""A server with a large dataset, and a browser that uses it: steps, page switches, a job, another session."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from calibration.settings import models_dir

PORT = 7894
ADDRESS = f"http://127.0.0.1:{PORT}"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
WATCH = Path(__file__).with_name("watch.js").read_text(encoding="utf-8")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PAGES = ("Overview", "Data", "Label", "Policies", "Compare", "Review", "Batch", "Monitor", "Settings", "Calibrate")
"""In the order of the walk: it begins on Calibrate, and ends there."""
LONG = 600_000


@dataclass
class Seen:
    """What was measured for a number of rows; seconds, megabytes, and kilobytes sent a step."""

    rows: int
    steps: list[float] = field(default_factory=list)
    pages: dict[str, list[float]] = field(default_factory=dict)
    sent: list[float] = field(default_factory=list)
    scoring: float = 0.0
    progress: str = ""
    survived: bool = False
    cancelled: bool = False
    beside: list[float] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)


@contextmanager
def server(home: Path) -> Iterator[int]:
    """The process id of a dashboard that serves the data directory `home`."""
    models = home / "models"
    if not models.exists():
        models.symlink_to(models_dir().resolve(), target_is_directory=True)
    environ = {**os.environ, "SIMTIER_DATA_DIR": str(home)}
    command = [sys.executable, "-m", "dashboard", "--port", str(PORT)]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)  # noqa: S603 (our own command)
    try:
        _wait()
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait() -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{ADDRESS}/health", timeout=5) as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(1)
    raise SystemExit("the server did not become ready")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def memory(process: int) -> float:
    """Resident megabytes of a process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else float("nan")


def visit(browser: Browser, path: str, seen: Seen | None = None) -> Page:
    """A fresh visitor's page in English, who has seen the tour; counts what the server sends into `seen`."""
    context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "simtier_tour", "value": "seen", "url": ADDRESS}])
    page = context.new_page()
    page.set_default_timeout(LONG)
    if seen is not None:
        count = seen.sent
        page.on("websocket", lambda socket: socket.on("framereceived", lambda got: count.append(len(got) / 1000)))
    page.add_init_script(WATCH)
    page.goto(f"{ADDRESS}/{path}")
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until the page has run."""
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(500)
    page.wait_for_selector(IDLE)


def took(page: Page) -> float:
    """Seconds of what was begun last, once it is over."""
    page.wait_for_function("() => window.timing.start === 0 && window.timing.took.length > 0")
    return float(page.evaluate("() => window.timing.took.pop()")) / 1000


def score(browser: Browser, seen: Seen) -> Page:
    """Score the dataset as a job; look at its progress, reload meanwhile, cancel once and go on."""
    page = visit(browser, "calibrate?tab=distribution", seen)
    button = page.get_by_role("button", name=re.compile("^Score"))
    button.click()
    cancel = page.get_by_role("button", name="Cancel")
    cancel.wait_for()
    cancel.click()
    page.get_by_text("Stopped.").wait_for()
    seen.cancelled = True
    begin = time.perf_counter()
    button.click()
    try:
        page.get_by_text("a second").wait_for(timeout=20_000)
        seen.progress = page.locator("[data-testid=stProgress]").inner_text()
        page.reload()
        cancel.wait_for(timeout=20_000)
        seen.survived = True
        _beside(browser, seen)
    except Exception:  # a small dataset is scored before one can look
        seen.progress = seen.progress or "over before one could look"
    page.locator("[data-testid=stVegaLiteChart] svg").first.wait_for()
    seen.scoring = time.perf_counter() - begin
    settle(page)
    return page


def _beside(browser: Browser, seen: Seen) -> None:
    """Page switches of another session while the job runs."""
    other = visit(browser, "policies")
    found: dict[str, list[float]] = {}
    switches(other, found, 1)
    seen.beside = [value for values in found.values() for value in values]
    other.context.close()


def steps(page: Page, seen: Seen, count: int) -> None:
    """Step the threshold of `same` by keyboard."""
    page.get_by_role("slider").first.focus()
    for number in range(count + 2):
        seen.sent.clear()
        page.keyboard.press("ArrowRight")
        seconds = took(page)
        page.wait_for_selector(IDLE)
        if number >= 2:  # the first ones warm up
            seen.steps.append(seconds)
            seen.memory.setdefault("sent", 0.0)
            seen.memory["sent"] = max(seen.memory["sent"], sum(seen.sent))
        page.wait_for_timeout(150)


def switches(page: Page, found: dict[str, list[float]], rounds: int) -> None:
    """Walk through the pages by their links."""
    for _ in range(rounds):
        for heading in PAGES:
            page.evaluate("wanted => { window.timing.wanted = wanted }", heading)
            page.get_by_test_id("stSidebarNav").get_by_role("link", name=heading, exact=True).click()
            found.setdefault(heading, []).append(took(page))
            page.wait_for_timeout(150)


def overview(browser: Browser, seen: Seen, times: int) -> None:
    """The Overview, once its pairs are scored: opened from another page, again and again."""
    page = visit(browser, "overview", seen)
    page.locator("[class*=st-key-overview_] [role=img]").first.wait_for()
    settle(page)
    for _ in range(times):
        for heading in ("Policies", "Overview"):
            page.evaluate("wanted => { window.timing.wanted = wanted }", heading)
            page.get_by_test_id("stSidebarNav").get_by_role("link", name=heading, exact=True).click()
            seconds = took(page)
            page.wait_for_timeout(150)
        seen.pages.setdefault("Overview", []).append(seconds)
    page.context.close()


def middle(values: list[float]) -> float:
    """The median; NaN of none."""
    return statistics.median(values) if values else float("nan")
