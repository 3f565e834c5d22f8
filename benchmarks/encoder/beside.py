"""sentence-transformers' OpenVINO and ONNX backends beside SimTier: `python -m benchmarks.encoder.beside --help`.

Their packages ask for other versions of transformers than SimTier has, so that each contender is a process of its
own, a backend's by the Python of its own environment. All have their turns before any has its next.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.encoder.backends import NEEDS, TORCH, Encode, sentence_transformer
from benchmarks.encoder.mixes import ROOT, short_texts

SINGLE = 15
"""Texts that are encoded one by one, each turn."""
ALONE = 512
"""Texts that are encoded alone before, after which SimTier has a graph for short ones."""
FULL, FAST = "full", "fast"
PACKAGES = (
    "sentence-transformers",
    "transformers",
    "torch",
    "openvino",
    "optimum-intel",
    "onnxruntime",
    "optimum-onnx",
)


def work(kind: str, folder: Path, prompt: str, short: int) -> None:
    """The process of one contender: answers each line of stdin by one of JSON."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    encode = _encode(kind, folder, prompt)
    texts, single = short_texts(short), short_texts(SINGLE, seed=3)
    encode(short_texts(8, seed=9))
    if kind not in (TORCH, *NEEDS):
        for text in short_texts(ALONE, seed=8):
            encode([text])
    print(json.dumps({name: found for name in PACKAGES if (found := _version(name))}), file=answers, flush=True)
    for line in sys.stdin:
        task, _, target = line.strip().partition(" ")
        wall, cpu = time.perf_counter(), time.process_time()
        if task == "vectors":
            np.save(target, encode(texts))
        else:
            _ = encode(texts) if task == "short" else [encode([text]) for text in single]
        took = [time.perf_counter() - wall, time.process_time() - cpu]
        print(json.dumps(took), file=answers, flush=True)


def _encode(kind: str, folder: Path, prompt: str) -> Encode:
    if kind in (TORCH, *NEEDS):
        return sentence_transformer(folder, prompt, kind)
    from benchmarks.encoder.contenders import uncached
    from calibration import load_encoder

    return uncached(load_encoder("bundled", "cpu", compute=kind)).encode


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


class Contender:
    """The process of one, by the Python of its environment. Raises RuntimeError where it ends early."""

    def __init__(self, python: str, kind: str, folder: Path, prompt: str, short: int) -> None:
        command = [python, "-m", "benchmarks.encoder.beside", "--work", kind, "--short", str(short)]
        command += ["--folder", str(folder), "--prompt", prompt]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.kind = kind
        self._process = subprocess.Popen(  # noqa: S603
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.versions: dict[str, str] = self._answer()

    def ask(self, task: str) -> Any:
        """Seconds by the clock and of the processor that a task took."""
        assert self._process.stdin is not None
        self._process.stdin.write(task + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.kind} ended")
        return json.loads(line)

    def end(self) -> None:
        """Let it finish."""
        self._process.communicate()


def measure(pythons: dict[str, str], rounds: int, short: int) -> str:
    """The tables, as Markdown."""
    from benchmarks.encoder.contenders import REFERENCE
    from benchmarks.encoder.report import speed_table
    from benchmarks.shared import Times, machine, table
    from calibration.encoding.bundled import unpack_bundled
    from calibration.encoding.e5_folder import PROMPT
    from calibration.encoding.engines.processor import FLOAT32, fastest, instructions
    from calibration.settings import models_dir

    folder, arithmetic = unpack_bundled(models_dir()), fastest(instructions())
    names = {TORCH: REFERENCE, FULL: "SimTier full", FAST: f"SimTier fast ({arithmetic})"}
    own = [TORCH, FULL] + [FAST] * (arithmetic != FLOAT32)
    given = dict.fromkeys(own, sys.executable) | pythons
    found = {
        names.get(kind, f"{REFERENCE}, backend {kind}"): Contender(python, kind, folder, PROMPT, short)
        for kind, python in given.items()
    }
    times = {task: {name: Times() for name in found} for task in ("short", "one")}
    for turn in range(rounds):
        for name in list(found) if turn % 2 else list(found)[::-1]:
            for task, seen in times.items():
                wall, cpu = found[name].ask(task)
                seen[name].wall.append(wall)
                seen[name].cpu.append(cpu)
    said = [machine()]
    said += [
        f"{name}: {', '.join(f'{key} {value}' for key, value in one.versions.items())}"
        for name, one in found.items()
    ]
    said += [f"### {short} short texts", speed_table(times["short"], short_texts(short))]
    said += [f"### One text at a time: {SINGLE} texts", speed_table(times["one"], short_texts(SINGLE))]
    with tempfile.TemporaryDirectory() as place:
        vectors = {}
        for at, (name, one) in enumerate(found.items()):
            one.ask(f"vectors {place}/{at}.npy")
            vectors[name] = np.load(f"{place}/{at}.npy").astype(np.float64)
            one.end()
    cosines = {name: (vectors[REFERENCE] * rows).sum(axis=1) for name, rows in vectors.items() if name != REFERENCE}
    near = [[name, f"{found.mean():.6f}", f"{found.min():.6f}"] for name, found in cosines.items()]
    return "\n\n".join([*said, table([f"cosine to {REFERENCE}", "mean", "least"], near), machine()])


def main(arguments: list[str] | None = None) -> int:
    """Print the tables as Markdown; with --work, be one contender."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.encoder.beside", description=__doc__)
    parser.add_argument(
        "--backend", action="append", default=[], metavar="BACKEND=PYTHON",
        help="openvino or onnx, and the Python of an environment that has it; may be given twice",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3, help="turns of every contender (default %(default)s)")
    parser.add_argument("--cores", type=int, default=1, help="cores to use (default %(default)s)")
    parser.add_argument("--short", type=int, default=128, help="short texts (default %(default)s)")
    for hidden in ("--work", "--folder", "--prompt"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.work:
        work(asked.work, Path(asked.folder), asked.prompt, asked.short)
        return 0
    pythons = dict(one.split("=", 1) for one in asked.backend)
    if not set(pythons) <= set(NEEDS):
        parser.error(f"--backend takes {' or '.join(NEEDS)}")
    os.environ["OMP_NUM_THREADS"] = str(asked.cores)
    os.sched_setaffinity(0, set(list(os.sched_getaffinity(0))[: asked.cores]))
    print(measure(pythons, asked.rounds, asked.short))
    return 0


if __name__ == "__main__":
    sys.exit(main())
