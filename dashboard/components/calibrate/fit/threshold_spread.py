"""Thresholds of all domains side by side, each with its interval: why one number for all does not do."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from calibration.columns import shown_tier
from calibration.fitting.fit import DomainFit
from calibration.report.threshold_spread import (
    CERTIFIED,
    HIGH,
    LOW,
    PLACE,
    TIER,
    VALUE,
    SpreadTexts,
    spread_chart,
    spread_frame,
)
from calibration.stats.formatting import asked_percent
from dashboard.components.calibrate.fit.run import Outcome, asked_confidence
from dashboard.components.calibrate.fit.tables import spread
from dashboard.components.shared import figure
from dashboard.components.shared.tiers import badge, threshold
from dashboard.i18n import escaped, t, tier_name


def show(outcome: Outcome) -> None:
    """The chart of all domains; nothing where no threshold was found in any."""
    frame = spread_frame(outcome.spread, outcome.run.fits, tier_name)
    if frame.empty:
        return
    texts = SpreadTexts(
        t("Threshold (cosine)"), t("Tier"), t("Lower bound"), t("Upper bound"), t("Certified from"), t("Published")
    )
    with st.container(border=True, key="fit_spread"):
        st.subheader(t("Thresholds by domain"), anchor=False)
        spec = spread_chart(frame, texts)
        alt = t("Thresholds of each domain and tier with their intervals, published ones as dashed lines")
        figure.show(frame, spec, "spread", alt, _message(frame, outcome.run.fits))
        st.caption(
            t(
                "Dot: the lowest threshold with that precision on the labels, without a guarantee; bar: its "
                "{confidence} interval (bootstrap over groups of pairs that share texts); diamond: certified.",
                confidence=asked_percent(asked_confidence(outcome.run)),
            )
        )


def _message(frame: pd.DataFrame, fits: Mapping[str, DomainFit]) -> str:
    """How far the domains are apart in the tier that most of them have."""
    counts = frame.dropna(subset=[VALUE])[TIER].value_counts()
    if counts.empty:
        found = frame.dropna(subset=[CERTIFIED]).iloc[0]
        where = escaped(str(found[PLACE]))
        return t("In {domain}, {tier} is certified from {value}.", domain=where, tier=_badge(found, fits),
                 value=threshold(found[CERTIFIED]))  # fmt: skip
    tier = str(counts.index[0])
    rows = frame[frame[TIER] == tier].dropna(subset=[VALUE]).sort_values(VALUE)
    first, last = rows.iloc[0], rows.iloc[-1]
    words = {"tier": _badge(first, fits), "low": _place(first), "high": _place(last)}
    if len(rows) == 1:
        return t("{tier} reaches the target from {low}.", **words)
    if last[LOW] > first[HIGH]:
        return t("The same target needs **different thresholds**: {tier} from {low}, but from {high}.", **words)
    return t("{tier} reaches the target between {low} and {high}; these intervals overlap.", **words)


def _badge(row: pd.Series, fits: Mapping[str, DomainFit]) -> str:
    return badge(shown_tier(str(row[TIER]), fits[str(row[PLACE])].binary))


def _place(row: pd.Series) -> str:
    """A threshold with its interval and domain."""
    between = spread(float(row[VALUE]), float(row[LOW]), float(row[HIGH]))
    return t("{value} in {domain}", value=between, domain=escaped(str(row[PLACE])))
