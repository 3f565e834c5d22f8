"""The contenders, each in a process of its own: `python -m benchmarks.corpus.contenders JOB NAME VECTORS OUT`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.corpus.vectors import queries

THRESHOLD = 0.9
K = 10
QUERIES = 1000
NEIGHBOURS = 32
Vectors = np.ndarray


def encoded(vectors: Vectors):  # type: ignore[no-untyped-def]
    """Vectors as the library has them after encoding."""
    from calibration.encoded import EncodedTexts

    nothing = np.zeros(len(vectors), np.intp)
    return EncodedTexts(vectors, np.arange(len(vectors) + 1), nothing, nothing.astype(bool))


def simtier_dedup(vectors: Vectors) -> Vectors:
    """The representative of every row."""
    from calibration.corpus.leaders import find_leaders
    from calibration.encoded import DEFAULT_OPTIONS

    order = np.arange(len(vectors))
    return find_leaders(encoded(vectors), order, THRESHOLD, DEFAULT_OPTIONS).representative


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


def faiss_flat_dedup(vectors: Vectors) -> Vectors:
    """Exact: a range search of every vector in a flat index."""
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
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
    """(q, k) positions."""
    from calibration.corpus.nearest import nearest
    from calibration.encoded import DEFAULT_OPTIONS

    n = len(vectors)
    together = encoded(np.concatenate([vectors, asked]))
    found = nearest(together, np.arange(n, n + len(asked)), np.arange(n), K, DEFAULT_OPTIONS)
    return np.stack([rows[:K] for rows, _ in found])


def simtier_search(vectors: Vectors, asked: Vectors) -> Vectors:
    """What `search` does with exported vectors: single precision, a block at a time."""
    from calibration.corpus.search import best_of

    blocks = (np.array(vectors[at : at + 65_536]) for at in range(0, len(vectors), 65_536))
    return best_of(asked, blocks, K)[0]


def faiss_flat_match(vectors: Vectors, asked: Vectors) -> Vectors:
    """Exact."""
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index.search(asked, K)[1]


def faiss_hnsw_match(vectors: Vectors, asked: Vectors) -> Vectors:
    """Approximate; building is counted."""
    index = hnsw(vectors.shape[1])
    index.add(vectors)
    return index.search(asked, K)[1]


DEDUP: dict[str, Callable[[Vectors], Vectors]] = {
    "SimTier": simtier_dedup,
    "FAISS flat": faiss_flat_dedup,
    "FAISS HNSW": faiss_hnsw_dedup,
    "semhash": semhash_dedup,
}
MATCH: dict[str, Callable[[Vectors, Vectors], Vectors]] = {
    "SimTier match": simtier_match,
    "SimTier search": simtier_search,
    "FAISS flat": faiss_flat_match,
    "FAISS HNSW": faiss_hnsw_match,
}


def main() -> None:
    """Run one contender; its answer goes to OUT.npy, seconds and peak memory to stdout."""
    job, name, source, out = sys.argv[1:]
    path = Path(source)
    mapped = np.load(path, mmap_mode="r")
    vectors = mapped if name == "SimTier search" else np.array(mapped)
    asked = queries(path, QUERIES) if job == "match" else None
    warm = vectors[:64]  # imports and first calls are no part of the work
    _ = DEDUP[name](np.array(warm)) if asked is None else MATCH[name](np.array(warm), asked[:2])
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    cpu = time.process_time()
    answer = DEDUP[name](vectors) if asked is None else MATCH[name](vectors, asked)
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    np.save(out, answer)
    told = {"seconds": seconds, "cpu": used, "peak_mb": peak / 1024, "above_mb": (peak - before) / 1024}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
