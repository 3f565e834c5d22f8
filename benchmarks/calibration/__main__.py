"""Run the benchmark: `python -m benchmarks.calibration --help`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.calibration.adversarial import adversarial_pools
from benchmarks.calibration.further import SECTIONS, section
from benchmarks.calibration.methods import all_methods
from benchmarks.calibration.pools import SIZE, Pool, simulated_pools
from benchmarks.calibration.shared import real_pools
from benchmarks.calibration.simulate import Result, simulate
from benchmarks.calibration.tables import report
from benchmarks.calibration.timing import Timing, time_methods

SIZES = (50, 100, 300, 1000, 2000)
TIMED = (*SIZES, 10_000, 100_000, 1_000_000)
QUICK_SIZES = (50, 120)
SMALL = 20_000
"""Pairs in a simulated pool for `--only`, which judges in Python what others judge by a sorted search."""


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    made.add_argument("--reps", type=int, default=200, help="samples of every pool and size (default %(default)s)")
    made.add_argument("--sizes", type=int, nargs="+", help=f"numbers of labels (default {SIZES})")
    made.add_argument("--delta", type=float, default=0.1, help="error allowed (default %(default)s)")
    made.add_argument("--seed", type=int, default=1, help="seed of the samples (default %(default)s)")
    made.add_argument("--data", type=Path, help="folder with lcqmc_dev.txt and bq_dev.csv, for pools of real pairs")
    made.add_argument("--adversarial", action="store_true", help="24 pools that try to break the methods, instead")
    made.add_argument("--methods", nargs="+", help="only methods whose names start like this")
    made.add_argument(
        "--only", choices=tuple(SECTIONS), help="one of the further numbers of docs/method.md, instead"
    )
    made.add_argument("--json", type=Path, help="write every result here")
    made.add_argument("--plot", type=Path, help="draw here, .svg or .png (needs vl-convert-python)")
    made.add_argument("--no-times", action="store_true", help="do not time the methods")
    made.add_argument("--quick", action="store_true", help="small pools, 50 and 120 labels: does it still run?")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Print the tables as Markdown on stdout, progress on stderr."""
    asked = parser().parse_args(arguments)
    if asked.reps < 2:
        parser().error("--reps: at least 2, or there is no standard error")
    methods = [m for m in all_methods() if not asked.methods or m.name.startswith(tuple(asked.methods))]
    if not methods and asked.only != "sequential":
        parser().error(f"--methods: none of {', '.join(method.name for method in all_methods())}")
    size, real = (2_000, 200) if asked.quick else (SMALL if asked.only else SIZE, None)
    made = adversarial_pools(size) if asked.adversarial else simulated_pools(size)
    pools = made + real_pools(asked.data, real)
    if asked.only:
        print(section(asked.only, pools, asked.reps, asked.delta, asked.seed, _say, asked.methods))
        return 0
    sizes = tuple(asked.sizes or (QUICK_SIZES if asked.quick else SIZES))
    started = time.perf_counter()
    results = simulate(pools, methods, sizes, asked.reps, asked.delta, asked.seed, _say)
    timed = () if asked.no_times else (sizes if asked.quick else TIMED)
    timings = time_methods(methods, timed, asked.delta, asked.seed, _say) if timed else []
    print(report(results, timings, asked.delta))
    _say(f"{time.perf_counter() - started:.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps(_plain(asked, pools, results, timings), indent=1), encoding="utf-8")
    if asked.plot:
        from benchmarks.calibration.plot import draw

        draw(results, asked.delta, asked.plot)
    return 0


def _plain(
    asked: argparse.Namespace, pools: list[Pool], results: list[Result], timings: list[Timing]
) -> dict[str, Any]:
    return {
        "settings": {"repetitions": asked.reps, "delta": asked.delta, "seed": asked.seed},
        "pools": [{"name": p.name, "kind": p.kind, "target": p.target, "oracle_recall": p.oracle} for p in pools],
        "results": [_without_nan(asdict(result)) for result in results],
        "timings": [asdict(timing) for timing in timings],
    }


def _without_nan(value: Any) -> Any:
    """JSON knows no NaN: null."""
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if value != value else value


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
