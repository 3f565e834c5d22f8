"""What a calibration found, in tables: certificates, and before against after."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from calibration.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.columns import THRESHOLD_TIERS, UNRELATED
from calibration.evaluate import TierMetrics
from calibration.intervals import Estimate
from calibration.pipeline import CalibrationRun
from calibration.words import CANNOT_TELL, STATUS_NAMES, bound, evidence
from dashboard import state
from dashboard.components.calibration.run import Outcome
from dashboard.components.shared.tiers import badge, interval, limit
from dashboard.i18n import t

STATUS_ICONS: Final = {
    CERTIFIED: ":material/verified: ",
    INSUFFICIENT: ":material/hourglass_empty: ",
    NOT_CERTIFIABLE: ":material/do_not_disturb_on: ",
}


def status_badge(certificate: Certificate | None) -> str:
    """A certificate's status as a badge; these are normal outcomes, so none of them is red."""
    if certificate is None:
        return f":gray-badge[{t(CANNOT_TELL)}]"
    color = "green" if certificate.certified else "gray"
    return f":{color}-badge[{STATUS_ICONS[certificate.status]}{t(STATUS_NAMES[certificate.status])}]"


def tier_table(outcome: Outcome, domain: str) -> pd.DataFrame:
    """Thresholds of a domain with what stands behind each."""
    fit, judged = outcome.run.fits[domain], outcome.found[domain]
    lines = []
    for tier in [*THRESHOLD_TIERS, *([UNRELATED] if UNRELATED in fit.certificates else [])]:
        certificate, metrics = fit.certificates.get(tier), judged.tier(tier)
        below = certificate.threshold if certificate and certificate.certified else None
        lines.append(
            {
                t("Tier"): badge(tier),
                t("Threshold"): bound(tier, below if tier == UNRELATED else fit.thresholds.get(tier)),
                t("Labels"): f"{certificate.n:,}" if certificate else "–",
                t("Status"): status_badge(certificate),
                t("Certificate"): evidence(tier, certificate).explain(state.locale()),
                t("Recall"): interval(metrics.recall) if metrics else "–",
                t("Nominal, not certified"): _nominal(tier, outcome.run.nominal.get(domain, {}).get(tier)),
            }
        )
    return pd.DataFrame(lines)


def _nominal(tier: str, found: Estimate | None) -> str:
    """Where the target is met on the labels, with its interval."""
    if found is None or not math.isfinite(found.value):
        return "–"
    sign = "<" if tier == UNRELATED else "≥"
    return limit(sign, f"{found.value:.3f}") + f" ({found.low:.3f}–{found.high:.3f})"


def comparison_table(run: CalibrationRun, domain: str) -> pd.DataFrame:
    """Published and calibrated thresholds on the same pairs, tier by tier."""
    published, mine = run.published[domain], run.evaluation[domain]
    lines = []
    for tier in [*THRESHOLD_TIERS, UNRELATED]:
        for name, metrics in ((t("Published"), published.tier(tier)), (t("Calibrated"), mine.tier(tier))):
            if metrics is not None:
                lines.append(_compared(tier, name, metrics))
    return pd.DataFrame(lines)


def _compared(tier: str, name: str, metrics: TierMetrics) -> dict[str, str]:
    """One line of the comparison."""
    return {
        t("Tier"): badge(tier),
        t("Thresholds"): name,
        t("Threshold"): bound(tier, metrics.threshold),
        t("Precision"): interval(metrics.precision),
        t("Within the band"): interval(metrics.in_band),
        t("Recall"): interval(metrics.recall),
    }
