"""The picture under a calibration's sentences: where each label's scores lie, and what thresholds are worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, GRADED, KIND, LABEL, LABEL_MAX, SAME, SCORE, THRESHOLD_TIERS
from calibration.curve import curve
from calibration.figures import threshold
from calibration.fit import certifying_rows, labels_of
from calibration.report.charts import HistogramTexts, label_colors, name_bins, score_histogram
from calibration.report.histogram import bin_edges, histogram
from calibration.report.palette import TIER_COLORS
from calibration.report.promise_curve import PromiseTexts, promise_chart, promise_frame
from dashboard.components.calibration_run import Outcome, asked_confidence
from dashboard.components.tiers import label_name
from dashboard.i18n import t, tier_name


def show(outcome: Outcome, domain: str) -> None:
    """Both charts, beside each other; nothing where no pair has a score."""
    scored = outcome.run.scored
    rows = scored[(scored[DOMAIN] == domain) & np.isfinite(scored[SCORE])]
    if rows.empty:
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(t("**Where the labels lie**"))
        _labels(outcome, domain, rows)
    with right:
        st.markdown(t("**What a threshold is worth**"))
        _worth(outcome, domain, rows)


def _labels(outcome: Outcome, domain: str, rows: pd.DataFrame) -> None:
    """Scores by label, of the commonest kind of label, with the thresholds drawn in."""
    kind = str(rows[KIND].mode()[0])
    mine = rows[rows[KIND] == kind]
    values = np.floor(mine[LABEL]) if kind == GRADED else mine[LABEL]
    labels = sorted(values.unique(), reverse=True)
    names = [label_name(label, kind) for label in labels]
    edges = bin_edges(mine[SCORE].to_numpy(dtype=np.float64), 40)
    spec = score_histogram(
        names,
        label_colors(labels, LABEL_MAX[kind]),
        (float(edges[0]), float(edges[-1])),
        outcome.run.policy.domain(domain).thresholds,
        {tier: tier_name(tier) for tier in THRESHOLD_TIERS},
        HistogramTexts(t("Score (cosine)"), t("Pairs"), t("Label")),
    )
    counted = name_bins(histogram(mine.assign(**{LABEL: values}), edges), dict(zip(labels, names, strict=True)))
    described = t("Pairs by score and label, with the thresholds as dashed lines")
    st.vega_lite_chart(counted, {**spec, "height": 280}, key=f"labels_{domain}", alt=described)


def _worth(outcome: Outcome, domain: str, rows: pd.DataFrame) -> None:
    """Precision and recall over the thresholds of the highest tier, the certified one drawn in."""
    certificate = outcome.run.fits[domain].certificates[SAME]
    usable = certifying_rows(rows)
    counts = curve(usable[SCORE].to_numpy(dtype=np.float64), labels_of(usable, SAME))
    found = promise_frame(counts, asked_confidence(outcome.run))
    texts = PromiseTexts(
        threshold=t("Threshold (cosine)"),
        share=t("Share"),
        precision=t("Precision at or above"),
        recall=t("Share of them caught"),
        interval=t("Interval"),
        above=t("Labels at or above"),
    )
    at = certificate.threshold
    marks = {t("certified {threshold}", threshold=threshold(at)): at} if certificate.certified else {}
    target = certificate.precision if certificate.fpr is None else None
    spec = promise_chart(texts, TIER_COLORS[SAME], marks, target)
    described = t(
        "Precision and recall of {tier} by threshold, with the target as a level line", tier=tier_name(SAME)
    )
    st.vega_lite_chart(found, spec, key=f"worth_{domain}", alt=described)
    st.caption(
        t(
            "For {tier}. The band is the interval of each threshold by itself; a certificate asks for more.",
            tier=tier_name(SAME),
        )
    )
