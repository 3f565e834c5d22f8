"""`python -m benchmarks.corpus`: SimTier beside semhash and plain FAISS on the same vectors, in one run."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.corpus.contenders import DEDUP, MATCH, QUERIES, THRESHOLD, K
from benchmarks.corpus.vectors import DIM, make

CHECKED = 2000
"""Rows whose neighbours are checked exactly, drawn at random."""


def options() -> argparse.Namespace:
    """What is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    hours = "numbers of vectors; the work grows with their square, so that 1000000 take hours"
    parser.add_argument("--dedup", type=int, nargs="*", default=[10_000, 100_000], help=hours)
    room = "numbers of vectors; 1000000 take 8 GB of disk, 5 GB of memory and some minutes"
    parser.add_argument("--match", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help=room)
    parser.add_argument("--dim", type=int, default=DIM)
    parser.add_argument(
        "--slow", type=int, default=100_000, help="skip FAISS HNSW and semhash above so many vectors"
    )
    parser.add_argument("--timeout", type=float, default=1800, help="seconds after which a contender is stopped")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="contenders to run, by their names in the tables")
    parser.add_argument("--folder", type=Path, help="where vectors lie between runs (default: a temporary one)")
    parser.add_argument("--json", type=Path, help="also write every number here")
    return parser.parse_args()


def run(job: str, name: str, vectors: Path, timeout: float) -> tuple[dict[str, float], np.ndarray] | None:
    """One contender in a process of its own; None where it was stopped or failed."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.npy"
        command = [sys.executable, "-m", "benchmarks.corpus.contenders", job, name, str(vectors), str(out)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            return None
        if done.returncode:
            print(done.stderr[-2000:], file=sys.stderr)
            return None
        return json.loads(done.stdout.splitlines()[-1]), np.load(out)


def left_out(asked: argparse.Namespace, name: str) -> bool:
    """Whether only others were asked for."""
    return asked.only is not None and name not in asked.only


def checked(vectors: np.ndarray, stands: np.ndarray, seed: int = 2) -> tuple[float, float]:
    """Of a sample of kept rows, the share that another kept row reaches (missed duplicates); and of a sample of
    removed rows, the share that no kept row reaches (removed without a reason). Exact, in single precision.
    """
    rng = np.random.default_rng(seed)
    kept = np.flatnonzero(stands == np.arange(len(stands)))
    gone = np.flatnonzero(stands != np.arange(len(stands)))
    return (
        _share(vectors, rng.permutation(kept)[:CHECKED], kept, itself=True),
        1.0 - _share(vectors, rng.permutation(gone)[:CHECKED], kept, itself=False) if len(gone) else 0.0,
    )


def _share(vectors: np.ndarray, rows: np.ndarray, kept: np.ndarray, *, itself: bool) -> float:
    import torch

    asked, best = torch.from_numpy(np.array(vectors[rows])), np.full(len(rows), -1.0)
    for at in range(0, len(kept), 16_384):
        block = kept[at : at + 16_384]
        scores = (asked @ torch.from_numpy(np.array(vectors[block])).T).numpy()
        if itself:
            scores[rows[:, None] == block[None, :]] = -1.0
        best = np.maximum(best, scores.max(axis=1))
    return float((best >= THRESHOLD + 1e-5).mean() if itself else (best >= THRESHOLD - 1e-5).mean())


def dedup(asked: argparse.Namespace, path: Path, n: int) -> list[dict[str, object]]:
    """Every contender on n vectors."""
    vectors, rows = np.load(path, mmap_mode="r"), []
    for name in DEDUP:
        found = (
            None
            if (n > asked.slow and name in ("semhash", "FAISS HNSW")) or left_out(asked, name)
            else run("dedup", name, path, asked.timeout)
        )
        row: dict[str, object] = {"job": "dedup", "n": n, "name": name}
        if found is not None:
            told, stands = found
            missed, wrong = checked(vectors, stands)
            row |= told | {"kept": int((stands == np.arange(n)).sum()), "missed": missed, "wrong": wrong}
        rows.append(row)
        print(row, file=sys.stderr, flush=True)
    return rows


def match(asked: argparse.Namespace, path: Path, n: int) -> list[dict[str, object]]:
    """Every contender on n vectors; recall against the first, which is exact."""
    rows: list[dict[str, object]] = []
    truth: np.ndarray | None = None
    for name in MATCH:
        skipped = (n > asked.slow and name == "FAISS HNSW") or left_out(asked, name)
        found = None if skipped else run("match", name, path, asked.timeout)
        row: dict[str, object] = {"job": "match", "n": n, "name": name}
        if found is not None:
            told, positions = found
            truth = positions if truth is None else truth
            hits = sum(len(set(a) & set(b)) for a, b in zip(truth.tolist(), positions.tolist(), strict=True))
            row |= told | {"recall": hits / truth.size}
        rows.append(row)
        print(row, file=sys.stderr, flush=True)
    return rows


def table(rows: list[dict[str, object]], job: str) -> str:
    """The results of one job as Markdown."""
    heads = {
        "dedup": "| vectors | contender | seconds | processor s | extra memory | kept | missed | without reason |",
        "match": f"| vectors | contender | seconds | processor s | extra memory | recall@{K} |",
    }
    lines = [heads[job], "|---:|---|" + "---:|" * (heads[job].count("|") - 3)]
    for row in rows:
        if row["job"] != job:
            continue
        if "seconds" not in row:
            lines.append(f"| {row['n']:,} | {row['name']} | not run or stopped |")
            continue
        cells = (
            f"| {row['n']:,} | {row['name']} | {row['seconds']:.1f} | {row['cpu']:.1f} | {row['above_mb']:,.0f} MB"
        )
        if job == "dedup":
            cells += f" | {row['kept']:,} | {row['missed']:.2%} | {row['wrong']:.2%} |"
        else:
            cells += f" | {row['recall']:.4f} |"
        lines.append(cells)
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    asked = options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows: list[dict[str, object]] = []
        for n in sorted({*asked.dedup, *asked.match}):
            path = folder / f"vectors-{n}-{asked.dim}.npy"
            if not path.exists():
                make(path, n, asked.dim)
            rows += dedup(asked, path, n) if n in asked.dedup else []
            rows += match(asked, path, n) if n in asked.match else []
            if asked.folder is None:
                path.unlink()
    print(f"Deduplication at cosine >= {THRESHOLD}, {asked.dim} dimensions:\n\n{table(rows, 'dedup')}\n")
    print(f"The best {K} of each of {QUERIES:,} queries:\n\n{table(rows, 'match')}")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
