"""What a calibration found, in tables: certificates, and before against after."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from calibration.calibrate import CalibrationRun
from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE, Certificate
from calibration.columns import TIERS, UNRELATED, shown_tier
from calibration.evaluation.tier_metrics import TierMetrics
from calibration.fitting.names import STATUS_NAMES
from calibration.fitting.sentences import CANNOT_TELL, bound, certified_rows, evidence, row_bound
from calibration.stats.formatting import end
from calibration.stats.intervals import Estimate
from dashboard import state
from dashboard.components.calibrate.fit.run import Outcome
from dashboard.components.shared.tiers import badge, interval, limit, threshold
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
    """Thresholds of a domain with the evidence for each."""
    fit, judged = outcome.run.fits[domain], outcome.found[domain]
    lines = []
    for tier in certified_rows(fit.certificates, fit.binary):
        certificate, metrics = fit.certificates.get(tier), judged.tier(tier)
        below = certificate.threshold if certificate and certificate.certified else None
        lines.append(
            {
                t("Tier"): badge(shown_tier(tier, fit.binary)),
                t("Threshold"): bound(tier, below if tier == UNRELATED else fit.thresholds.get(tier)),
                t("Labels"): f"{certificate.n:,}" if certificate else "–",
                t("Status"): status_badge(certificate),
                t("Certificate"): evidence(tier, certificate).explain(state.locale()),
                t("Recall"): interval(metrics.recall) if metrics else "–",
                t("Empirical threshold"): _empirical(tier, outcome.run.nominal.get(domain, {}).get(tier)),
            }
        )
    return pd.DataFrame(lines)


def _empirical(tier: str, found: Estimate | None) -> str:
    """Where the target is met on the labels, with its interval."""
    if found is None or not math.isfinite(found.value):
        return "–"
    return limit("<" if tier == UNRELATED else "≥", spread(found.value, found.low, found.high, tier == UNRELATED))


def spread(value: float, low: float, high: float, below: bool = False) -> str:
    """A threshold with its interval, the same wherever it is shown."""
    return f"{threshold(value, below=below)} ({end(low)}–{end(high)})"


def comparison_table(run: CalibrationRun, domain: str) -> pd.DataFrame:
    """Published and calibrated thresholds on the same pairs, tier by tier."""
    published, mine = run.published[domain], run.evaluation[domain]
    lines = []
    for tier in TIERS:
        for name, judged in ((t("Published"), published), (t("Calibrated"), mine)):
            for word, metrics in judged.shown():
                if metrics.tier == tier:
                    lines.append(_compared(word, name, metrics, row_bound(tier, judged)))
    return pd.DataFrame(lines)


def _compared(word: str, name: str, metrics: TierMetrics, limits: str) -> dict[str, str]:
    """One line of the comparison."""
    return {
        t("Tier"): badge(word),
        t("Thresholds"): name,
        t("Threshold"): limits,
        t("Precision"): interval(metrics.precision),
        t("Within the band"): interval(metrics.in_band),
        t("Recall"): interval(metrics.recall),
    }
