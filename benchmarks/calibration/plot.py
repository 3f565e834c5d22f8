"""The picture of the table: what is found, and whether the promise is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from benchmarks.calibration.pools import HOSTILE, PLAUSIBLE
from benchmarks.calibration.simulate import Result

PROMISED, NOT = "promises to be valid", "does not"


def draw(results: Sequence[Result], delta: float, path: Path) -> None:
    """Two panels against the number of labels, to `path` (.svg or .png); needs vl-convert-python.

    Recall is that of repetitions that kept the target, so that accepting too much is no merit.
    """
    frame = pd.DataFrame(
        {
            "labels": result.n,
            "method": result.method,
            "promise": PROMISED if result.promises else NOT,
            "kind": result.kind,
            "violations": result.violations.value,
            "recall": result.kept_recall.value,
        }
        for result in results
    )
    by = ["method", "promise", "labels"]
    order = list(dict.fromkeys(frame["method"]))
    found = frame[frame["kind"] == PLAUSIBLE].groupby(by)[["recall"]].mean().reset_index()
    worst = frame[frame["kind"] == HOSTILE].groupby(by)[["violations"]].max().reset_index()
    promised = alt.Chart(pd.DataFrame({"y": [delta]})).mark_rule(strokeDash=[2, 2]).encode(y="y:Q")
    left = _lines(found, order, "recall", "Recall kept, share of the oracle's (plausible pools)")
    right = _lines(worst, order, "violations", f"Promises broken, worst hostile pool (allowed: {delta:g})")
    (left | (right + promised)).configure(background="white").save(path)


def _lines(frame: pd.DataFrame, order: Sequence[str], column: str, title: str) -> Any:
    sizes = sorted(frame["labels"].unique().tolist())
    across = alt.X(
        "labels:Q",
        title="labels (dashed: promises nothing, or nothing valid)",
        axis=alt.Axis(values=sizes),
        scale=alt.Scale(type="log", domain=[0.9 * sizes[0], 1.1 * sizes[-1]], nice=False),
    )
    colour = alt.Color("method:N", sort=order, title=None, scale=alt.Scale(scheme="tableau20", domain=order))
    dash = alt.StrokeDash(
        "promise:N",
        legend=None,
        scale=alt.Scale(domain=[PROMISED, NOT], range=[[1, 0], [4, 3]]),
    )
    up = alt.Y(f"{column}:Q", title=None, scale=alt.Scale(domain=[0, 1]))
    chart = alt.Chart(frame, title=title, width=360, height=300)
    return chart.mark_line(point=True).encode(x=across, y=up, color=colour, strokeDash=dash)
