"""Run the benchmark: `python -m benchmarks.start --help`.

Every figure is of a process of its own, with the bundled model unpacked and prepared. Processor time is compared,
because the clock shows what else the machine does; both are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shared import Gate, gate_table, machine, processor_kind, table

NUMPY, HELP, DECIDE = 'python -c "import numpy"', "--help", "decide"
REFERENCE, FULL, FAST = "sentence-transformers", "SimTier full", "SimTier fast"
_VECTOR = "from calibration import load_encoder; load_encoder('bundled', compute={!r}).encode([{!r}])"
_REFERENCE = (
    "import sys; from sentence_transformers import SentenceTransformer; "
    "SentenceTransformer(sys.argv[1], device='cpu').encode(['a'])"
)
_UNPACK = (
    "from calibration.encoding.bundled import unpack_bundled; from calibration.settings import models_dir; "
    "folder = models_dir(); print(folder, unpack_bundled(folder), sep='\\n')"
)
_PATIENCE = 300


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock and of the processor, and the most memory that it held, in MB."""

    wall: float
    cpu: float
    memory: float


def run(arguments: list[str], environ: dict[str, str]) -> Run:
    """A process to its end, without its output. Raises RuntimeError where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *arguments], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(said.decode()[-500:])
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def server(port: int, environ: dict[str, str]) -> tuple[float, float, float, float]:
    """Seconds to the first page and to ready, those of the processor to ready, and resident MB after a request."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "dashboard", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        page = _answers(f"http://127.0.0.1:{port}/", began, process)
        ready = _answers(f"http://127.0.0.1:{port}/health", began, process)
        home = Path(f"/proc/{process.pid}")
        ticks = home.joinpath("stat").read_text().rpartition(") ")[2].split()[11:13]
        cpu = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        body = json.dumps({"data": ["花呗怎么还款", "怎么还花呗\n今天天气"]}).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/predict", body, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(asked, timeout=60).read()  # noqa: S310
        resident = int(home.joinpath("status").read_text().partition("VmRSS:")[2].split()[0]) / 1024
        return page, ready, cpu, resident
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str, began: float, process: subprocess.Popen[bytes]) -> float:
    while time.perf_counter() - began < _PATIENCE and process.poll() is None:
        try:
            if urllib.request.urlopen(url, timeout=5).status == 200:  # noqa: S310
                return time.perf_counter() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def main() -> int:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="processes of each kind (default %(default)s)")
    parser.add_argument("--port", type=int, default=7861, help="for the server (default %(default)s)")
    asked = parser.parse_args()
    # In a process of its own, as a child's peak memory is at least what its parent held when it was started.
    models, folder = subprocess.check_output([sys.executable, "-c", _UNPACK], text=True).splitlines()  # noqa: S603
    with tempfile.TemporaryDirectory() as data:
        environ = {**os.environ, "SIMTIER_MODELS_DIR": models, "SIMTIER_DATA_DIR": data}
        policy = str(Path(data) / "policy.json")
        for compute in ("full", "fast"):
            run(["-c", _VECTOR.format(compute, "a")], environ)
        fit = ["fit", "datasets/bank/pairs.csv", "-o", policy, "--precision", "0.8", "--drawn", "mined"]
        run(["-m", "calibration", *fit], environ)
        kinds = {
            NUMPY: lambda _: ["-c", "import numpy"],
            HELP: lambda _: ["-m", "calibration", "--help"],
            DECIDE: lambda at: ["-m", "calibration", "decide", policy, f"怎么提额 {at}", "怎样提高额度"],
            REFERENCE: lambda _: ["-c", _REFERENCE, folder],
            FULL: lambda at: ["-c", _VECTOR.format("full", f"b{at}")],
            FAST: lambda at: ["-c", _VECTOR.format("fast", f"b{at}")],
        }
        seen: dict[str, list[Run]] = {name: [] for name in kinds}
        for at in range(asked.rounds):
            for name, arguments in kinds.items():
                seen[name].append(run(arguments(at), environ))
        page, ready, cpu, resident = server(asked.port, environ)
    median = {name: statistics.median(one.cpu for one in runs) for name, runs in seen.items()}
    rows = [
        [
            name,
            f"{median[name]:.2f}",
            f"{statistics.median(one.wall for one in runs):.2f}",
            f"{median[name] / median[NUMPY]:.1f}",
            f"{statistics.median(one.memory for one in runs):.0f}",
        ]
        for name, runs in seen.items()
    ]
    print(f"{machine()}\n")
    print(table(["", "CPU seconds", "seconds", f"CPU, by {NUMPY}", "memory, MB"], rows))
    head = ["server", "first page, s", "ready, s", "CPU to ready, s", "resident, MB"]
    print("\n" + table(head, [["", f"{page:.1f}", f"{ready:.1f}", f"{cpu:.1f}", f"{resident:.0f}"]]) + "\n")
    gates = [
        Gate("--help, by import numpy", 2.0, median[HELP] / median[NUMPY], least=False),
        Gate("decide, by import numpy", 12.5, median[DECIDE] / median[NUMPY], least=False),
        Gate("first vector, full, beside sentence-transformers", 4.0, median[REFERENCE] / median[FULL]),
        Gate("first vector, fast, beside sentence-transformers", 4.0, median[REFERENCE] / median[FAST]),
        Gate("server: seconds to the first page, by the clock", 3.0, page, least=False),
        Gate("server: seconds to ready, by the clock", 6.0, ready, least=False),
        Gate("server: CPU seconds to ready", 6.0, cpu, least=False),
        Gate("server: resident, MB", 490, resident, least=False),
    ]
    print(f"{processor_kind()}\n\n{gate_table(gates)}\n\n{machine()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
