"""Scores by label, thresholds drawn in, and what they would do: one domain at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from calibration.columns import (
    DOMAIN,
    GRADED,
    KIND,
    LABEL,
    LABEL_MAX,
    SCORE,
    TEXT_A,
    TEXT_B,
    THRESHOLD_TIERS,
)
from calibration.evaluate import assign_tiers
from calibration.report.charts import PICKED, HistogramTexts, label_colors, name_bins, score_histogram
from calibration.report.histogram import BIN, bin_edges, bin_of, histogram
from dashboard import state
from dashboard.components import tables
from dashboard.components.guard import guarding
from dashboard.components.judged import Thresholds, judged
from dashboard.components.presentation import controls
from dashboard.components.thresholds import sliders
from dashboard.components.tiers import kind_name, label_name, threshold
from dashboard.i18n import naming, t, tier_name, tn


@st.fragment
@guarding
def explore(scored: pd.DataFrame) -> None:
    """Everything that follows the sliders; only this part runs again when one moves."""
    left, right = st.columns([1.1, 2], gap="large")
    with left, controls("column_thresholds"), st.container(border=True, height="stretch"):
        rows = _choose(scored)
        domain = str(rows[DOMAIN].iloc[0])
        known = rows[np.isfinite(rows[SCORE])]
        lowest = float(known[SCORE].min()) if len(known) else 0.0
        thresholds = sliders(domain, lowest)
        _unseen(known, thresholds)
    edges = bin_edges(rows[SCORE].to_numpy())
    with right, st.container(border=True, height="stretch"):
        picked = _chart(rows, edges, thresholds)
    if picked is not None:
        _pairs(rows, edges, picked, thresholds)
    judged(rows, thresholds)


def _choose(scored: pd.DataFrame) -> pd.DataFrame:
    """The rows of one domain and one kind of label."""
    domains = sorted(scored[DOMAIN].unique())
    if state.get(state.DOMAIN) not in domains:
        state.drop(state.DOMAIN)
    domain = st.selectbox(t("Domain"), domains, key=state.DOMAIN, persist_state="session")
    rows: pd.DataFrame = scored[scored[DOMAIN] == domain]
    kinds = sorted(rows[KIND].unique())
    if len(kinds) > 1:
        if state.get(state.LABEL_KIND) not in kinds:
            state.drop(state.LABEL_KIND)
        kind = st.selectbox(
            t("Kind of labels"),
            kinds,
            format_func=naming(kinds, kind_name),
            key=state.LABEL_KIND,
            persist_state="session",
        )
        rows = rows[rows[KIND] == kind]
    if rows[KIND].iloc[0] == GRADED:
        rows = rows.assign(**{LABEL: np.floor(rows[LABEL])})
    return rows


def _unseen(rows: pd.DataFrame, thresholds: Thresholds) -> None:
    """Name the thresholds that separate nothing here, because they lie beside every score."""
    if rows.empty:
        return
    low, high = rows[SCORE].min(), rows[SCORE].max()
    idle = [tier for tier, value in thresholds.items() if value is not None and not low < value <= high]
    if idle:
        names = t(", ").join(f"{tier_name(tier)} {threshold(thresholds[tier])}" for tier in idle)
        st.caption(
            t(
                ":material/info: Outside the scores here ({low} to {high}), so they separate nothing: {names}",
                low=f"{low:.3f}",
                high=f"{high:.3f}",
                names=names,
            )
        )


def _chart(rows: pd.DataFrame, edges: np.ndarray, thresholds: Thresholds) -> int | None:
    """The histogram; returns the bin that was clicked."""
    kind = str(rows[KIND].iloc[0])
    labels = sorted(rows[LABEL].unique(), reverse=True)
    names = [label_name(label, kind) for label in labels]
    counted = name_bins(histogram(rows, edges), dict(zip(labels, names, strict=True)))
    spec = score_histogram(
        names,
        label_colors(labels, LABEL_MAX[kind]),
        (float(edges[0]), float(edges[-1])),
        thresholds,
        {tier: tier_name(tier) for tier in THRESHOLD_TIERS},
        HistogramTexts(t("Score (cosine)"), t("Pairs"), t("Label")),
    )
    event = st.vega_lite_chart(
        counted,
        spec,
        key="histogram",
        on_select="rerun",
        alt=t("Pairs by score and label, with the thresholds as dashed lines"),
    )
    chosen = event["selection"].get(PICKED) or []
    st.caption(t("Click a bar to see its pairs."))
    return int(chosen[0][BIN]) if chosen and BIN in chosen[0] and int(chosen[0][BIN]) < len(edges) - 1 else None


def _pairs(rows: pd.DataFrame, edges: np.ndarray, number: int, thresholds: Thresholds) -> None:
    """The pairs of one bar, highest score first."""
    inside = rows[np.isfinite(rows[SCORE])]
    inside = inside[bin_of(inside[SCORE].to_numpy(), edges) == number].sort_values(SCORE, ascending=False)
    given = assign_tiers(inside[SCORE].to_numpy(), thresholds)
    kind = str(rows[KIND].iloc[0])
    shown = inside.assign(
        given=[tier_name(tier) for tier in given], named=[label_name(label, kind) for label in inside[LABEL]]
    )
    place = t("from {low} to {high}", low=f"{edges[number]:.3f}", high=f"{edges[number + 1]:.3f}")
    st.subheader(tn("{count} pair {place}", "{count} pairs {place}", len(inside), place=place), anchor=False)
    columns = {
        SCORE: tables.score(t("Score")),
        "named": tables.text(t("Label"), "small"),
        "given": tables.text(t("Tier given"), "small"),
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
    }
    tables.paged(shown, state.PAIRS_PAGE, columns, t("Pairs of the bar"), size=10)
