"""`python -m benchmarks.dashboard.keys`: from a key in Label and Review to the frame that shows the next pair.

Keys come at a steady pace, so that answers are sent and the page runs again in between, as for a fast labeller.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Page

from benchmarks.dashboard.data import pairs
from benchmarks.dashboard.drive import chromium, server, visit
from calibration.store import BadCaseDraft, Store, open_store
from calibration.store.sessions.records import DomainSampling

ROOT = Path(__file__).resolve().parents[2]
MEDIAN_LIMIT, SLOW_LIMIT = 0.1, 0.2
WATCH = """
() => {
  window.keys = [];
  let found = null;
  const queue = () => {  // in the shadow of its component
    const roots = () => [...document.querySelectorAll('*')].map((one) => one.shadowRoot);
    if (!found || !found.isConnected) found = roots().map((root) => root?.querySelector('.queue')).find(Boolean);
    return found;
  };
  const item = () => queue()?.dataset.item;
  window.addEventListener('keydown', () => {  // before the queue's own, which is on the document
    const before = item(), begun = performance.now();
    const look = () => {
      if (item() !== before) window.keys.push(performance.now() - begun);
      else if (performance.now() - begun < 10000) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
}
"""


def options() -> argparse.Namespace:
    """What is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard.keys", description=__doc__)
    parser.add_argument("--keys", type=int, default=200, help="keys on each page")
    parser.add_argument("--between", type=int, default=150, help="milliseconds between keys")
    return parser.parse_args()


def fill(store: Store, count: int) -> int:
    """As many pairs to label and cases to review as there are keys, and some more; returns the session's id."""
    frame = pairs(ROOT / "datasets", count + 100)[["text_a", "text_b", "domain"]]
    scores = np.linspace(1.0, 0.8, len(frame)).round(6)
    sizes = frame["domain"].value_counts()
    drawn = {
        name: DomainSampling(int(n), int(n), -1.0, int(n), tuple(scores.tolist())) for name, n in sizes.items()
    }
    session = store.sessions.add("keys", frame.assign(score=scores), "binary", drawn, batch_size=50)
    facts = {"domain": "bank", "tier_given": "same", "score": 0.97, "reporter": "zhao"}
    drafts = [
        BadCaseDraft(f"{row.text_a}", f"{row.text_b}", "not_same", **facts)  # type: ignore[arg-type]
        for row in frame.itertuples()
    ]
    store.bad_cases.add_many(drafts)
    return session.id


def press(page: Page, keys: str, asked: argparse.Namespace) -> list[float]:
    """Seconds from each key to the next pair; a key that showed none within ten seconds counts as ten."""
    field = page.locator(".st-key-name_here input")
    if field.count():
        field.fill("bench")
        field.press("Enter")
    page.wait_for_selector(".queue[data-item]:not([data-item=''])")
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)
    for number in range(asked.keys):
        page.keyboard.press(keys[number % len(keys)])
        page.wait_for_timeout(asked.between)
    page.wait_for_timeout(3000)
    found = [float(value) / 1000 for value in page.evaluate("() => window.keys")]
    return found + [10.0] * (asked.keys - len(found))


def main() -> None:
    """Measure, print."""
    asked = options()
    lines = ["| page | keys | median s | 95% s | slowest s |", "|---|---:|---:|---:|---:|"]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_store(home / "simtier.sqlite") as store:
            session = fill(store, asked.keys)
        with server(home), chromium() as browser:
            for name, place, keys in (
                ("Label", f"label?tab=session&session={session}", "10"),
                ("Review", "review?tab=inbox", "yn2"),
            ):
                found = pd.Series(press(visit(browser, place), keys, asked))
                cells = f"{found.median():.3f} | {found.quantile(0.95):.3f} | {found.max():.3f}"
                lines.append(f"| {name} | {len(found)} | {cells} |")
    print("\n".join(lines))
    limits = f"limits: {MEDIAN_LIMIT} s and {SLOW_LIMIT} s"
    print(f"\n{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end; {limits}.")


if __name__ == "__main__":
    main()
