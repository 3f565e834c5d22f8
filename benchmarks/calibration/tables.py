"""Results as Markdown tables, every number with its Monte Carlo standard error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from benchmarks.calibration.pools import PLAUSIBLE
from benchmarks.calibration.simulate import Estimate, Result, pooled
from benchmarks.calibration.timing import Timing

RECALL_HEAD: Final = (
    "### Recall as a share of the oracle's\n\nMean over the plausible pools; declining counts as 0. "
    "Above 1: it accepts more than any threshold that meets the target.\n\n"
)


def report(results: Sequence[Result], timings: Sequence[Timing], delta: float) -> str:
    """All tables, in the order in which one would ask: is it valid, what does it find, where, how fast."""
    largest = sorted({result.n for result in results})
    parts = [
        f"### Violations (promised: at most {short(delta)})\n\nMean over all pools, and the worst pool.",
        violations(results),
    ]
    if any(result.kind == PLAUSIBLE for result in results):
        parts.append(RECALL_HEAD + recalls(results))
    parts += [
        f"### Every pool at n = {n}: violations / recall share\n\n{by_pool(results, n)}"
        for n in largest
        if n in (300, 1000) or len(largest) == 1
    ]
    if timings:
        parts.append("### Seconds for one threshold: nothing cached / again\n\nAt p = .9.\n\n" + times(timings))
    return "\n\n".join(parts) + "\n"


def violations(results: Sequence[Result]) -> str:
    """One row a method, one column a number of labels: mean, and the worst pool."""

    def cell(cells: Sequence[Result]) -> str:
        worst = max((result.violations for result in cells), key=lambda estimate: estimate.value)
        return f"{with_error(pooled([result.violations for result in cells]))}, {with_error(worst)}"

    return _by_size(results, cell)


def recalls(results: Sequence[Result]) -> str:
    """One row a method, one column a number of labels: mean recall share over the plausible pools."""
    plausible = [result for result in results if result.kind == PLAUSIBLE]
    return _by_size(plausible, lambda cells: with_error(pooled([result.recall for result in cells])))


def by_pool(results: Sequence[Result], n: int) -> str:
    """One row a pool, one column a method: violations and recall share."""
    here = [result for result in results if result.n == n]
    methods = _distinct(result.method for result in here)
    rows = []
    for pool in _distinct(result.pool for result in here):
        cells = {result.method: result for result in here if result.pool == pool}
        rows.append([pool, *(f"{short(c.violations.value)} / {_share(c)}" for c in (cells[m] for m in methods))])
    return markdown(["pool", *methods], rows)


def times(timings: Sequence[Timing]) -> str:
    """One row a method, one column a number of labels: seconds at first and again."""
    sizes = sorted({timing.n for timing in timings})
    rows = []
    for method in _distinct(timing.method for timing in timings):
        cells = {timing.n: timing for timing in timings if timing.method == method}
        rows.append(
            [method, *(f"{cells[n].first:.2g} / {cells[n].again:.2g}" if n in cells else "-" for n in sizes)]
        )
    return markdown(["method", *(f"n = {n:,}" for n in sizes)], rows)


def _by_size(results: Sequence[Result], cell: Callable[[Sequence[Result]], str]) -> str:
    sizes = sorted({result.n for result in results})
    rows = []
    for method in _distinct(result.method for result in results):
        own = [result for result in results if result.method == method]
        mark = "" if own[0].promises else " *"
        rows.append([method + mark, *(cell([result for result in own if result.n == n]) for n in sizes)])
    return markdown(["method", *(f"n = {n:,}" for n in sizes)], rows) + "\n\n\\* promises nothing, or nothing valid"


def _share(result: Result) -> str:
    return "-" if math.isnan(result.recall.value) else short(result.recall.value)


def with_error(estimate: Estimate) -> str:
    """`.05 ± .004`."""
    return f"{short(estimate.value)} ± {short(estimate.error, 3)}"


def short(value: float, digits: int = 2) -> str:
    """`.05` for 0.05, as in statistics."""
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0.") else text


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
