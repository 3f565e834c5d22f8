"""What an ablation found, as sentences and as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from calibration.comparison.ablation_result import (
    CHANGES_NOTHING,
    HARMS,
    HELPS,
    NEGLIGIBLE,
    NO_DIFFERENCE,
    Ablation,
    Difference,
    VariantResult,
)
from calibration.errors import N_
from calibration.stats.formatting import DASH
from dashboard.components.shared import interval_chart
from dashboard.i18n import escaped, joined, t

VARIANTS: Final[Mapping[str, str]] = {
    "default": N_("Default"),
    "no_cleaning": N_("Without any cleaning"),
    "without_invisible": N_("Invisible characters left in"),
    "without_lines": N_("Line breaks left in"),
    "without_blanks": N_("Blanks not merged"),
    "map_punctuation": N_("Punctuation mapped to ASCII"),
    "segments_max": N_("Long texts by sentence: best match"),
    "segments_mean": N_("Long texts by sentence: average"),
}
VERDICTS: Final[Mapping[str, str]] = {
    HELPS: N_("helps"),
    HARMS: N_("harms"),
    NO_DIFFERENCE: N_("no difference shown"),
    NEGLIGIBLE: N_("too little to matter"),
    CHANGES_NOTHING: N_("changes nothing"),
}
METRICS: Final[Mapping[str, str]] = {
    "auc": N_("AUC"),
    "recall": N_("Recall"),
    "precision": N_("Precision"),
}


def others(found: Ablation, domain: str) -> dict[str, VariantResult]:
    """Every variant of a domain but the one that it is compared with."""
    return {name: result for name, result in found.domains[domain].items() if name != found.baseline}


def sentence(found: Ablation, domain: str) -> str:
    """What is shown in a domain, in a sentence."""
    results = others(found, domain)
    words = {"domain": f"**{escaped(domain)}**", "n": f"{found.domains[domain][found.baseline].n:,}"}
    helping, harming = (
        t(", ").join(f"**{t(VARIANTS[name])}**" for name, one in results.items() if one.verdict == verdict)
        for verdict in (HELPS, HARMS)
    )
    if not any(one.changed for one in results.values()):
        return t(
            "In {domain}, none of these settings changes a score: the {n} pairs contain nothing that they act on.",
            **words,
        )
    if not helping and not harming:
        return t("In {domain}, no setting is shown to be better or worse than the default ({n} pairs).", **words)
    told = []
    if helping:
        told.append(t("In {domain}, better than the default ({n} pairs): {names}.", names=helping, **words))
    if harming:
        told.append(t("In {domain}, worse than the default ({n} pairs): {names}.", names=harming, **words))
    return joined(*told)


def shown(gap: Difference) -> str:
    """A difference in points with its interval."""
    value, low, high = (100 * x for x in (gap.estimate.value, gap.estimate.low, gap.estimate.high))
    if value == low == high == 0:
        return t("no change")
    if max(map(abs, (value, low, high))) < 0.005:
        return t("less than 0.01")
    return DASH if value != value else f"{value:+.2f} ({low:+.2f} – {high:+.2f})"


def chart_lines(results: Mapping[str, VariantResult], metric: str) -> pd.DataFrame:
    """The differences of one metric, as the interval chart takes them; those that are not known left out."""
    gaps = {name: one.differences[metric] for name, one in results.items() if one.changed}
    rows = [
        {
            interval_chart.LABEL: t(VARIANTS[name]),
            interval_chart.VALUE: gap.estimate.value,
            interval_chart.LOW: gap.estimate.low,
            interval_chart.HIGH: gap.estimate.high,
            interval_chart.TOLD: shown(gap),
        }
        for name, gap in gaps.items()
    ]
    return pd.DataFrame(rows).dropna()


def table(results: Mapping[str, VariantResult]) -> pd.DataFrame:
    """Every variant: how many scores it changes, the differences in points, what is shown."""
    return pd.DataFrame(
        [
            {
                t("Setting"): t(VARIANTS[name]),
                t("Scores changed"): f"{one.changed:,}/{one.n:,}",
                **{t(METRICS[metric]): shown(one.differences[metric]) for metric in METRICS},
                t("Finding"): t(VERDICTS[one.verdict]),
            }
            for name, one in results.items()
        ]
    )


def rows(found: Ablation) -> pd.DataFrame:
    """Everything as numbers, a line for each domain, variant and metric, for a file."""
    return pd.DataFrame(
        [
            {
                "domain": domain,
                "variant": name,
                "n": one.n,
                "groups": one.groups,
                "scores_changed": one.changed,
                "metric": metric,
                "value": one.metrics[metric].value,
                "difference": gap.estimate.value,
                "low": gap.estimate.low,
                "high": gap.estimate.high,
                "p_value": gap.p_value,
                "p_adjusted": gap.p_adjusted,
                "verdict": one.verdict,
            }
            for domain, part in found.domains.items()
            for name, one in part.items()
            for metric, gap in one.differences.items()
        ]
    )
