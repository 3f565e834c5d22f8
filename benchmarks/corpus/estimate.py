"""`python -m benchmarks.corpus.estimate`: what `simtier estimate` predicts beside what was measured."""

from __future__ import annotations

import argparse
import time

import numpy as np

from calibration.capacity.constants import measure_constants
from calibration.capacity.estimate import COMPARE, ENCODE, Corpus, stages
from calibration.capacity.schedule import Cluster
from calibration.corpus.leaders import find_leaders
from calibration.encoding.load import load_encoder
from calibration.encoding.speed import short_texts
from calibration.scoring.similarity import DEFAULT_OPTIONS, EncodedTexts


def measured(encode: int, compare: int, dim: int, seed: int = 1) -> tuple[float, float]:
    """Processor seconds to encode so many texts and to compare so many random vectors."""
    encoder = load_encoder().uncached
    texts = short_texts(encode, seed)
    begun = time.process_time()
    encoder.encode(texts)
    encoding = time.process_time() - begun
    vectors = np.random.default_rng(seed).standard_normal((compare, dim), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    held = EncodedTexts(vectors, np.arange(compare + 1), np.ones(compare, np.intp), np.zeros(compare, bool))
    begun = time.process_time()
    find_leaders(held, np.arange(compare), 0.99, DEFAULT_OPTIONS)
    return encoding, time.process_time() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus.estimate", description=__doc__)
    parser.add_argument("--encode", type=int, nargs="*", default=[1_000, 10_000], help="numbers of texts")
    parser.add_argument("--compare", type=int, nargs="*", default=[10_000, 50_000, 100_000], help="of vectors")
    parser.add_argument("--dim", type=int, default=384)
    asked = parser.parse_args()
    constants = measure_constants(load_encoder().uncached)
    print("| stage | n | predicted, processor s | measured | error |\n|---|---:|---:|---:|---:|")
    for name, sizes in ((ENCODE, asked.encode), (COMPARE, asked.compare)):
        for n in sizes:
            found = {stage.name: stage for stage in stages(Corpus(n, asked.dim), constants, Cluster())}
            predicted = found[name].core_hours * 3600
            taken = measured(n, 2, asked.dim)[0] if name == ENCODE else measured(1, n, asked.dim)[1]
            error = predicted / taken - 1
            print(f"| {name} | {n:,} | {predicted:.1f} | {taken:.1f} | {error:+.0%} |", flush=True)


if __name__ == "__main__":
    main()
