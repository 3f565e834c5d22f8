"""What every threshold of `same` costs in a domain, with those that are compared drawn in."""

from __future__ import annotations

import streamlit as st

from calibration.columns import SAME
from calibration.costs.curve import CostCurve
from calibration.policies.tiers import PUBLISHED
from calibration.report.cost_curve import CostTexts, cost_chart, curve_frame
from dashboard.components.calibrate.costs.run import CostOutcome
from dashboard.components.shared import figure
from dashboard.components.shared.tiers import badge, threshold
from dashboard.i18n import t


def show(outcome: CostOutcome, domain: str) -> None:
    """The curve, where there are two scores or more to draw it between."""
    curve = outcome.curves[domain]
    if len(curve.thresholds) < 2:
        return
    tier = badge(outcome.run.policy.domain(domain).shown(SAME))
    st.markdown(
        t(
            "**Cost of a pair by where {tier} begins**, with the cheapest lower tiers, on the labels they were "
            "found on (so a little lower than on unseen texts); without {tier} it is {without}.",
            tier=tier,
            without=f"{curve.without:.2f}",
        )
    )
    texts = CostTexts(t("Threshold (cosine)"), t("Cost of a pair"), t("Share of pairs at or above"))
    spec = cost_chart(texts, _marks(outcome, domain), (float(curve.thresholds[-1]), float(curve.thresholds[0])))
    alt = t("Cost of a pair by threshold, with the thresholds that are compared as dashed lines")
    figure.show(curve_frame(curve), spec, "cost_chart", alt, _message(curve, tier))


def _message(curve: CostCurve, tier: str) -> str:
    """Where the curve is lowest, and what the other end costs."""
    words = {"tier": tier, "most": f"{curve.cost.max():.2f}", "n": f"{curve.n:,}"}
    at = threshold(float(curve.thresholds[curve.cost.argmax()]))
    if curve.best is None:
        return t(
            "Costs are lowest when no pair gets {tier}: **{least}** a pair, against up to {most} (from {at}; "
            "{n} pairs).",
            least=f"{curve.without:.2f}", at=at, **words,
        )  # fmt: skip
    return t(
        "The curve is lowest at **{best}**: **{least}** a pair, against up to {most} (from {at}; {n} pairs).",
        best=threshold(curve.best), least=f"{curve.best_cost:.2f}", at=at, **words,
    )  # fmt: skip


def _marks(outcome: CostOutcome, domain: str) -> dict[str, float]:
    """The thresholds of `same` that are compared, by name."""
    current = outcome.current.policy.domains.get(domain) if outcome.current is not None else None
    named = {
        t("Suggested"): outcome.run.suggestions[domain].thresholds.get(SAME),
        t("Policy in use"): current.thresholds.get(SAME) if current is not None else None,
        t("Published"): PUBLISHED[SAME],
    }
    return {name: value for name, value in named.items() if value is not None}
