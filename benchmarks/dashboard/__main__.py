"""`python -m benchmarks.dashboard`: how long a user waits with large datasets, in headless Chromium."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.dashboard.data import pairs
from benchmarks.dashboard.drive import Seen, chromium, memory, middle, overview, score, server, steps, switches
from calibration import load_encoder
from calibration.policies.policy import DomainPolicy, Policy
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import open_store

ROOT = Path(__file__).resolve().parents[2]
STEP_LIMIT, PAGE_LIMIT, OVERVIEW_LIMIT = 0.15, 0.5, 1.0
MANY_DOMAINS, MANY_PAIRS = 20, 100_000
"""Of the Overview that is timed."""


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


def measure_overview(times: int) -> Seen:
    """The Overview of many domains with a policy in use, from an empty data directory."""
    seen, names = Seen(MANY_PAIRS), tuple(f"domain {number + 1}" for number in range(MANY_DOMAINS))
    encoder, scoring = load_encoder(), ScoringOptions()
    domains = {name: DomainPolicy({"same": 0.95, "related": 0.9, "weak": 0.85}, kinds=("tier",)) for name in names}
    policy = Policy(domains, model=encoder.name, fingerprint=encoder.fingerprint, cleaner=scoring.cleaning.key(),
                    segments=scoring.segments)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_store(home / "simtier.sqlite") as store:
            store.datasets.add("many domains", pairs(ROOT / "datasets", MANY_PAIRS, domains=names))
            store.policies.publish(store.policies.save(policy).id)
        with server(home), chromium() as browser:
            overview(browser, seen, times)
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
    every = [[one for times in seen.pages.values() for one in times] for seen in found]
    line("the slowest switch, s", *(f"{max(times):.2f}" for times in every))
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
    print("overview", file=sys.stderr, flush=True)
    opened = measure_overview(asked.steps).pages["Overview"]
    print(table(found))
    print(
        f"\nOverview of {MANY_DOMAINS} domains and {MANY_PAIRS:,} pairs, opened {len(opened)} times: median "
        f"{middle(opened):.2f} s, slowest {max(opened):.2f} s."
    )
    limits = f"limits: {STEP_LIMIT} s a step, {PAGE_LIMIT} s a switch, {OVERVIEW_LIMIT:g} s for the Overview"
    print(f"\n{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end; {limits}.")


if __name__ == "__main__":
    main()
