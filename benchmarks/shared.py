"""What benchmarks of speed share: turns, ratios with their spread, gates, and what the machine is."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CPU_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "amx_bf16")


@dataclass
class Times:
    """Seconds of every round: by the clock, and of the processor, which other work on the machine changes least."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def take_turns(
    work: Mapping[str, Callable[[], object]], rounds: int, say: Callable[[str], None]
) -> dict[str, Times]:
    """Every contender has its turn before any has its next, in turned order each time.

    Interleaved, so that what else the machine does falls on all alike. Warm them up before.
    """
    found, names = {name: Times() for name in work}, list(work)
    for turn in range(rounds):
        for name in names if turn % 2 else names[::-1]:
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            work[name]()
            found[name].wall.append(time.perf_counter() - wall)
            found[name].cpu.append(time.process_time() - cpu)
        say(f"round {turn + 1} of {rounds}")
    return found


@dataclass(frozen=True)
class Ratio:
    """Median over rounds of the reference's seconds by the contender's in the same round, and the two extremes."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f}-{self.high:.2f})"


def ratio(reference: Sequence[float], seconds: Sequence[float]) -> Ratio:
    """How many times as fast as the reference.

    >>> str(ratio([2.0, 4.0, 3.0], [1.0, 1.0, 1.0]))
    '3.00 (2.00-4.00)'
    """
    each = [a / b for a, b in zip(reference, seconds, strict=True)]
    return Ratio(statistics.median(each), min(each), max(each))


@dataclass(frozen=True)
class Gate:
    """What is asked for and what came out; `least`: at least that much, else at most."""

    what: str
    asked: float
    measured: float
    least: bool = True
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.measured >= self.asked if self.least else self.measured <= self.asked

    def row(self) -> list[str]:
        """As a line of a table."""
        sign = ">=" if self.least else "<="
        return [self.what, f"{sign} {self.asked:g}{self.unit}", f"{self.measured:.6g}{self.unit}", _words(self.met)]


def _words(met: bool) -> str:
    return "met" if met else "**missed**"


def gate_table(gates: Sequence[Gate]) -> str:
    """All gates as Markdown."""
    return table(["gate", "asked", "measured", ""], [gate.row() for gate in gates])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def processor_kind() -> str:
    """Which gates of compute fast are asked of this processor, in one line; imports what reads its instructions."""
    from calibration.encoding.engines.processor import BFLOAT16, FLOAT32, INT8, fastest, instructions

    here = fastest(instructions())
    said = {
        BFLOAT16: "AMX: fast is 16-bit floats",
        INT8: "VNNI: fast is 8-bit integers",
        FLOAT32: "neither AMX nor VNNI",
    }
    asked = (
        "fast is full, and none of its gates is asked"
        if here == FLOAT32
        else "gates of other kinds are not measured"
    )
    return f"Kind of processor: {said[here]}; {asked}."


def machine() -> str:
    """Processor, cores in use, and load, in one line."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    name = info.partition("model name")[2].partition("\n")[0].strip("\t: ") or platform.processor()
    flags = set(info.partition("flags")[2].partition("\n")[0].split())
    cores = len(os.sched_getaffinity(0))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    has = " ".join(flag for flag in CPU_FLAGS if flag in flags)
    return f"{name}, {cores} cores in use, {has}; load average {load}"
