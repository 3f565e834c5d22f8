"""Precision against recall in a domain, with the certified thresholds drawn in."""

from __future__ import annotations

import streamlit as st

from calibration.columns import DOMAIN, shown_tier
from calibration.fitting.names import line_names
from calibration.pairs.purpose import calibration_rows
from calibration.report.precision_recall import (
    LOWER,
    PRECISION,
    RECALL,
    THRESHOLD,
    TIER,
    CurveTexts,
    certified_points,
    curve_chart,
    curve_frame,
)
from dashboard import state
from dashboard.components.calibrate.fit.run import Outcome
from dashboard.components.shared import figure
from dashboard.components.shared.tiers import badge, percent, threshold
from dashboard.i18n import escaped, t


def show(outcome: Outcome, domain: str) -> None:
    """The chart of one domain, where its labels can draw one."""
    run = outcome.run
    rows = calibration_rows(run.scored[run.scored[DOMAIN] == domain])
    binary = run.fits[domain].binary
    names = line_names(binary, state.locale())
    judges = run.policy.domain(domain).thresholds
    frame = curve_frame(rows, names, thresholds=judges)
    if frame.empty:
        st.caption(t("There are no positive labels, so there is no curve."))
        return
    certificates = run.fits[domain].certificates
    points = certified_points(rows, certificates, names, thresholds=judges)
    by_rate = run.policy.settings.get("fpr") is not None
    promised = None if by_rate else run.policy.settings.get("precision")
    texts = CurveTexts(
        t("Recall"), t("Precision"), t("Threshold"), t("Pairs at or above"), t("Tier"), t("Precision, lower bound"),
        t("target {precision}"),
    )  # fmt: skip
    present = {tier: names[tier] for tier in names if tier in set(frame[TIER])}
    alt = t("Precision and recall at every threshold in {domain}, certified thresholds as diamonds", domain=domain)
    message = _message(domain, points, by_rate, binary)
    figure.show(frame, curve_chart(present, points, promised, texts), f"curve_{domain}", alt, message)


def _message(domain: str, points: list[dict[str, object]], by_rate: bool, binary: bool) -> str:
    """What is certified, as points on the curves; of a false positive rate they say nothing."""
    if by_rate:
        return t(
            "In {domain} the target was the false positive rate; these curves show precision, which is not "
            "promised.",
            domain=escaped(domain),
        )
    if not points:
        return t("No point of these curves is certified in {domain}.", domain=escaped(domain))
    parts = [
        t(
            "{tier} from {threshold}: precision {precision} on the labels, certified {lower} or more, recall "
            "{recall}",
            tier=badge(shown_tier(str(point[TIER]), binary)),
            threshold=threshold(float(str(point[THRESHOLD]))),
            precision=percent(float(str(point[PRECISION]))),
            lower=percent(float(str(point[LOWER]))),
            recall=percent(float(str(point[RECALL]))),
        )
        for point in points
    ]
    return t("Certified (diamonds): {points}.", points=t("; ").join(parts))
