"""Run the benchmark: `python -m benchmarks.scoring --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.scoring import loops
from benchmarks.shared import Gate, Times, gate_table, machine, ratio, table, take_turns
from calibration.fitting.empirical_threshold import f1_rule
from calibration.stats.group_bootstrap import bootstrap_cells, group_cells, threshold_interval
from calibration.stats.threshold_counts import curve

RESAMPLES = 1000
THRESHOLD = 0.6


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__)
    made.add_argument("--pairs", type=int, default=100_000, help="scores (default %(default)s)")
    made.add_argument("--rounds", type=int, default=3, help="turns (default %(default)s)")
    made.add_argument(
        "--loop", type=int, default=20, help="resamples that the loops really draw (default %(default)s)"
    )
    made.add_argument("--plot", type=Path, help="draw here, .svg or .png")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Print the tables as Markdown on stdout."""
    asked = parser().parse_args(arguments)
    rng = np.random.default_rng(0)
    positives = rng.integers(0, 2, asked.pairs).astype(np.float64)
    scores = np.clip(rng.normal(0.45 + 0.2 * positives, 0.15), 0, 1)
    alone, share = np.arange(asked.pairs), RESAMPLES / asked.loop
    work: dict[str, tuple[Callable[[], object], float]] = {
        "every threshold": (lambda: curve(scores, positives), 1.0),
        f"loop over {loops.GRID} thresholds": (lambda: loops.sweep(scores, positives), 1.0),
        "bootstrap, fixed threshold": (lambda: fixed(scores, positives), 1.0),
        "loop, fixed threshold": (lambda: loops.bootstrap(scores, positives, THRESHOLD, asked.loop), share),
        "bootstrap, searched threshold": (
            lambda: threshold_interval(scores, positives, alone, f1_rule, resamples=RESAMPLES),
            1.0,
        ),
        "loop, searched threshold": (lambda: loops.searched(scores, positives, asked.loop), share),
    }
    agree(scores, positives)
    times = take_turns({name: each for name, (each, _) in work.items()}, asked.rounds, _say)
    for name, (_, factor) in work.items():
        times[name] = Times(*([factor * value for value in seen] for seen in (times[name].wall, times[name].cpu)))
    print(f"{machine()}\n\n{asked.pairs:,} scores, {RESAMPLES:,} resamples.\n\n{rows(times)}\n")
    print(
        f"The loops over resamples drew {asked.loop} and are counted {share:g} times.\n\n{gate_table(gates(times))}"
    )
    if asked.plot:
        draw(times, asked.plot)
    return 0


def fixed(scores: np.ndarray, positives: np.ndarray) -> np.ndarray:
    """Precision in every resample: one multinomial on the four cells, whatever n."""
    taken, right = scores >= THRESHOLD, positives == 1
    cells = np.array(
        [(taken & right).sum(), (taken & ~right).sum(), (~taken & right).sum(), (~taken & ~right).sum()]
    )
    drawn = np.random.default_rng(0).multinomial(cells.sum(), cells / cells.sum(), RESAMPLES)
    return np.asarray(drawn[:, 0] / drawn[:, :2].sum(axis=1))


def agree(scores: np.ndarray, positives: np.ndarray) -> None:
    """The quick ways say what the slow ones say: the same counts, and spreads that differ by chance alone."""
    counts = curve(scores, positives)
    for threshold, (precision, _, _) in zip(
        np.linspace(0, 1, loops.GRID), loops.sweep(scores, positives), strict=True
    ):
        at = np.searchsorted(-counts.thresholds, 1e-9 - threshold, side="right") - 1  # to rounding
        if at >= 0:
            assert abs(counts.precision[at] - precision) < 1e-9
    quick, slow = fixed(scores, positives), loops.bootstrap(scores, positives, THRESHOLD, 200)
    assert abs(quick.std() / slow.std() - 1) < 0.25
    cells = bootstrap_cells(group_cells(scores >= THRESHOLD, positives, np.arange(len(scores))), RESAMPLES)
    assert abs((cells[:, 0] / cells[:, :2].sum(axis=1)).std() / quick.std() - 1) < 0.2


def rows(times: dict[str, Times]) -> str:
    """Medians and extremes."""
    found = []
    for name, seen in times.items():
        cells = [f"{np.median(part):.4g} ({min(part):.4g}-{max(part):.4g})" for part in (seen.wall, seen.cpu)]
        found.append([name, *cells])
    return table(["", "seconds by the clock", "of the processor"], found)


def gates(times: dict[str, Times]) -> list[Gate]:
    """Ratios to the loops, and one in processor seconds."""

    def faster(slow: str, quick: str) -> float:
        return ratio(times[slow].cpu, times[quick].cpu).value

    return [
        Gate("every threshold by the loop", 50, faster(f"loop over {loops.GRID} thresholds", "every threshold")),
        Gate("fixed threshold by the loop", 1000, faster("loop, fixed threshold", "bootstrap, fixed threshold")),
        Gate(
            "searched threshold",
            2.5,
            float(np.median(times["bootstrap, searched threshold"].cpu)),
            least=False,
            unit=" s",
        ),
    ]


def draw(times: dict[str, Times], path: Path) -> None:
    """Bars of processor seconds, on a logarithmic scale."""
    import altair as alt
    import pandas as pd

    frame = pd.DataFrame({"what": list(times), "seconds": [float(np.median(seen.cpu)) for seen in times.values()]})
    across = alt.X("seconds:Q", title="seconds of the processor, median", scale=alt.Scale(type="log"))
    chart = alt.Chart(frame, width=420).mark_point(filled=True, size=90, color="#4c78a8")
    chart.encode(x=across, y=alt.Y("what:N", sort=None, title=None)).configure(background="white").save(path)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
