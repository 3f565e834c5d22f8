"""What thresholds do on labelled pairs: precision and recall with intervals, and every count."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.columns import BINARY, shown_tier
from calibration.evaluation.threshold_tally import crossed, judge
from calibration.fitting.sentences import row_bound
from calibration.policies.tiers import Thresholds
from dashboard.components.shared.tiers import badge, interval, label_name
from dashboard.i18n import t


def judged(counted: pd.DataFrame, kind: str, thresholds: Thresholds) -> None:
    """What these thresholds do on a tally: precision and recall with intervals, and every count."""
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        st.subheader(t("Precision and recall at these thresholds"), anchor=False)
        st.table(metrics_table(counted, kind, thresholds), border="horizontal", hide_index=True)
        st.caption(
            t(
                "Precision: of the pairs at or above a threshold, the share that belongs in that tier or a "
                "higher one. Recall: of all such pairs, the share that is found. In brackets the 90% interval, "
                "which treats pairs as independent, then the counts. Numbers of thresholds chosen by eye look "
                "better than they are; the calibration page certifies them."
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
            t("Tier"): badge(word),
            t("Pairs"): row_bound(metrics.tier, judged),
            t("Precision"): interval(metrics.precision),
            t("Recall"): interval(metrics.recall),
        }
        for word, metrics in judged.shown()
    ]
    return pd.DataFrame(lines)


def confusion_table(counted: pd.DataFrame, kind: str, thresholds: Thresholds) -> pd.DataFrame:
    """Counts by tier given (rows) and label (columns, high to low), in words."""
    counts = crossed(counted, thresholds)
    counts = counts[sorted(counts.columns, reverse=True)]
    counts = counts.groupby(lambda tier: shown_tier(tier, kind == BINARY, thresholds), sort=False).sum()
    named = counts.rename(index=badge, columns=lambda label: label_name(label, kind))
    return named.rename_axis(index=None, columns=None)
