"""One domain's quality: sentences, charts, numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.report.reliability import ReliabilityTexts, bins_frame, chance_chart, map_frame, reliability_chart
from calibration.stats.intervals import Estimate
from dashboard import state
from dashboard.components.calibrate.quality.run import DomainQuality
from dashboard.components.calibrate.quality.words import highest, order, truth
from dashboard.components.shared import figure
from dashboard.components.shared.tiers import estimate, percent
from dashboard.i18n import t


def show(found: DomainQuality) -> None:
    """From the sentence to the numbers under it."""
    st.markdown(order(found))
    if found.top is not None and found.top.note is not None:
        st.warning(found.top.note.explain(state.locale()), icon=":material/vertical_align_top:")
    _charts(found)
    st.table(numbers(found), border="horizontal", hide_index=True)
    st.caption(
        t(
            "In brackets the {confidence} interval, from groups of pairs that share texts. Brier score and "
            "calibration error are out of fold: the curve used for each pair was fitted without its texts.",
            confidence=percent(DEFAULT_CONFIDENCE, 0),
        )
    )
    for remark in found.reliability.notes if found.reliability is not None else ():
        st.caption(remark.explain(state.locale()))


def _charts(found: DomainQuality) -> None:
    """What a score means, and whether it is true."""
    if found.chance is None:
        return
    texts = ReliabilityTexts(
        score=t("Score (cosine)"),
        chance=t("Probability that both mean the same"),
        low=t("Lower bound"),
        high=t("Upper bound"),
        predicted=t("Predicted probability"),
        observed=t("Observed share"),
        labels=t("Labels"),
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(t("**What a score means**"))
        alt = t("Probability that a pair means the same by its score, with its interval as a band")
        figure.show(map_frame(found.chance), chance_chart(texts), "chance_chart", alt, highest(found))
    if found.reliability is None:
        return
    with right:
        st.markdown(t("**Whether that is true on unseen texts**"))
        alt = t("Predicted probability against observed share; accurate probabilities are on the dashed line")
        frame, spec = bins_frame(found.reliability), reliability_chart(texts)
        figure.show(frame, spec, "reliability_chart", alt, truth(found))


def numbers(found: DomainQuality) -> pd.DataFrame:
    """Every measure with its interval, its n, and what a model without any skill would have."""
    ranking, judged = found.ranking, found.reliability
    share = found.positives / found.n if found.n else float("nan")
    lines = [
        _line(t("AUC"), ranking.auc, "0.500", t("higher is better")),
        _line(t("Average precision"), ranking.average_precision, f"{share:.3f}", t("higher is better")),
        _line(t("Spearman correlation"), ranking.spearman, "0.000", t("higher is better")),
    ]
    if judged is not None:
        noise = t("up to {value} even if accurate", value=f"{judged.ece_by_chance:.3f}")
        lines.append(_line(t("Brier score"), judged.brier, f"{judged.brier_baseline:.3f}", t("lower is better")))
        lines.append(_line(t("Calibration error (ECE)"), judged.ece, noise, t("lower is better")))
    return pd.DataFrame(lines)


def _line(name: str, value: Estimate, idle: str, better: str) -> dict[str, str]:
    """One measure."""
    return {
        t("Measure"): name,
        t("Value and interval"): estimate(value),
        t("Labels"): f"{value.n:,}",
        t("Reference"): idle,
        t("Direction"): better,
    }
