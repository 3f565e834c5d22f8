"""What `--only` runs: the numbers of docs/method.md that are not about the methods side by side, as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from benchmarks.calibration.borrowing import KAPPAS, borrowing, published_cost
from benchmarks.calibration.coverage import coverages
from benchmarks.calibration.floor import floors
from benchmarks.calibration.judges import judge_table, watch_table
from benchmarks.calibration.pools import PLAUSIBLE, Pool
from benchmarks.calibration.sequential import sequential_table
from benchmarks.calibration.tables import markdown, short, with_error

Say = Callable[[str], None]


def borrow_table(pools: Sequence[Pool], repetitions: int, _delta: float, seed: int, say: Say) -> str:
    """Mean true cost by own labels and kappa."""
    found = {(one.n, one.kappa): one.cost for one in borrowing(pools, repetitions, seed, say)}
    names = ["own labels only", *(f"kappa {kappa:g}" for kappa in KAPPAS[1:-1]), "all pooled"]
    sizes = list(dict.fromkeys(n for n, _ in found))
    rows = [[str(n), *(with_error(found[n, kappa]) for kappa in KAPPAS)] for n in sizes]
    return f"Published thresholds: {short(published_cost(pools))}\n\n" + markdown(["n", *names], rows)


def floor_table(pools: Sequence[Pool], repetitions: int, delta: float, seed: int, say: Say) -> str:
    """Recall as a share of the oracle's and violations, by the share of pairs drawn from."""
    rows = [
        [one.pool, str(one.n), f"{one.share:.0%}", with_error(one.recall), with_error(one.violations)]
        for one in floors(pools, repetitions, delta, seed, say)
    ]
    return markdown(["pool", "n", "drawn from the top", "recall share", "violations"], rows)


def coverage_table(pools: Sequence[Pool], repetitions: int, _delta: float, seed: int, say: Say) -> str:
    """Coverage and median width of threshold intervals."""
    rows = [
        [one.pool, one.rule, str(one.n), with_error(one.covered), short(one.width, 3)]
        for one in coverages(pools, repetitions, seed, say)
    ]
    return markdown(["pool", "rule", "n", "covered (nominal .90)", "median width"], rows)


SECTIONS: Final = {
    "borrow": borrow_table,
    "floor": floor_table,
    "coverage": coverage_table,
    "sequential": sequential_table,
    "judge": judge_table,
    "watch": watch_table,
}
ALL_POOLS: Final = ("sequential",)
"""Those that are judged on hostile pools too."""


def section(
    name: str,
    pools: Sequence[Pool],
    repetitions: int,
    delta: float,
    seed: int,
    say: Say,
    methods: Sequence[str] | None = None,
) -> str:
    """One of SECTIONS on the plausible pools: hostile ones have no best threshold to look for. methods: see
    `sequential_table`.
    """
    plausible = [pool for pool in pools if pool.kind == PLAUSIBLE or name in ALL_POOLS]
    table = partial(sequential_table, methods=methods) if name == "sequential" else SECTIONS[name]
    return f"{repetitions} repetitions, delta = {short(delta, 1)}\n\n" + table(
        plausible, repetitions, delta, seed, say
    )
