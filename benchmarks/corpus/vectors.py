"""Unit vectors with topics and planted near-duplicates, the same for the same size and seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

TOPICS = 500
DIM = 1024
DUPLICATES = 0.2
STEP = 50_000


def make(path: Path, n: int, dim: int = DIM, seed: int = 0) -> None:
    """Write n float32 unit vectors as .npy.

    Four fifths lie around TOPICS centres, at a cosine of about 0.6 to others of their topic; the last fifth are
    copies of some of these, moved away to a cosine between 0.85 and 0.99.
    """
    rng = np.random.default_rng(seed)
    array = np.lib.format.open_memmap(path, "w+", np.float32, (n, dim))
    centres = unit(rng.normal(size=(TOPICS, dim)))
    originals = n - int(n * DUPLICATES)
    for at in range(0, n, STEP):
        end = min(at + STEP, n)
        for low, high, planted in ((at, min(end, originals), False), (max(at, originals), end, True)):
            size = high - low
            if size <= 0:
                continue
            noise = unit(rng.normal(size=(size, dim)))
            if planted:
                near = array[np.sort(rng.integers(0, originals, size))]
                cosine = rng.uniform(0.85, 0.99, (size, 1))
                array[low:high] = unit(cosine * near + np.sqrt(1 - cosine**2) * noise)
            else:
                array[low:high] = unit(np.sqrt(0.6) * centres[rng.integers(0, TOPICS, size)] + np.sqrt(0.4) * noise)
    array.flush()


def queries(path: Path, count: int, seed: int = 1) -> np.ndarray:
    """`count` vectors near some of those at `path`, at a cosine of 0.8."""
    rng, base = np.random.default_rng(seed), np.load(path, mmap_mode="r")
    near = np.array(base[np.sort(rng.choice(len(base), count, replace=False))])
    return unit(0.8 * near + 0.6 * unit(rng.normal(size=near.shape))).astype(np.float32)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows at length 1, float32."""
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
