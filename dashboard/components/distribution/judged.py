"""What thresholds do on labelled pairs: precision and recall with intervals, and every count."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from calibration.tally import crossed, judge
from calibration.words import bound
from dashboard.components.shared.tiers import badge, interval, label_name
from dashboard.i18n import t

Thresholds = Mapping[str, float | None]


def judged(counted: pd.DataFrame, kind: str, thresholds: Thresholds) -> None:
    """What these thresholds do on a tally: precision and recall with intervals, and every count."""
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        st.subheader(t("Precision and recall at these thresholds"), anchor=False)
        st.table(metrics_table(counted, kind, thresholds), border="horizontal", hide_index=True)
        st.caption(
            t(
                "Of the pairs at or above a threshold, how many are at least of that tier; of all such pairs, "
                "how many are found. In brackets the 90% interval, which takes pairs as independent, then the "
                "counts. Chosen by eye, these numbers flatter; the calibration page certifies."
            )
        )
    with right:
        st.subheader(t("Tier given and label"), anchor=False)
        st.table(confusion_table(counted, kind, thresholds), border="horizontal")
        st.caption(t("Rows: the tier that the thresholds give. Columns: the label."))


def metrics_table(counted: pd.DataFrame, kind: str, thresholds: Thresholds) -> pd.DataFrame:
    """Precision and recall of every tier that the labels can tell, in words."""
    judged = judge(counted, kind, thresholds)
    lines = [
        {
            t("Tier"): badge(metrics.tier),
            t("Pairs"): bound(metrics.tier, metrics.threshold),
            t("Precision"): interval(metrics.precision),
            t("Recall"): interval(metrics.recall),
        }
        for metrics in judged.tiers
    ]
    return pd.DataFrame(lines)


def confusion_table(counted: pd.DataFrame, kind: str, thresholds: Thresholds) -> pd.DataFrame:
    """Counts by tier given (rows) and label (columns, high to low), in words."""
    counts = crossed(counted, thresholds)
    counts = counts[sorted(counts.columns, reverse=True)]
    named = counts.rename(index=badge, columns=lambda label: label_name(label, kind))
    return named.rename_axis(index=None, columns=None)
