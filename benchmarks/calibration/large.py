"""What `fit`, `evaluate` and `compare` take on millions of scored pairs: `python -m benchmarks.calibration.large`.

The pairs are made up: three a query, of two domains, one in a hundred repeated. Each command runs in a process of
its own, whose peak resident memory and processor time the system reports.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.shared import machine, table

PART: Final = 500_000
"""Rows of a file."""
A_QUERY: Final = 3
SAME: Final = 0.4
"""Share of the pairs that are the same."""
HEAD: Final = ("command", "rows", "processor seconds", "seconds", "peak memory, MB", "bytes a row")


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    command: str
    rows: int
    cpu: float
    wall: float
    peak: int

    def row(self, base: int) -> list[str]:
        """As a line of a table; base: bytes that the command takes for next to no rows."""
        a_row = (self.peak - base) / self.rows
        return [
            self.command,
            f"{self.rows:,}",
            f"{self.cpu:.0f}",
            f"{self.wall:.0f}",
            f"{self.peak / 1e6:,.0f}",
            f"{a_row:.0f}",
        ]


def write_parts(folder: Path, rows: int, seed: int = 1) -> None:
    """Scored, labelled pairs as Parquet files of PART rows."""
    random = np.random.default_rng(seed)
    for number, start in enumerate(range(0, rows, PART)):
        size = min(PART, rows - start)
        pq.write_table(_pairs(start, size, random), folder / f"part-{number:05d}.parquet")


def _pairs(start: int, size: int, random: np.random.Generator) -> pa.Table:
    """Pairs from `start` on: scores of those that are the same are higher by 1.8 standard deviations on average."""
    places = np.arange(start, start + size)
    again = random.random(size) < 0.01
    places[again] = start + random.integers(size, size=int(again.sum()))
    draw = np.random.default_rng([start, 7])  # by place, so that a repeated pair has the label and score it had
    label = (draw.random(size) < SAME)[places - start]
    noise = draw.standard_normal(size)[places - start]
    score = np.clip(0.86 + 0.04 * (noise + 1.8 * label), -1.0, 1.0)
    query = places // A_QUERY
    return pa.table(
        {
            "text_a": _written("怎么查询订单", query, "的物流进度"),
            "text_b": _written("我的", places, "号订单现在送到哪里了"),
            "label": pa.array(label.astype(np.int8)),
            "domain": pa.array(np.where(query % 5 < 2, "bank", "shop")),
            "score": pa.array(score),
        }
    )


def _written(before: str, numbers: np.ndarray, after: str) -> pa.Array:
    return pc.binary_join_element_wise(before, pa.array(numbers).cast(pa.string()), after, "")


def measure(name: str, rows: int, arguments: Sequence[str]) -> Cost:
    """Run a command of SimTier in a process of its own. Raises RuntimeError where it fails."""
    command = [sys.executable, "-m", "calibration", *arguments, "--json"]
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out)  # noqa: S603 (our own command)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{name}: exit {child.returncode}")
    wall = time.perf_counter() - start
    return Cost(name, rows, used.ru_utime + used.ru_stime, wall, _bytes(used.ru_maxrss))


def _bytes(maxrss: int) -> int:
    """The peak that the system reports, in bytes: Linux counts KiB, macOS bytes."""
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def compare(rows: Sequence[int], folder: Path) -> tuple[int, list[Cost]]:
    """Bytes that `fit` takes for 1,000 rows, and every command at every size."""
    found: list[Cost] = []
    base = 0
    for size in (1000, *rows):
        parts, policy = folder / f"rows-{size}", folder / "policy.json"
        parts.mkdir()
        write_parts(parts, size)
        work = {"fit": [parts, "-o", policy], "evaluate": [policy, parts], "compare": [policy, policy, parts]}
        for name, given in work.items():
            cost = measure(name, size, [name, *map(str, given), "--scored"])
            print(f"{name}, {size:,} rows: {cost.cpu:.0f} s, {cost.peak / 1e6:,.0f} MB", file=sys.stderr)
            base = base or cost.peak
            found += [cost] if size > 1000 else []
    return base, found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table as Markdown, or the figures as JSON, on stdout; progress on stderr."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.calibration.large", description=__doc__)
    made.add_argument("--rows", type=int, nargs="+", default=[1_000_000], help="pairs (default %(default)s)")
    made.add_argument("--json", action="store_true", help="figures as JSON")
    asked = made.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        base, found = compare(asked.rows, Path(folder))
    if asked.json:
        print(json.dumps({"machine": machine(), "base": base, "costs": [vars(cost) for cost in found]}))
    else:
        print(machine(), table(HEAD, [cost.row(base) for cost in found]), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
