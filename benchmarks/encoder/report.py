"""What is measured, in which order, and the tables of it."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks.encoder import start
from benchmarks.encoder.backends import Encode, sentence_transformer
from benchmarks.encoder.contenders import FAST, FULL, REFERENCE, contenders, uncached
from benchmarks.encoder.large import write_large
from benchmarks.encoder.mixes import labelled, mixed_texts, short_texts
from benchmarks.encoder.quality import Quality, judge
from benchmarks.shared import Gate, Times, gate_table, machine, processor_kind, ratio, table, take_turns
from calibration import load_encoder
from calibration.encoding.bundled import unpack_bundled
from calibration.encoding.digests import Digests
from calibration.encoding.e5_folder import PROMPT
from calibration.encoding.encoder import SentenceEncoder
from calibration.encoding.engines.batch_size import WORTH as LONG_JOB
from calibration.encoding.engines.graph import WORTH as ALONE
from calibration.encoding.engines.int8 import compress
from calibration.encoding.engines.kept_graph import KeptGraph, kept_graph
from calibration.encoding.engines.processor import BFLOAT16, FLOAT32, INT8, fastest, instructions
from calibration.encoding.fast_model import GRAPH, FastModel
from calibration.encoding.fidelity import Fidelity
from calibration.encoding.recipe import read_recipe
from calibration.encoding.scheduling import Turns
from calibration.settings import models_dir

Say = Callable[[str], None]
MIXED = (REFERENCE, FULL, FAST)
"""Who encodes the larger mixes."""
FLOP_A_TOKEN = 2 * 12 * (4 * 384**2 + 2 * 384 * 1536)
"""Of the bundled model's matrix products: 12 layers of hidden size 384."""
AMX = fastest(instructions()) == BFLOAT16
"""Whether fast is 16-bit floats here; gates differ by the kind of processor."""
SINGLE = 15
"""Texts that are encoded one by one, each turn."""


def run(asked: argparse.Namespace, home: Path, say: Say) -> Iterator[str]:
    """All tables, each as soon as it is measured."""
    folder, gates = unpack_bundled(models_dir()), []
    peak = gemm_peak(384, 1536)
    yield f"{machine()}\n\nGEMM: {peak:.0f} GFLOP/s at the bundled model's size"
    found, missing = contenders("bundled", folder, PROMPT, home, engine=True)
    for encode in found.values():
        encode(short_texts(8, seed=9))
    if missing:
        yield f"Not run: {missing}."
    yield warmed(found)
    for name, texts in mixes(asked).items():
        those = found if name == "short" else {key: found[key] for key in MIXED if key in found}
        times = take_turns({key: _on(encode, texts) for key, encode in those.items()}, asked.rounds, say)
        yield f"### {name}: {len(texts)} texts\n\n{speed_table(times, texts)}"
        yield shares(times, texts, found, peak)
        gates += speed_gates(name, times)
        if asked.plot:
            from benchmarks.encoder.plot import add

            add(name, times)
    texts = short_texts(SINGLE, seed=3)
    times = take_turns({key: _one_by_one(found[key], texts) for key in found}, asked.rounds, say)
    yield f"### One text at a time: {SINGLE} texts\n\n{speed_table(times, texts)}"
    gates.append(Gate("one text, full", 1.7, _by_cpu(times, FULL)))
    if FAST in times:
        gates.append(Gate("one text, fast", 4.5, _by_cpu(times, FAST)))
    source, pairs = labelled(asked.data, asked.pairs)
    judged = judge(pairs, found[REFERENCE], {key: found[key] for key in found if key != REFERENCE})
    yield f"### Nearness to {REFERENCE}, on {len(pairs)} pairs of {source}\n\n{quality_table(judged)}"
    gates += quality_gates(judged)
    yield f"### Start and memory\n\n{start_table(str(folder), home, FAST in found)}"
    if asked.large:
        text, more = large(asked.large, home, FAST in found, say)
        yield text
        gates += more
    if asked.plot:
        from benchmarks.encoder.plot import draw

        draw(asked.plot)
    yield f"### Gates (ratios of processor time)\n\n{processor_kind()}\n\n{gate_table(gates)}"
    yield machine()


