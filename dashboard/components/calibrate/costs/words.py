"""Sentences that say what thresholds cost."""

from __future__ import annotations

from collections.abc import Collection

from calibration.columns import LOWEST_SCORE, SAME, THRESHOLD_TIERS, UNRELATED, shown_tier
from calibration.costs.borrow import Suggestion
from calibration.costs.evaluate import CostEvaluation
from calibration.policies.tiers import Thresholds
from dashboard import state
from dashboard.components.shared.tiers import badge, estimate, threshold
from dashboard.i18n import escaped, t


def summary(judged: Collection[CostEvaluation]) -> str:
    """All domains in a sentence: in how many of them something can be saved."""
    return t(
        "In **{saving} of {count}** domains, the suggested thresholds are shown to cost less than the published "
        "ones.",
        saving=sum(one.saving.low > 0 for one in judged),
        count=len(judged),
    )


def sentence(found: Suggestion, judged: CostEvaluation, binary: bool) -> str:
    """The cheapest thresholds of a domain, and what they save."""
    words = {
        "domain": f"**{escaped(found.domain)}**",
        "n": f"{judged.n:,}",
        "tiers": tiers(found.thresholds, binary),
        "ours": estimate(judged.ours, 2),
        "published": estimate(judged.published, 2),
        "saving": estimate(judged.saving, 2),
    }
    if judged.saving.low > 0:
        return t(
            "Lowest-cost thresholds for {domain}: {tiers}. Cost **{ours}** per pair on unseen texts, against "
            "{published} at the published thresholds. That saves **{saving}** per pair ({n} labels).",
            **words,
        )
    return t(
        "Thresholds for {domain} that seem to cost least: {tiers}. Cost {ours} per pair on unseen texts, "
        "against {published} at the published thresholds. These {n} labels do not show a saving ({saving} per "
        "pair).",
        **words,
    )


def tiers(thresholds: Thresholds, binary: bool) -> str:
    """Thresholds in a line: where each tier begins, and what becomes of the rest; binary: see `shown_tier`."""
    parts, rest = [], UNRELATED
    for tier in THRESHOLD_TIERS:
        value = thresholds.get(tier)
        if value is not None and value <= LOWEST_SCORE:
            rest = tier
            break
        if value is not None:
            parts.append(t("{tier} from {value}", tier=badge(shown_tier(tier, binary)), value=threshold(value)))
    parts.append(t("{tier} for the rest", tier=badge(shown_tier(rest, binary, thresholds))))
    return t(", ").join(parts)


def remarks(found: Suggestion, judged: CostEvaluation) -> list[str]:
    """What to know about it: no merging, borrowed pairs, few labels."""
    told = []
    if found.thresholds.get(SAME) is None:
        told.append(
            t(
                "At these costs, no score is high enough to merge pairs without a check: even for the "
                "highest-scoring ones, a check costs less."
            )
        )
    if found.lenders:
        told.append(
            t(
                "The result also draws on {lent} pairs of other domains ({lenders}), which count as much as "
                "{kappa} labels; the domain has {n} of its own.",
                lent=f"{found.lent:,}",
                lenders=t(", ").join(escaped(name) for name in found.lenders),
                kappa=f"{found.kappa:g}",
                n=f"{found.n:,}",
            )
        )
    return told + [one.explain(state.locale()) for one in (*found.notes, *judged.notes)]
