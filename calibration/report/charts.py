"""Altair charts of frames. The caller passes texts in the reader's language; colours come from the palette.

Each function returns a Vega-Lite dictionary without its main data: callers pass the frame beside it, so that a
chart is built once and only rows travel when they change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd

from calibration.columns import LABEL, TIERS
from calibration.report.histogram import BIN, COUNT, HI, LO
from calibration.report.palette import NEUTRAL, TIER_COLORS
from calibration.stats.formatting import EXACT, threshold

NAME: Final = "name"
"""Column that holds a label's name in the reader's language; the legend shows it."""
RANGE: Final = "range"
"""Column that says where a bin begins and ends, for its tooltip."""
PICKED: Final = "picked"
"""Name of the selection that a click on a bar makes."""
RULES: Final = "rules"
"""Name of the dataset with a histogram's thresholds, a row each."""

Spec = dict[str, Any]
EXACTLY: Final = f".{EXACT}f"
"""How tips show thresholds: in full, as Vega rounds to the nearest number and not to the safe side."""


@dataclass(frozen=True)
class HistogramTexts:
    """Words of a histogram."""

    score: str
    count: str
    label: str


def label_colors(labels: Sequence[float], kind_max: float) -> list[str]:
    """One tier colour a label, by its place between 0 and `kind_max`: the top label gets the colour of `same`.

    >>> label_colors([0, 1], 1) == [TIER_COLORS["unrelated"], TIER_COLORS["same"]]
    True
    """
    order = [TIER_COLORS[tier] for tier in reversed(TIERS)]
    return [order[round(label / kind_max * (len(order) - 1))] for label in labels]


def name_bins(counted: pd.DataFrame, names: Mapping[float, str]) -> pd.DataFrame:
    """What `histogram()` counted, with each label's `name` and each bin's `range` for the chart."""
    named = counted.copy()
    named[NAME] = counted[LABEL].map(names)
    named[RANGE] = [f"{low:.3f} – {high:.3f}" for low, high in zip(counted[LO], counted[HI], strict=True)]
    return named


def score_histogram(
    names: Sequence[str],
    colors: Sequence[str],
    domain: tuple[float, float],
    rules: Mapping[str, float | None],
    rule_names: Mapping[str, str],
    texts: HistogramTexts,
) -> Spec:
    """Stacked bars of `histogram()` plus columns `name` and `range`; a dashed rule for each threshold in `domain`.

    `names` and `colors` go together and fix the order of the stack; `rules` maps tiers to thresholds, None for
    a tier that has none. A click on a bar selects its bin in the selection `picked`. The rules are rows of the
    dataset RULES and no part of the chart's shape, so that a page that moves one need not redraw the chart.
    """
    return {
        **_bars(tuple(names), tuple(colors), domain, texts),
        "datasets": {RULES: _rules(rules, rule_names, domain)},
    }


def stacked(names: Sequence[str], colors: Sequence[str], texts: HistogramTexts) -> dict[str, Any]:
    """What the bars of a histogram encode besides where they begin: counts by label, one on the other."""
    return {
        "x2": f"{HI}:Q",
        "y": alt.Y(f"{COUNT}:Q", title=texts.count, stack="zero", axis=alt.Axis(tickMinStep=1, format="d")),
        "color": alt.Color(
            f"{NAME}:N",
            title=texts.label,
            sort=list(names),
            scale=alt.Scale(domain=list(names), range=list(colors)),
            legend=alt.Legend(orient="top"),
        ),
        "order": alt.Order(f"{LABEL}:Q", sort="descending"),
        "tooltip": [
            alt.Tooltip(f"{RANGE}:N", title=texts.score),
            alt.Tooltip(f"{NAME}:N", title=texts.label),
            alt.Tooltip(f"{COUNT}:Q", title=texts.count, format=",d"),
        ],
    }


@lru_cache(maxsize=64)
def _bars(
    names: tuple[str, ...], colors: tuple[str, ...], domain: tuple[float, float], texts: HistogramTexts
) -> Spec:
    """The histogram and how rules look on it: built once, as Altair takes longer than a step may."""
    picked = alt.selection_point(name=PICKED, fields=[BIN])
    bars = (
        alt.Chart(empty_rows(LO, HI, BIN, COUNT, LABEL, NAME, RANGE))
        .mark_bar(stroke=None, cursor="pointer")
        .encode(
            x=alt.X(f"{LO}:Q", bin="binned", title=texts.score, scale=alt.Scale(domain=list(domain), nice=False)),
            **stacked(names, colors, texts),
            opacity=alt.condition(picked, alt.value(0.95), alt.value(0.35)),
        )
        .add_params(picked)
    )
    whole = without_data(alt.layer(bars).properties(height=420).to_dict())
    return {**whole, "layer": [*whole["layer"], *_rule_layers()]}


def _rules(
    rules: Mapping[str, float | None], names: Mapping[str, str], domain: tuple[float, float]
) -> list[dict[str, Any]]:
    """A row for every threshold inside `domain`: where it is, what it is called, on which side there is room."""
    inside = [(tier, at) for tier, at in rules.items() if at is not None and domain[0] <= at <= domain[1]]
    return [
        {
            "at": at,
            "tier": tier,
            "text": f"{names[tier]} {threshold(at)}",
            "color": TIER_COLORS.get(tier, NEUTRAL),
            "side": "left" if at > sum(domain) / 2 else "right",
            "down": 14 * slot,
        }
        for slot, (tier, at) in enumerate(inside)
    ]


def _rule_layers() -> list[Spec]:
    """A dashed line for every row of RULES, its text on the side where there is room."""
    data, x = {"name": RULES}, {"field": "at", "type": "quantitative"}
    color = {"expr": "datum.color"}
    line = {"type": "rule", "strokeDash": [5, 3], "strokeWidth": 2, "color": color}
    layers: list[Spec] = [{"data": data, "mark": line, "encoding": {"x": x}}]
    for side, align, dx in (("left", "right", -4), ("right", "left", 4)):
        words = {"type": "text", "baseline": "top", "fontWeight": "bold", "align": align, "dx": dx}
        shown = {"x": x, "text": {"field": "text", "type": "nominal"}, "y": {"value": 2}}
        kept = [{"filter": f"datum.side === '{side}'"}]
        mark = {**words, "dy": {"expr": "datum.down"}}
        layers.append({"data": data, "transform": kept, "mark": mark, "encoding": shown})
    return layers


def empty_rows(*columns: str) -> pd.DataFrame:
    """An empty frame with these columns: a chart's shape without its rows."""
    return pd.DataFrame({column: pd.Series(dtype=float) for column in columns})


def without_data(spec: Spec) -> Spec:
    """The spec less the empty stand-in rows of its bars, so that the caller's frame takes their place.

    Rules keep their own rows, which Altair has moved under a name, or not, by its version.
    """
    moved = spec.pop("datasets", {})
    for layer in [spec, *spec.get("layer", [])]:
        data = layer.pop("data", {})
        rows = moved.get(data.get("name"), data.get("values"))
        if rows:
            layer["data"] = {"values": rows}
    return spec
