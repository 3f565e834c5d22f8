"""All domains at a glance: a small histogram each, so that one sees how far apart they lie."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, GRADED, KIND, LABEL, LABEL_MAX, SCORE
from calibration.report.charts import HistogramTexts, label_colors
from calibration.report.small_multiples import MOST, multiples_chart, multiples_frame
from dashboard import resources, state
from dashboard.components import figure
from dashboard.components.tiers import label_name
from dashboard.i18n import escaped, t


def show(scored: pd.DataFrame, key: object) -> None:
    """The charts of every kind of label that two domains or more have; `key` says which frame this is."""
    for kind in sorted(scored[KIND].unique()):
        rows = scored[scored[KIND] == kind]
        if rows[DOMAIN].nunique() > 1:
            _kind(rows, str(kind), key)


def _kind(rows: pd.DataFrame, kind: str, key: object) -> None:
    """One kind of label; counted once a frame, then kept."""
    if kind == GRADED:
        rows = rows.assign(**{LABEL: rows[LABEL] // 1})
    labels = sorted(rows[LABEL].unique(), reverse=True)
    names = {label: label_name(label, kind) for label in labels}
    kept = ("multiples", key, kind, state.locale())
    frame, medians = resources.counted().get(kept), resources.counted().get(("medians", *kept))
    if frame is None or medians is None:
        frame, medians = multiples_frame(rows, names), rows.groupby(DOMAIN)[[SCORE]].median()
        resources.counted().put(kept, frame)
        resources.counted().put(("medians", *kept), medians)
    st.subheader(t("All domains"), anchor=False)
    texts = HistogramTexts(t("Score (cosine)"), t("Pairs"), t("Label"))
    spec = multiples_chart(list(names.values()), label_colors(labels, LABEL_MAX[kind]), texts)
    alt = t("Pairs by score and label, a small chart for each domain")
    figure.show(frame, spec, f"multiples_{kind}", alt, _message(medians[SCORE], len(rows)))


def _message(medians: pd.Series, pairs: int) -> str:
    """Where the middles of the domains lie."""
    ordered = medians.sort_values()
    shown = t(
        "The median score lies between **{low}** ({lowest}) and **{high}** ({highest}), over {count} pairs in "
        "{domains} domains.",
        low=f"{ordered.iloc[0]:.3f}",
        lowest=escaped(str(ordered.index[0])),
        high=f"{ordered.iloc[-1]:.3f}",
        highest=escaped(str(ordered.index[-1])),
        count=f"{pairs:,}",
        domains=len(ordered),
    )
    if len(ordered) > MOST:
        shown += " " + t("The {count} largest domains are drawn.", count=MOST)
    return shown
