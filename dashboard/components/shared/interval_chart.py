"""Estimates with their intervals as dots on bars: what touches zero shows no difference."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from calibration.report.palette import NEUTRAL, TIER_COLORS
from dashboard.i18n import t

LABEL: Final = "label"
VALUE: Final = "value"
LOW: Final = "low"
HIGH: Final = "high"
TOLD: Final = "told"
"""Columns of the chart's frame: name of a line, estimate, ends of its interval, and all of it in words."""
NUMBERS: Final = "datum.value === 0 ? '0' : format(datum.value, '+.2~%')"
"""How the axis says its numbers: zero without a sign, the others in no more digits than tell them apart."""


def differences(lines: int, title: str) -> dict[str, Any]:
    """Vega-Lite spec, without data: differences in points, one a line, around zero."""
    axis: dict[str, Any] = {"field": LABEL, "type": "nominal", "sort": None, "title": None}
    axis |= {"axis": {"labelLimit": 320, "labelFlush": False}, "scale": {"type": "point", "padding": 1}}
    hover = [{"field": TOLD, "type": "nominal", "title": title}]
    color = TIER_COLORS["same"]
    scale: dict[str, Any] = {"type": "quantitative", "title": title}
    scale |= {"axis": {"labelExpr": NUMBERS, "tickCount": 5, "labelOverlap": "greedy", "labelSeparation": 6}}
    bars = {
        "mark": {"type": "rule", "strokeWidth": 5, "color": color, "opacity": 0.5, "strokeCap": "round"},
        "encoding": {"x": {"field": LOW, **scale}, "x2": {"field": HIGH}, "y": axis, "tooltip": hover},
    }
    dots = {
        "mark": {"type": "point", "filled": True, "size": 90, "color": color, "opacity": 1},
        "encoding": {"x": {"field": VALUE, **scale}, "y": axis, "tooltip": hover},
    }
    zero = {
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": NEUTRAL},
        "encoding": {"x": {"datum": 0, **scale}},
    }
    return {"layer": [zero, bars, dots], "height": 90 + 28 * lines}


def difference_message(lines: pd.DataFrame) -> str:
    """How many differences are sure, and the largest."""
    sure = lines[(lines[LOW] > 0) | (lines[HIGH] < 0)]
    if sure.empty:
        return t("All {count} intervals include zero: no difference is significant.", count=len(lines))
    largest = sure.iloc[int(sure[VALUE].abs().to_numpy().argmax())]
    return t(
        "**{sure} of {count}** differences are significant; the largest is {name}: {told}.",
        sure=len(sure),
        count=len(lines),
        name=largest[LABEL],
        told=largest[TOLD],
    )
