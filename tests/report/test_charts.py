"""Charts: bins hold every pair once, colours can be told apart by everybody, rules stand where thresholds are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from calibration.columns import SAME, TIERS
from calibration.report.charts import PICKED, RULES, HistogramTexts, label_colors, score_histogram
from calibration.report.histogram import bin_edges, bin_of, histogram
from calibration.report.palette import TIER_COLORS

scores = st.lists(st.floats(-1, 1) | st.just(float("nan")), max_size=60)


@given(scores)
def test_every_score_lies_in_its_bin(values: list[float]) -> None:
    array = np.array(values)
    edges = bin_edges(array)
    assert (np.diff(edges) > 0).all()
    assert len(edges) <= 61
    known = array[np.isfinite(array)]
    number = bin_of(known, edges)
    assert (known >= edges[number] - 1e-9).all()
    assert (known <= edges[number + 1] + 1e-9).all()


@given(scores)
def test_a_histogram_counts_every_pair_once(values: list[float]) -> None:
    frame = pd.DataFrame({"score": values, "label": [float(i % 3) for i in range(len(values))]})
    frame = frame.astype(float)
    counted = histogram(frame, bin_edges(frame["score"].to_numpy()))
    assert counted["count"].sum() == np.isfinite(frame["score"]).sum()
    assert (counted["hi"] > counted["lo"]).all()


def test_a_threshold_on_an_edge_splits_bins_cleanly() -> None:
    edges = bin_edges(np.array([0.90, 0.94, 0.949]))
    number = bin_of(np.array([0.939999, 0.94]), edges)
    assert number[0] + 1 == number[1]
    assert edges[number[1]] == pytest.approx(0.94)


# Machado, Oliveira & Fernandes (2009), severity 1.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def lab(color: str, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """A colour in CIE L*a*b*, as somebody with this deficiency sees it."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(seen @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_tier_colours_can_be_told_apart(deficiency: str) -> None:
    seen = np.array(DEFICIENCIES[deficiency])
    shown = [lab(TIER_COLORS[tier], seen) for tier in TIERS]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(shown, 2)) > 20


def test_labels_take_the_colours_of_their_tiers() -> None:
    assert label_colors([3, 2, 1, 0], 3) == [TIER_COLORS[tier] for tier in TIERS]
    assert label_colors([5, 0], 5) == [TIER_COLORS[SAME], TIER_COLORS["unrelated"]]


def test_rules_are_drawn_where_they_lie_inside_the_chart() -> None:
    spec = score_histogram(
        ["same", "other"],
        ["#000000", "#ffffff"],
        (0.8, 1.0),
        {"same": 0.95, "related": 0.7, "weak": None},
        {"same": "同", "related": "近", "weak": "弱"},
        HistogramTexts("score", "pairs", "label"),
    )
    bars, *rules = spec["layer"]
    assert "data" not in bars
    assert {rule["data"]["name"] for rule in rules} == {RULES}
    (row,) = spec["datasets"][RULES]
    assert (row["at"], row["text"], row["side"]) == (0.95, "同 0.950", "left")
    assert any(param["name"] == PICKED for param in spec["params"])