def warmed(found: dict[str, Encode]) -> str:
    """What a process that has worked for a while knows: its batch sizes, and that short texts come alone."""
    sizes = []
    for name in (FULL, FAST):
        if name in found:
            model = found[name].__self__  # type: ignore[attr-defined]
            sizes.append(f"{name} {model.engine.batch_tokens(LONG_JOB, Turns())}")
            for text in short_texts(4 * ALONE, seed=8):
                model.encode([text])
    return f"Tokens of a batch, measured here: {', '.join(sizes)}"


def mixes(asked: argparse.Namespace) -> dict[str, list[str]]:
    """Texts by the name of their mix."""
    found = {"short": short_texts(asked.short)}
    return found | {f"mix n={count}": mixed_texts(count) for count in asked.mixes}


def _on(encode: Encode, texts: list[str]) -> Callable[[], object]:
    return lambda: encode(texts)


def _one_by_one(encode: Encode, texts: list[str]) -> Callable[[], object]:
    return lambda: [encode([text]) for text in texts]


def _by_cpu(times: dict[str, Times], name: str) -> float:
    return ratio(times[REFERENCE].cpu, times[name].cpu).value


def speed_table(times: dict[str, Times], texts: list[str]) -> str:
    """Texts a second, and ratios to the reference by the clock and by processor time, medians and extremes."""
    rows = []
    for name, seen in times.items():
        rate = len(texts) / statistics.median(seen.wall)
        cpu = 1000 * statistics.median(seen.cpu) / len(texts)
        by = [str(ratio(getattr(times[REFERENCE], kind), getattr(seen, kind))) for kind in ("cpu", "wall")]
        rows.append([name, f"{rate:.1f}", f"{cpu:.1f}", *by])
    head = ["", "texts/s", "CPU ms a text", "ratio by CPU", "ratio by the clock"]
    return table(head, rows)


def shares(times: dict[str, Times], texts: list[str], found: dict[str, Encode], peak: float) -> str:
    """Which share of the best rate for 32-bit matrix products each reached, padding not counted as work."""
    model = found[FULL].__self__  # type: ignore[attr-defined]
    tokens = sum(min(count, model.max_tokens) for count in model.count_tokens(texts))
    work = tokens * FLOP_A_TOKEN / 1e9
    by = [f"{name} {work / statistics.median(seen.cpu) / peak:.0%}" for name, seen in times.items()]
    return f"{tokens:,} tokens; share of the best rate for matrix products: {', '.join(by)}"


def speed_gates(name: str, times: dict[str, Times]) -> list[Gate]:
    """Those of this mix."""
    full = {"short": 1.2, "mix n=500": 1.5, "mix n=1000": 1.35}
    fast = {"short": 3.3 if AMX else 3.2, "mix n=500": 2.7}
    found = [Gate(f"full, {name}", full[name], _by_cpu(times, FULL))] if name in full else []
    if name in fast and FAST in times:
        found.append(Gate(f"fast, {name}", fast[name], _by_cpu(times, FAST)))
    return found


def quality_table(judged: dict[str, Quality]) -> str:
    """A row a contender."""
    rows = []
    for name, q in judged.items():
        flips = f"{q.flips.hits} of {q.flips.n}: {q.flips.value:.2%} ({q.flips.low:.2%}-{q.flips.high:.2%})"
        rows.append([name, f"{q.mean:.6f}", f"{q.least:.6f}", f"{q.auc:+.5f}", f"{q.spearman:+.5f}", flips])
    return table(["", "cosine, mean", "least", "AUC", "Spearman", "decisions flipped (90%)"], rows)


