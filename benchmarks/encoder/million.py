"""`python -m benchmarks.encoder.million`: whether the memory of `embed` grows with the number of texts.

By a model of one small layer, so that a million texts take minutes: what is measured is everything around it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.encoder.large import write_large
from benchmarks.shared import machine, table

HIDDEN = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table: a row a size, each in a process of its own, with nothing in its cache."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.encoder.million", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help="texts")
    sizes = parser.parse_args(arguments).sizes
    with tempfile.TemporaryDirectory() as home:
        model = write_large(Path(home) / "small", layers=1, hidden=HIDDEN)
        rows = [[f"{size:,}", *_embed(size, model, Path(home))] for size in sizes]
    print(machine())
    print(table(["texts", "seconds", "texts/s", "peak memory of the process, MiB", "vectors, MiB"], rows))
    return 0


def _embed(size: int, model: Path, home: Path) -> list[str]:
    """Seconds, texts a second, peak memory, and the size of what was written."""
    source, out, data = home / f"{size}.csv", home / f"{size}.npy", home / f"data{size}"
    with source.open("w", encoding="utf-8") as file:
        file.write("title\n")
        file.writelines(f"第{at}号订单的退货怎么办理\n" for at in range(size))
    embed = [sys.executable, "-m", "calibration", "embed"]
    command = [*embed, source, "-o", out, "--model", model, "--data-dir", data]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"embed ended with {process.returncode}")
    seconds = time.perf_counter() - began
    written = out.stat().st_size / 2**20
    return [f"{seconds:.0f}", f"{size / seconds:,.0f}", f"{_mebibytes(used):,.0f}", f"{written:,.0f}"]


def _mebibytes(used: resource.struct_rusage) -> float:
    """Peak resident memory; Linux counts it in KiB, macOS in bytes."""
    return used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    sys.exit(main())
