"""Seconds until a model gave its first vector in a new process, and the memory that it took.

`python -m benchmarks.encoder.start KIND FOLDER DATA` prints seconds and MiB, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

KINDS = ("reference", "full", "fast")


def measure(kind: str, folder: str, data: Path) -> tuple[float, float]:
    """Seconds, and resident memory in MiB, with everything on disk already."""
    command = [sys.executable, "-m", "benchmarks.encoder.start", kind, folder, str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    seconds, memory = json.loads(done.stdout.strip().splitlines()[-1])
    return float(seconds), float(memory)


def main() -> None:
    """In the new process."""
    began = time.perf_counter()
    kind, folder, data = sys.argv[1:]
    if kind == "reference":
        from sentence_transformers import SentenceTransformer

        SentenceTransformer(folder, device="cpu").encode(["a"])
    else:
        from calibration import load_encoder

        load_encoder(folder, "cpu", data, compute=kind).encode([f"a{time.time()}"])
    seconds = time.perf_counter() - began
    status = Path("/proc/self/status").read_text()
    print(json.dumps([seconds, int(status.partition("VmRSS:")[2].split()[0]) / 1024]))


if __name__ == "__main__":
    main()
