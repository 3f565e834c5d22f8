"""Run the benchmark: `python -m benchmarks.encoder --help`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.encoder", description=__doc__)
    made.add_argument("--rounds", type=int, default=3, help="turns of every contender (default %(default)s)")
    made.add_argument("--cores", type=int, default=1, help="cores to use, a thread each (default %(default)s)")
    made.add_argument("--short", type=int, default=400, help="short texts (default %(default)s)")
    made.add_argument("--mixes", type=int, nargs="*", default=[500, 1000], help="texts of the mixes with 2%% long")
    made.add_argument("--pairs", type=int, default=1000, help="labelled pairs to judge quality by")
    made.add_argument("--data", type=Path, help="folder with lcqmc_dev.txt; else the sample datasets")
    made.add_argument("--large", type=int, default=2, metavar="ROUNDS", help="turns of GTE-large's size; 0: none")
    made.add_argument("--plot", type=Path, help="draw here, .svg or .png")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Print the tables as Markdown on stdout, progress on stderr."""
    asked = parser().parse_args(arguments)
    os.environ["OMP_NUM_THREADS"] = str(asked.cores)  # before anything that computes is imported
    os.sched_setaffinity(0, set(list(os.sched_getaffinity(0))[: asked.cores]))
    from benchmarks.encoder.report import run

    with tempfile.TemporaryDirectory() as home:
        for part in run(asked, Path(home), lambda line: print(line, file=sys.stderr, flush=True)):
            print(f"{part}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