def quality_gates(judged: dict[str, Quality]) -> list[Gate]:
    """Of full and of fast."""
    found = [Gate("full, least cosine", 0.99999, judged[FULL].least)]
    if FAST in judged:
        q = judged[FAST]
        found += [
            Gate("fast, mean cosine", 0.99999 if AMX else 0.9995, q.mean),
            Gate("fast, least cosine", 0.9999 if AMX else 0.999, q.least),
            Gate("fast, change of AUC", 0.002, abs(q.auc), least=False),
            Gate("fast, change of Spearman", 0.003, abs(q.spearman), least=False),
            Gate("fast, decisions flipped", 0.002 if AMX else 0.015, q.flips.value, least=False),
        ]
    return found


def start_table(folder: str, home: Path, fast: bool) -> str:
    """Seconds to the first vector and memory, each in a process of its own."""
    kinds = [kind for kind in start.KINDS if kind != "fast" or fast]
    rows = []
    for kind in kinds:
        seconds, memory = start.measure(kind, folder, home)
        rows.append([kind, f"{seconds:.1f}", f"{memory:.0f}"])
    return table(["", "seconds to the first vector", "memory, MiB"], rows)


def large(rounds: int, home: Path, fast: bool, say: Say) -> tuple[str, list[Gate]]:
    """One source against 100 short targets, and one text, by a model of GTE-large's size."""
    folder = write_large(home / "large")
    found = {REFERENCE: sentence_transformer(folder, "")}
    found[FULL] = uncached(load_encoder(str(folder), "cpu", home, models_dir=home, compute="full")).encode
    if fast:
        began = time.perf_counter()
        found[FAST] = fast_unchecked(folder, home).encode
        say(f"converted in {time.perf_counter() - began:.0f} s")
    texts, gates = short_texts(101, seed=5), []
    for encode in found.values():
        encode(texts[:2])
    times = take_turns({key: _on(encode, texts) for key, encode in found.items()}, rounds, say)
    single = take_turns({key: _one_by_one(found[key], texts[:3]) for key in found}, rounds, say)
    if fast:
        gates += [Gate("fast, large, 1 x 100", 5.0 if AMX else 2.5, _by_cpu(times, FAST))]
        gates += [Gate("one text, fast, large", 5.0, _by_cpu(single, FAST))]
    if AMX:
        seconds = statistics.median(times[FAST].cpu)
        gates += [Gate("fast, large, 1 x 100, processor seconds", 1.2, seconds, least=False)]
    said = f"### GTE-large's size, random weights: 1 x 100\n\nGEMM: {gemm_peak(1024, 4096):.0f} GFLOP/s.\n\n"
    said += speed_table(times, texts)
    return said + f"\n\nOne text at a time:\n\n{speed_table(single, texts[:3])}", gates


def fast_unchecked(folder: Path, home: Path) -> SentenceEncoder:
    """A model at compute fast that is not compared with full: with random weights the comparison means nothing."""
    graph = kept_graph("large", folder, read_recipe(folder), "large", home, Digests())
    assert isinstance(graph, KeptGraph)
    place, arithmetic = home / "converted", fastest(instructions())
    place.mkdir()
    if arithmetic == INT8:
        compress(graph.source, place / GRAPH)
    made = FastModel(place, arithmetic, "random", Fidelity(0, 1.0, 1.0, 0.0), 0.0, 1.0)
    return SentenceEncoder(folder, device="cpu", graph=graph, fast=None if arithmetic == FLOAT32 else made)


def gemm_peak(inner: int, outer: int, tokens: int = 1024) -> float:
    """GFLOP of 32-bit matrix products a second of processor time, at a model's own sizes."""
    a, b = torch.randn(tokens, inner), torch.randn(inner, outer)
    rates = []
    for _ in range(7):
        began = time.process_time()
        for _ in range(4):
            a @ b
        rates.append(4 * 2 * tokens * inner * outer / (time.process_time() - began) / 1e9)
    return float(np.median(rates[1:]))
