"""`python -m benchmarks.serving.fair`: how long a small request takes alone, and beside two bulk requests.

A small request compares two new sentences, one after the other for `--seconds`, then until both bulk requests are
answered. Each of these embeds 600 texts of 800 characters.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import Final

import httpx

from benchmarks.serving.load import Seen, fresh, sentences
from benchmarks.serving.servers import Ask, contenders, running
from calibration.encoding.bundled import unpack_bundled
from calibration.settings import models_dir

SAMPLES: Final = Path(__file__).parents[2] / "datasets"
PAUSE: Final = 0.1
"""Seconds between a small answer and the next request."""


def options() -> argparse.Namespace:
    """What is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving.fair", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="how long small requests are alone")
    parser.add_argument("--bulks", type=int, default=2)
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--characters", type=int, default=800)
    parser.add_argument(
        "--patience", type=float, default=900, help="seconds after which a bulk request is given up"
    )
    return parser.parse_args()


def long_texts(known: list[str], number: int, characters: int, start: int) -> list[str]:
    """So many different texts of so many characters."""
    pieces = (f"{known[at % len(known)]}{at}。" for at in count(start))
    return ["".join(islice(pieces, characters))[:characters] for _ in range(number)]


def small_requests(ask: Ask, texts: list[str], start: int, go_on: Callable[[], bool]) -> Seen:
    """One after the other while `go_on()`."""
    seen, questions, begun = Seen(), fresh(texts, start), time.perf_counter()
    while go_on():
        source, targets = next(questions)
        before = time.perf_counter()
        ask(source, targets)
        seen.latencies.append(time.perf_counter() - before)
        time.sleep(PAUSE)
    seen.seconds = time.perf_counter() - begun
    return seen


def main() -> None:
    """Measure and print."""
    asked, texts = options(), sentences(SAMPLES)
    with tempfile.TemporaryDirectory() as data:
        server = contenders(unpack_bundled(models_dir()), Path(data), None)[0]
        with running(server) as found:
            ask, close = server.connect(found.url)
            small_requests(ask, texts, 0, until(2))
            alone = small_requests(ask, texts, 1_000, until(asked.seconds))
            answered: list[float] = []

            def bulk(number: int) -> None:
                body = {"input": long_texts(texts, asked.texts, asked.characters, number * 10**7)}
                begun = time.perf_counter()
                given = httpx.post(f"{found.url}/v1/embeddings", json=body, timeout=asked.patience)
                given.raise_for_status()
                answered.append(time.perf_counter() - begun)

            bulks = [threading.Thread(target=bulk, args=(number,)) for number in range(asked.bulks)]
            for one in bulks:
                one.start()
            beside = small_requests(ask, texts, 100_000, lambda: any(one.is_alive() for one in bulks))
            close()
    print("| small requests | answers | p50 ms | p95 ms | slowest ms |")
    print("|---|---:|---:|---:|---:|")
    for name, seen in (("alone", alone), (f"beside {asked.bulks} bulk requests", beside)):
        figures = " | ".join(f"{seen.percentile(percent):,.0f}" for percent in (50, 95, 100))
        print(f"| {name} | {len(seen.latencies):,} | {figures} |")
    print(f"\nBulk requests answered after {', '.join(f'{seconds:.0f}' for seconds in answered) or 'never'} s.")


def until(seconds: float) -> Callable[[], bool]:
    """True for so long."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


if __name__ == "__main__":
    main()
