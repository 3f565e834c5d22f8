"""All domains at a glance: a small histogram each, so that one sees how far apart they are."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, GRADED, KIND, LABEL, LABEL_MAX, SCORE
from calibration.report.charts import HistogramTexts, label_colors, name_bins
from calibration.report.small_multiples import MOST, multiples_chart, multiples_frame
from dashboard import resources
from dashboard.components.calibrate.distribution.histogram import places
from dashboard.components.shared import figure
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import escaped, joined, t


def show(scored: pd.DataFrame, identity: Hashable) -> None:
    """The charts of every kind of label that two domains or more have; `identity` says which frame this is."""
    there = resources.counted().kept(("places", identity), lambda: places(scored))
    for kind, domains in there.groupby(KIND, sort=True)[DOMAIN].nunique().items():
        if domains > 1:
            _kind(scored, str(kind), identity)


def _kind(scored: pd.DataFrame, kind: str, identity: Hashable) -> None:
    """One kind of label; filtered and counted once a frame, because that takes long with a million rows."""

    def rows() -> pd.DataFrame:
        found: pd.DataFrame = scored[scored[KIND] == kind]
        return found.assign(**{LABEL: found[LABEL] // 1}) if kind == GRADED else found

    counted = resources.counted()
    frame = counted.kept(("multiples", identity, kind), lambda: multiples_frame(rows()))
    medians = counted.kept(
        ("medians", identity, kind), lambda: rows().groupby(DOMAIN)[SCORE].agg(["median", "size"])
    )
    labels = sorted(frame[LABEL].unique(), reverse=True)
    names = {label: label_name(label, kind) for label in labels}
    st.subheader(t("All domains"), anchor=False)
    texts = HistogramTexts(t("Score (cosine)"), t("Pairs"), t("Label"))
    spec = multiples_chart(list(names.values()), label_colors(labels, LABEL_MAX[kind]), texts)
    alt = t("Pairs by score and label, a small chart for each domain")
    message = _message(medians["median"], int(medians["size"].sum()))
    figure.show(name_bins(frame, names), spec, f"multiples_{kind}", alt, message)


def _message(medians: pd.Series, pairs: int) -> str:
    """The medians of the domains."""
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
        shown = joined(shown, t("The {count} largest domains are drawn.", count=MOST))
    return shown
