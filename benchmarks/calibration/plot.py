"""The picture of the table: what is found, and whether the promise is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from benchmarks.calibration.pools import HOSTILE, PLAUSIBLE
from benchmarks.calibration.simulate import Result


def draw(results: Sequence[Result], delta: float, path: Path) -> None:
    """Two panels against the number of labels, to `path` (.svg or .png); needs vl-convert-python."""
    frame = pd.DataFrame(
        {
            "labels": result.n,
            "method": result.method,
            "promise": "promises validity" if result.promises else "does not",
            "kind": result.kind,
            "violations": result.violations.value,
            "recall": result.recall.value,
        }
        for result in results
    )
    by = ["method", "promise", "labels"]
    found = frame[frame["kind"] == PLAUSIBLE].groupby(by)[["recall"]].mean().reset_index()
    worst = frame[frame["kind"] == HOSTILE].groupby(by)[["violations"]].max().reset_index()
    promised = alt.Chart(pd.DataFrame({"y": [delta]})).mark_rule(strokeDash=[2, 2]).encode(y="y:Q")
    left = _lines(found, "recall", "Recall, share of the oracle's (plausible pools)")
    right = _lines(worst, "violations", f"Violations, worst hostile pool (promised: {delta:g})") + promised
    (left | right).configure(background="white").save(path)


def _lines(frame: pd.DataFrame, column: str, title: str) -> Any:
    order = list(dict.fromkeys(frame["method"]))
    return (
        alt.Chart(frame, title=title, width=360, height=280)
        .mark_line(point=True)
        .encode(
            x=alt.X(
                "labels:Q",
                scale=alt.Scale(type="log"),
                title="labels",
                axis=alt.Axis(values=[50, 100, 300, 1000, 2000]),
            ),
            y=alt.Y(f"{column}:Q", scale=alt.Scale(domainMin=0), title=None),
            color=alt.Color("method:N", sort=order, title=None, scale=alt.Scale(scheme="tableau20")),
            strokeDash=alt.StrokeDash("promise:N", title=None, sort="descending"),
        )
    )
