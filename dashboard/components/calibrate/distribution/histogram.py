"""Scores by label, thresholds drawn in, and what they would do: one domain at a time."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from calibration.columns import (
    BINARY,
    DOMAIN,
    GRADED,
    KIND,
    LABEL,
    LABEL_MAX,
    SCORE,
    TEXT_A,
    TEXT_B,
    THRESHOLD_TIERS,
    shown_tier,
)
from calibration.evaluation.threshold_tally import judge, tally
from calibration.fitting.names import line_names
from calibration.policies.tiers import Thresholds, assign_rows, guards_of
from calibration.report.charts import PICKED, HistogramTexts, label_colors, name_bins, score_histogram
from calibration.report.histogram import BIN, bin_edges, bin_of, histogram
from calibration.text.differences import TAG_NAMES
from dashboard import resources, state
from dashboard.components.calibrate.distribution import handles
from dashboard.components.calibrate.distribution.judged import judged
from dashboard.components.calibrate.distribution.thresholds import current, ends_of, sliders
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.presentation import controls
from dashboard.components.shared import bar_choice, figure, glosses, tables
from dashboard.components.shared.tiers import badge, kind_name, label_name, percents, threshold
from dashboard.i18n import naming, t, tier_name, tn

HISTOGRAM: Final = "histogram"


@dataclass(frozen=True)
class Part:
    """The pairs of one domain and kind of label: their counts, and where to find them in the whole frame.

    counted: the tally of their scores. bins: their histogram, bin for bin, and `edges` between the bins.
    """

    domain: str
    kind: str
    counted: pd.DataFrame
    bins: pd.DataFrame
    edges: np.ndarray

    @property
    def labels(self) -> list[float]:
        """The labels there are, highest first."""
        return sorted((float(str(name)) for name in self.counted.columns[1:]), reverse=True)

    @property
    def binary(self) -> bool:
        """Whether the labels only say same or not."""
        return self.kind == BINARY

    def shown(self, tier: str) -> str:
        """What people read for a tier."""
        return shown_tier(tier, self.binary)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest score; NaN where no pair has one."""
        known = self.counted[SCORE].to_numpy()[:-1]
        return (float(known[-1]), float(known[0])) if known.size else (np.nan, np.nan)


@st.fragment
@guarding
def explore(scored: pd.DataFrame, identity: Hashable) -> None:
    """Everything that follows the sliders; only this part runs again when one moves.

    identity: tells `scored` from any other frame, so that it is counted once and not at every step.
    """
    left, right = st.columns([1.1, 2], gap="medium")
    with left, controls("column_thresholds", "stretch"), st.container(border=True, height="stretch"):
        part = _choose(scored, identity)
        thresholds = sliders(part.domain, ends_of(part.range, part.binary), part.binary)
        _unseen(part, thresholds)
    with right, st.container(border=True, height="stretch"):
        picked = _chart(part, thresholds)
    if picked is not None:
        _pairs(rows_of(scored, part.domain, part.kind), part, picked, thresholds)
    judged(part.counted, part.kind, thresholds)
    _unguarded(part.domain)


def _choose(scored: pd.DataFrame, identity: Hashable) -> Part:
    """One domain and one kind of label, as the user chooses."""
    there = resources.counted().kept(("places", identity), lambda: places(scored))
    domains = sorted(there[DOMAIN].unique())
    if state.get(state.DOMAIN) not in domains:
        state.drop(state.DOMAIN)
    domain = st.selectbox(t("Domain"), domains, key=state.DOMAIN, persist_state="session")
    kinds = sorted(there[KIND][there[DOMAIN] == domain])
    kind = str(kinds[0])
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
    return _part(scored, identity, str(domain), kind)


def _part(scored: pd.DataFrame, identity: Hashable, domain: str, kind: str) -> Part:
    """The counts of a domain and kind, made once."""
    counted = resources.counted().kept(
        ("tally", identity, domain, kind), lambda: tally(rows_of(scored, domain, kind))
    )
    edges = bin_edges(counted[SCORE].to_numpy()[:-1])
    bins = resources.counted().kept(
        ("bins", identity, domain, kind), lambda: histogram(rows_of(scored, domain, kind), edges)
    )
    return Part(domain, kind, counted, bins, edges)


def places(scored: pd.DataFrame) -> pd.DataFrame:
    """Which domains there are, and which kinds of label in each."""
    return scored[[DOMAIN, KIND]].drop_duplicates().astype(str).reset_index(drop=True)


def rows_of(scored: pd.DataFrame, domain: str, kind: str) -> pd.DataFrame:
    """The rows of one domain and kind of label; grades as whole numbers."""
    rows: pd.DataFrame = scored[(scored[DOMAIN] == domain) & (scored[KIND] == kind)]
    return rows.assign(**{LABEL: np.floor(rows[LABEL])}) if kind == GRADED else rows


