"""`python -m benchmarks.dashboard`: how long a user waits with large datasets, in headless Chromium."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.dashboard.data import pairs
from benchmarks.dashboard.drive import Seen, chromium, memory, middle, score, server, steps, switches
from calibration.store import open_store

ROOT = Path(__file__).resolve().parents[2]
STEP_LIMIT, PAGE_LIMIT = 0.35, 1.0


def options() -> argparse.Namespace:
    """What is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--steps", type=int, default=20, help="steps of a slider")
    parser.add_argument("--rounds", type=int, default=2, help="walks through the pages")
    return parser.parse_args()


def measure(rows: int, asked: argparse.Namespace) -> Seen:
    """One dataset of so many rows, from an empty data directory."""
    seen = Seen(rows)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_store(home / "simtier.sqlite") as store:
            store.datasets.add(f"{rows:,} pairs", pairs(ROOT / "datasets", rows))
        with server(home) as process, chromium() as browser:
            seen.memory["started"] = memory(process)
            page = score(browser, seen)
            steps(page, seen, asked.steps)
            switches(page, seen.pages, asked.rounds)
            seen.memory["used"] = memory(process)
    return seen


def table(found: list[Seen]) -> str:
    """The results as Markdown."""
    lines = ["| | " + " | ".join(f"{seen.rows:,} pairs" for seen in found) + " |", "|---|" + "---:|" * len(found)]

    def line(name: str, *cells: str) -> None:
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    line("slider step to redrawn chart, median s", *(f"{middle(seen.steps):.2f}" for seen in found))
    line("the slowest of them, s", *(f"{max(seen.steps):.2f}" for seen in found))
    line("sent to the browser a step, kB at most", *(f"{seen.memory['sent']:.0f}" for seen in found))
    for heading in found[0].pages:
        line(f"switch to {heading}, median s", *(f"{middle(seen.pages[heading]):.2f}" for seen in found))
    line("scoring, s", *(f"{seen.scoring:.0f}" for seen in found))
    line("its progress said", *(seen.progress.replace("\n", " ") or "–" for seen in found))
    beside = [f"{middle(seen.beside):.2f}" for seen in found]
    line("page switch of another session while that ran, median s", *beside)
    line("survived a reload", *("yes" if seen.survived else "over before one could" for seen in found))
    line("could be cancelled", *("yes" if seen.cancelled else "no" for seen in found))
    for name in ("started", "used"):
        line(f"memory of the server, {name}, MB", *(f"{seen.memory[name]:,.0f}" for seen in found))
    return "\n".join(lines)


def main() -> None:
    """Measure, print."""
    asked, found = options(), []
    for rows in asked.rows:
        print(f"{rows:,} pairs", file=sys.stderr, flush=True)
        found.append(measure(rows, asked))
    print(table(found))
    limits = f"limits: {STEP_LIMIT} s and {PAGE_LIMIT} s"
    print(f"\n{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end; {limits}.")


if __name__ == "__main__":
    main()
