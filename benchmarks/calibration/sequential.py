"""Labelling until it passes: how often a promise is broken under every stopping rule, and what is found by when."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.calibration.pools import HOSTILE, PLAUSIBLE, Pool, by_rank, pool
from benchmarks.calibration.sequential_methods import Procedure, all_procedures
from benchmarks.calibration.simulate import Estimate, mean, pooled
from benchmarks.calibration.tables import markdown, short, with_error

EVERY: Final = 50
"""Labels between two looks."""
SIZES: Final = (1000, 2000)
"""Where recall is read; the streams are as long as the last."""
SLOW_PART: Final = 10
"""Slow procedures have this part of the repetitions, on the pools of SLOW_POOLS."""
SLOW_POOLS: Final = ("like LCQMC", "LCQMC", "like OPPO", "level")
HARD_PART: Final = 25
"""The hardest pool has this many times the repetitions, for what is proven."""


@dataclass(frozen=True)
class WatchedResult:
    """One procedure on streams of labels from one pool, looked at after every EVERY labels.

    first: share of streams whose first certificate misses the target: who stops at the first pass. worst: some
    certificate does: who stops at the worst moment. last: the one after all labels does: who never stops early.
    recall: of the certificate in hand after each of SIZES, as a share of the oracle's.
    """

    pool: str
    kind: str
    procedure: str
    promises: bool
    repetitions: int
    first: Estimate
    worst: Estimate
    last: Estimate
    recall: tuple[Estimate, ...]


def watch(
    pools: Sequence[Pool],
    repetitions: int,
    delta: float,
    seed: int,
    say: Callable[[str], None],
    methods: Sequence[str] | None = None,
) -> list[WatchedResult]:
    """Every procedure, or those whose names begin like one of `methods`, on the same streams; what is slow last."""
    found = []
    chosen = [one for one in all_procedures() if not methods or one.name.startswith(tuple(methods))]
    looks = np.arange(EVERY, SIZES[-1] + 1, EVERY)
    for procedure in sorted(chosen, key=lambda one: one.slow):
        for one in (*hardest(), *pools):
            if procedure.slow and not one.name.startswith(SLOW_POOLS):
                continue
            times = max(repetitions // SLOW_PART, 2) if procedure.slow else repetitions
            if one.name.startswith(HARDEST) and procedure.proven:
                times *= HARD_PART
            say(f"{procedure.name}, {one.name}, {times}")
            found.append(_cell(one, procedure, looks, times, delta, seed))
    return found


HARDEST: Final = "level"


def hardest() -> list[Pool]:
    """Precision level with the target down to a tenth of the pairs, then .001 below it: nothing is harder to
    tell."""

    def chance(share: np.ndarray) -> np.ndarray:
        return np.where(share <= 0.1, 0.9, 0.899)

    return [pool(f"{HARDEST}, then .001 below, p=.9", HOSTILE, 0.9, *by_rank(chance))]


def _cell(
    one: Pool, procedure: Procedure, looks: np.ndarray, repetitions: int, delta: float, seed: int
) -> WatchedResult:
    rng = np.random.default_rng([seed, zlib.crc32(one.name.encode())])
    first, worst, last = (np.zeros(repetitions) for _ in range(3))
    recall = np.zeros((len(SIZES), repetitions))
    read = np.searchsorted(looks, SIZES)
    for row in range(repetitions):
        thresholds = procedure.thresholds(one, *one.sample(int(looks[-1]), rng), looks, delta)
        broken = np.array([one.broken(threshold) for threshold in thresholds])
        passed = np.flatnonzero(np.isfinite(thresholds))
        first[row] = broken[passed[0]] if passed.size else 0.0
        worst[row], last[row] = broken.any(), broken[-1]
        if one.oracle:
            recall[:, row] = [one.truth(float(thresholds[place])).recall / one.oracle for place in read]
    rates = mean(first), mean(worst), mean(last)
    reached = tuple(mean(row) for row in recall)
    return WatchedResult(one.name, one.kind, procedure.name, procedure.promises, repetitions, *rates, reached)


def sequential_table(
    pools: Sequence[Pool],
    repetitions: int,
    delta: float,
    seed: int,
    say: Callable[[str], None],
    methods: Sequence[str] | None = None,
) -> str:
    """Violations by stopping rule, recall, and every pool."""
    results = watch(pools, repetitions, delta, seed, say, methods)
    names = list(dict.fromkeys(result.procedure for result in results))
    rows = []
    for name in names:
        own = [result for result in results if result.procedure == name]
        worst = [max((getattr(r, rule) for r in own), key=lambda e: e.value) for rule in ("first", "worst", "last")]
        plausible = [r for r in own if r.kind == PLAUSIBLE]
        kept = [pooled([r.recall[place] for r in plausible]) for place in range(len(SIZES))]
        mark = "" if own[0].promises else " *"
        rows.append([name + mark, str(len(own)), *map(with_error, [*worst, *kept])])
    head = ["procedure", "pools", "stop at the first pass", "at the worst moment", "after all labels"]
    head += [f"recall at {n:,}" for n in SIZES]
    return (
        f"{SIZES[-1]:,} labels, a look after every {EVERY}. Violations on the worst pool; recall on the plausible "
        f"pools as a share of the oracle's.\n\n{markdown(head, rows)}\n\n\\* promises nothing at more than one "
        f"look\n\n{_by_pool(results, names)}"
    )


def _by_pool(results: Sequence[WatchedResult], names: Sequence[str]) -> str:
    rows = []
    for name in dict.fromkeys(result.pool for result in results):
        cells = {result.procedure: result for result in results if result.pool == name}
        shown = [
            f"{short(cells[p].worst.value)} / " + ", ".join(short(e.value) for e in cells[p].recall)
            if p in cells
            else "-"
            for p in names
        ]
        rows.append([name, str(max(cell.repetitions for cell in cells.values())), *shown])
    head = ["pool", "streams", *names]
    return "Violations at the worst moment / recall at both sizes:\n\n" + markdown(head, rows) + "\n\n"
