"""The picture: ratios to sentence-transformers by mix."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from benchmarks.encoder.contenders import REFERENCE
from benchmarks.shared import Times, ratio

_ROWS: list[dict[str, object]] = []


def add(mix: str, times: dict[str, Times]) -> None:
    """Remember what was measured."""
    for name, seen in times.items():
        by = ratio(times[REFERENCE].cpu, seen.cpu)
        _ROWS.append({"mix": mix, "contender": name, "ratio": by.value, "low": by.low, "high": by.high})


def draw(path: Path) -> None:
    """Bars with the extremes of the rounds, to `path` (.svg or .png)."""
    frame = pd.DataFrame(_ROWS)
    order = list(dict.fromkeys(frame["contender"]))
    base = alt.Chart(frame).encode(y=alt.Y("contender:N", sort=order, title=None))
    bars = base.mark_bar(color="#4c78a8").encode(
        x=alt.X("ratio:Q", title="speed, sentence-transformers = 1 (processor time, median and extremes)")
    )
    spread = base.mark_rule(color="black").encode(x="low:Q", x2="high:Q")
    chart = (bars + spread).properties(width=420, height=110).facet(row=alt.Row("mix:N", title=None, sort=None))
    chart.configure(background="white").save(path)
