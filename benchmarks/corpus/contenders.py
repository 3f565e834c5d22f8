"""The contenders, each in a process of its own: `python -m benchmarks.corpus.contenders JOB NAME VECTORS OUT`."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.corpus.vectors import STEP, queries

THRESHOLD = 0.9
K = 10
QUERIES = 1000
NEIGHBOURS = 32
Vectors = np.ndarray


def encoded(vectors: Vectors):  # type: ignore[no-untyped-def]
    """Vectors as the library has them after encoding."""
    from calibration.scoring.similarity import EncodedTexts

    nothing = np.zeros(len(vectors), np.intp)
    return EncodedTexts(vectors, np.arange(len(vectors) + 1), nothing, nothing.astype(bool))


def simtier_dedup(vectors: Vectors) -> Vectors:
    """The representative of every row."""
    from calibration.corpus.leaders import find_leaders
    from calibration.scoring.similarity import DEFAULT_OPTIONS

    order = np.arange(len(vectors))
    return find_leaders(encoded(vectors), order, THRESHOLD, DEFAULT_OPTIONS).representative


def simtier_approximate_dedup(vectors: Vectors) -> Vectors:
    """`dedup --approximate`: an index says who comes into question. Building it is counted, measuring it is not."""
    from calibration.corpus.approximate import near_pairs
    from calibration.corpus.pair_leaders import leaders_of_pairs
    from calibration.scoring.similarity import DEFAULT_OPTIONS

    pairs = near_pairs(encoded(vectors), THRESHOLD, DEFAULT_OPTIONS)
    return leaders_of_pairs(pairs, np.arange(len(vectors))).representative


def greedy(n: int, neighbours: Callable[[int], Vectors]) -> Vectors:
    """Rows in order; each takes the later ones that its neighbours are, unless they are taken."""
    stands = np.arange(n)
    taken = np.zeros(n, bool)
    for row in range(n):
        if not taken[row]:
            near = neighbours(row)
            near = near[(near > row) & ~taken[near]]
            stands[near] = row
            taken[near] = True
    return stands


def flat(vectors: Vectors):  # type: ignore[no-untyped-def]
    """A flat index, which holds a copy of its own."""
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    for at in range(0, len(vectors), STEP):
        index.add(np.array(vectors[at : at + STEP]))
    return index


def faiss_flat_dedup(vectors: Vectors) -> Vectors:
    """Exact: a range search of every vector in a flat index."""
    index = flat(vectors)
    limits, _, found = index.range_search(vectors, THRESHOLD)
    return greedy(len(vectors), lambda row: found[limits[row] : limits[row + 1]])


def _approximate(index, vectors: Vectors) -> Vectors:  # type: ignore[no-untyped-def]
    index.add(vectors)
    scores, found = index.search(vectors, NEIGHBOURS)
    return greedy(len(vectors), lambda row: found[row][(scores[row] >= THRESHOLD) & (found[row] >= 0)])


def faiss_hnsw_dedup(vectors: Vectors) -> Vectors:
    """Approximate: HNSW with M = 32, efSearch = 64."""
    return _approximate(hnsw(vectors.shape[1]), vectors)


def hnsw(dim: int):  # type: ignore[no-untyped-def]
    """An HNSW index."""
    import faiss

    index = faiss.IndexHNSWFlat(dim, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = 64
    return index


def semhash_dedup(vectors: Vectors) -> Vectors:
    """semhash over its default index; records are row numbers. It does not chain either: first come, first kept."""
    from semhash import SemHash

    class NoModel:
        def encode(self, *_: object, **__: object) -> Vectors:
            raise RuntimeError("vectors are given")

    records = [str(row) for row in range(len(vectors))]
    found = SemHash.from_embeddings(vectors, records, NoModel()).self_deduplicate(THRESHOLD)
    stands = np.arange(len(vectors))
    for record in found.filtered:
        near = [int(other) for other, _ in record.duplicates]
        stands[int(record.record)] = near[0] if near else -1
    return stands


def simtier_match(vectors: Vectors, asked: Vectors) -> Vectors:
    """(q, k) positions; the queries are the last of the vectors, as the library has all texts of a job together."""
    from calibration.corpus.nearest import nearest
    from calibration.scoring.similarity import DEFAULT_OPTIONS

    n = len(vectors) - len(asked)
    found = nearest(encoded(vectors), np.arange(n, len(vectors)), np.arange(n), K, DEFAULT_OPTIONS)
    return np.stack([rows[:K] for rows, _ in found])


def simtier_search(vectors: Vectors, asked: Vectors) -> Vectors:
    """What `search` does with exported vectors: single precision, a block at a time."""
    from calibration.corpus.search import best_of

    blocks = (np.array(vectors[at : at + 65_536]) for at in range(0, len(vectors), 65_536))
    return best_of(asked, blocks, K)[0]


def faiss_flat_match(vectors: Vectors, asked: Vectors) -> Vectors:
    """Exact."""
    return flat(vectors).search(asked, K)[1]


def faiss_hnsw_match(vectors: Vectors, asked: Vectors) -> Vectors:
    """Approximate; building is counted."""
    index = hnsw(vectors.shape[1])
    index.add(vectors)
    return index.search(asked, K)[1]


DEDUP: dict[str, Callable[[Vectors], Vectors]] = {
    "SimTier": simtier_dedup,
    "SimTier from a file": simtier_dedup,
    "SimTier --approximate": simtier_approximate_dedup,
    "FAISS flat": faiss_flat_dedup,
    "FAISS HNSW": faiss_hnsw_dedup,
    "semhash": semhash_dedup,
}
MATCH: dict[str, Callable[[Vectors, Vectors], Vectors]] = {
    "SimTier match": simtier_match,
    "SimTier match from a file": simtier_match,
    "SimTier search": simtier_search,
    "FAISS flat": faiss_flat_match,
    "FAISS HNSW": faiss_hnsw_match,
}


TOGETHER = ("SimTier match", "SimTier match from a file")
MAPPED = ("SimTier search", "SimTier from a file", "FAISS flat")
"""Who takes the vectors out of their file, one block after the other."""


def loaded(name: str, path: Path, asked: Vectors | None) -> Vectors:
    """The vectors as a contender has them: in memory, or in a file; with the queries behind them for TOGETHER."""
    mapped = np.load(path, mmap_mode="c")
    if asked is None or name not in TOGETHER:
        return mapped if name in MAPPED else np.array(mapped)
    shape = (len(mapped) + len(asked), mapped.shape[1])
    made = in_a_file(shape) if name.endswith("file") else np.empty(shape, np.float32)
    for at in range(0, len(mapped), STEP):
        end = min(at + STEP, len(mapped))
        made[at:end] = mapped[at:end]
    made[len(mapped) :] = asked
    return made


def in_a_file(shape: tuple[int, int]) -> Vectors:
    """Room in a file without a name, which goes with the process."""
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, np.float32, "w+", shape=shape)


class Memory(threading.Thread):
    """The most memory of its own (RssAnon) that the process has; pages of files, which may go, are not in it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.first = self.most = self._now()
        self._end = threading.Event()

    def run(self) -> None:
        """Look every 20 ms."""
        while not self._end.wait(0.02):
            self.most = max(self.most, self._now())

    def end(self) -> float:
        """By how many MB it grew."""
        self._end.set()
        return (self.most - self.first) / 1024

    def _now(self) -> int:
        told = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in told if line.startswith("RssAnon"))


def main() -> None:
    """Run one contender; its answer goes to OUT.npy, seconds and memory to stdout."""
    job, name, source, out = sys.argv[1:]
    path = Path(source)
    asked = queries(path, QUERIES) if job == "match" else None
    vectors = loaded(name, path, asked)
    warm = np.array(vectors[:64])  # imports and first calls are no part of the work
    _ = DEDUP[name](warm) if asked is None else MATCH[name](warm, asked[:2])
    memory = Memory()
    memory.start()
    started, cpu = time.perf_counter(), time.process_time()
    answer = DEDUP[name](vectors) if asked is None else MATCH[name](vectors, asked)
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    told = {"seconds": seconds, "cpu": used, "above_mb": memory.end()}
    np.save(out, answer)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
