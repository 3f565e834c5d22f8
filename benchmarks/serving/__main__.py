"""`python -m benchmarks.serving`: SimTier beside a plain endpoint and beside Gradio, in turns, in one run."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from benchmarks.serving.load import Questions, Seen, faq, fresh, known, load, sentences
from benchmarks.serving.servers import Running, contenders, running
from calibration.encoding.bundled import unpack_bundled
from calibration.settings import models_dir

CLIENTS = (1, 8, 32, 64)
ROOT = Path(__file__).resolve().parents[2]
COLD, WARM, LIST = "new texts", "known texts", "new against 10 known"


def options() -> argparse.Namespace:
    """What is measured, and for how long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="turns of every contender at every number of clients")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a turn")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    parser.add_argument("--gradio", type=Path, help="folder that Gradio was installed into; without it, no Gradio")
    parser.add_argument("--requests", type=int, default=20_000, help="requests while memory is watched; 0: none")
    return parser.parse_args()


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)


def measure(servers: list[Running], asked: argparse.Namespace) -> dict[tuple[str, str, int], Seen]:
    """By contender, load and number of clients; every contender has its turn before any has a second."""
    found: dict[tuple[str, str, int], Seen] = {}
    texts = sentences(ROOT / "datasets")
    again = list(islice(fresh(texts, 10**6), 200))
    load(servers[0], 8, known(again), requests=len(again))
    loads: dict[str, Questions] = {COLD: fresh(texts), WARM: known(again), LIST: faq(texts, 4 * 10**6)}
    for _ in range(asked.rounds):
        for clients in asked.clients:
            for kind, questions in loads.items():
                for server in servers:
                    if kind == WARM and server is not servers[0]:
                        continue  # without a cache known texts are as new ones
                    seen = load(server, clients, questions, seconds=asked.seconds)
                    found.setdefault((server.server.name, kind, clients), Seen()).add(seen)
                    say(f"{server.server.name} {kind} {clients}: {seen.rate:.1f}/s, errors {seen.errors[:3]}")
    return found


def table(found: dict[tuple[str, str, int], Seen]) -> str:
    """The results as Markdown."""
    lines = [
        "| clients | load | server | requests/s | p50 ms | p95 ms | p99 ms | CPU ms each | answers | errors |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (name, kind, clients), seen in sorted(found.items(), key=lambda item: (item[0][2], item[0][1])):
        times = " | ".join(f"{seen.percentile(percent):,.0f}" for percent in (50, 95, 99))
        counts = f"{len(seen.latencies):,} | {len(seen.errors)}"
        lines.append(f"| {clients} | {kind} | {name} | {seen.rate:,.1f} | {times} | {seen.cost:,.0f} | {counts} |")
    return "\n".join(lines)


def gates(found: dict[tuple[str, str, int], Seen], clients: int) -> str:
    """SimTier against each plain endpoint, which has no cache: known texts are to it as new ones."""
    lines = [
        f"At {clients} clients, SimTier beside a plain endpoint:\n",
        "| load | beside | requests | p99 | CPU an answer |",
        "|---|---|---:|---:|---:|",
    ]
    for kind in (COLD, WARM, LIST):
        ours = found["SimTier", kind, clients]
        for (name, other, many), seen in found.items():
            if name.startswith("FastAPI") and other == (COLD if kind == WARM else kind) and many == clients:
                rate, late = ours.rate / seen.rate, ours.percentile(99) / seen.percentile(99)
                lines.append(f"| {kind} | {name} | {rate:.1f} x | {late:.2f} x | {ours.cost / seen.cost:.2f} x |")
    return "\n".join(lines)


def memory(server: Running, requests: int) -> str:
    """Resident memory over `requests` of 32 clients, a quarter of them new texts."""
    texts, new = sentences(ROOT / "datasets"), fresh(sentences(ROOT / "datasets"), 2 * 10**6)
    warm = known(list(islice(fresh(texts, 3 * 10**6), 500)))
    mixed = (pair for both in zip(new, warm, warm, warm, strict=False) for pair in both)
    lines, errors, step = [f"0: {server.memory():.0f} MiB"], 0, max(1, requests // 5)
    for done in range(step, requests + 1, step):
        errors += len(load(server, 32, mixed, requests=step).errors)
        lines.append(f"{done:,}: {server.memory():.0f} MiB")
        say(lines[-1])
    return f"Resident memory after so many requests: {', '.join(lines)}; {errors} errors."


def main() -> None:
    """Measure and print."""
    asked = options()
    folder = unpack_bundled(models_dir())
    with tempfile.TemporaryDirectory() as data, ExitStack() as stack:
        (Path(data) / "models").symlink_to(models_dir(), target_is_directory=True)
        servers = [stack.enter_context(running(one)) for one in contenders(folder, Path(data), asked.gradio)]
        found = measure(servers, asked)
        print(table(found))
        print("\n" + gates(found, max(asked.clients)))
        if asked.requests:
            print("\n" + memory(servers[0], asked.requests))


if __name__ == "__main__":
    main()