def _unseen(part: Part, thresholds: Thresholds) -> None:
    """Name the thresholds that separate nothing here, because they are beside every score."""
    low, high = part.range
    idle = [tier for tier, value in thresholds.items() if value is not None and not low < value <= high]
    if idle and np.isfinite(low):
        names = t(", ").join(f"{tier_name(part.shown(tier))} {threshold(thresholds[tier])}" for tier in idle)
        st.caption(
            t(
                ":material/info: Outside the scores here ({low} to {high}), so they separate nothing: {names}",
                low=f"{low:.3f}",
                high=f"{high:.3f}",
                names=names,
            )
        )


def _unguarded(domain: str) -> None:
    """Say that the numbers leave the guards out, where the policy in use has some in this domain."""
    if guards := guards_of(current(domain) or {}):
        st.caption(
            t(
                ":material/shield: Guards are not in these numbers. The policy in use also keeps apart pairs that "
                "differ in: {guards}.",
                guards=t(", ").join(t(TAG_NAMES[name]) for name in guards),
            )
        )


def _chart(part: Part, thresholds: Thresholds) -> int | None:
    """The histogram; returns the bin to look at."""
    labels, edges = part.labels, part.edges
    names = [label_name(label, part.kind) for label in labels]
    counted = name_bins(part.bins, dict(zip(labels, names, strict=True)))
    spec = score_histogram(
        names,
        label_colors(labels, LABEL_MAX[part.kind]),
        (float(edges[0]), float(edges[-1])),
        thresholds,
        line_names(part.binary, state.locale()),
        HistogramTexts(t("Score (cosine)"), t("Pairs"), t("Label")),
    )
    alt = t("Pairs by score and label, with the thresholds as dashed lines")
    event = figure.show(counted, spec, HISTOGRAM, alt, message(part, thresholds), clicks=True)
    span = (float(edges[0]), float(edges[-1]))
    handles.show(part.domain, HISTOGRAM, span, thresholds, ends_of(part.range, part.binary))
    st.caption(t("Drag the line to another score.") if part.binary else t("Drag a threshold to another score."))
    chosen = event["selection"].get(PICKED) or []
    clicked = int(chosen[0][BIN]) if chosen and BIN in chosen[0] else None
    return bar_choice.choose(part.bins, edges, clicked, state.bar(part.domain, part.kind))


def message(part: Part, thresholds: Thresholds) -> str:
    """What the highest threshold in use does here, in a sentence."""
    found = judge(part.counted, part.kind, thresholds)
    metrics = next((one for one in found.tiers if one.threshold is not None), None)
    if metrics is None or metrics.tier not in THRESHOLD_TIERS or not found.n:
        return t("No threshold is in use, so none of the {n} pairs gets a tier.", n=f"{found.n:,}")
    return t(
        "**{share}** of {n} pairs reach the threshold {threshold} of {tier}; **{right}** of these have this label.",
        share=f"{metrics.precision.n / found.n:.1%}",
        n=f"{found.n:,}",
        tier=badge(part.shown(metrics.tier)),
        threshold=threshold(metrics.threshold),
        right=percents(metrics.precision),
    )


def _pairs(rows: pd.DataFrame, part: Part, number: int, thresholds: Thresholds) -> None:
    """The pairs of one bar, highest score first."""
    edges = part.edges
    inside = rows[np.isfinite(rows[SCORE])]
    inside = inside[bin_of(inside[SCORE].to_numpy(), edges) == number].sort_values(SCORE, ascending=False)
    given = assign_rows(inside, thresholds)
    shown = inside.assign(
        given=[tier_name(shown_tier(tier, part.binary, thresholds)) for tier in given],
        named=[label_name(label, part.kind) for label in inside[LABEL]],
    )
    place = t("from {low} to {high}", low=f"{edges[number]:.3f}", high=f"{edges[number + 1]:.3f}")
    st.subheader(tn("{count} pair {place}", "{count} pairs {place}", len(inside), place=place), anchor=False)
    columns = {
        SCORE: tables.score(t("Score")),
        "named": tables.text(t("Label"), "small"),
        "given": tables.text(t("Tier given"), "small"),
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
        **glosses.column(shown, TEXT_A, TEXT_B),
    }

    def words(rows: pd.DataFrame) -> pd.DataFrame:
        return glosses.with_english(rows, TEXT_A, TEXT_B)

    tables.paged(shown, state.PAIRS_PAGE, columns, t("Pairs of the bar"), size=10, words=words)
