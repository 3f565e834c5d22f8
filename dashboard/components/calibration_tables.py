"""What a calibration found, in tables: certificates, and before against after."""

from __future__ import annotations

import math

import pandas as pd

from calibration.certificate import CERTIFIED, INSUFFICIENT, Certificate
from calibration.columns import THRESHOLD_TIERS, UNRELATED
from calibration.evaluate import TierMetrics
from calibration.pipeline import CalibrationRun
from dashboard.components.calibration_run import Outcome
from dashboard.components.tiers import badge, interval, percent, threshold
from dashboard.i18n import t


def status_badge(certificate: Certificate | None) -> str:
    """A certificate's status as a badge; these are normal outcomes, so none of them is red."""
    if certificate is None:
        return f":gray-badge[{t('labels cannot tell')}]"
    if certificate.status == CERTIFIED:
        return f":green-badge[:material/verified: {t('certified')}]"
    if certificate.status == INSUFFICIENT:
        return f":gray-badge[:material/hourglass_empty: {t('too few labels')}]"
    return f":gray-badge[:material/do_not_disturb_on: {t('not certifiable')}]"


def _evidence(certificate: Certificate | None) -> str:
    """The numbers behind a status."""
    if certificate is None:
        return "–"
    if certificate.status == CERTIFIED:
        return t(
            "{n} pairs, {wrong} wrong, precision ≥ {lower}",
            n=f"{certificate.n_above:,}",
            wrong=f"{certificate.false_positives:,}",
            lower=percent(certificate.precision_lower),
        )
    if certificate.labels_needed:
        return t("needs at least {needed} labels", needed=f"{certificate.labels_needed:,}")
    return t(
        "{positives} of {n} labels are positive", positives=f"{certificate.positives:,}", n=f"{certificate.n:,}"
    )


def tier_table(outcome: Outcome, domain: str) -> pd.DataFrame:
    """Thresholds of a domain with what stands behind each."""
    fit, judged = outcome.run.fits[domain], outcome.found[domain]
    lines = []
    for tier in [*THRESHOLD_TIERS, *([UNRELATED] if UNRELATED in fit.certificates else [])]:
        certificate, metrics = fit.certificates.get(tier), judged.tier(tier)
        lines.append(
            {
                t("Tier"): badge(tier),
                t("Threshold"): _bound(tier, fit.thresholds.get(tier), certificate),
                t("Labels"): f"{certificate.n:,}" if certificate else "–",
                t("Status"): status_badge(certificate),
                t("Certificate"): _evidence(certificate),
                t("Recall"): interval(metrics.recall) if metrics else "–",
            }
        )
    return pd.DataFrame(lines)


def _bound(tier: str, value: float | None, certificate: Certificate | None) -> str:
    """A threshold with its direction; where labels are two, what lies under `unrelated` counts from above."""
    if tier == UNRELATED:
        return f"< {threshold(certificate.threshold, below=True)}" if certificate and certificate.certified else "–"
    return f"≥ {threshold(value)}" if value is not None and math.isfinite(value) and value > -1 else "–"


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
    sign = "<" if tier == UNRELATED else "≥"
    usable = metrics.threshold is not None and metrics.threshold > -1
    return {
        t("Tier"): badge(tier),
        t("Thresholds"): name,
        t("Threshold"): f"{sign} {threshold(metrics.threshold, below=tier == UNRELATED)}" if usable else "–",
        t("Precision"): interval(metrics.precision),
        t("Recall"): interval(metrics.recall),
    }
