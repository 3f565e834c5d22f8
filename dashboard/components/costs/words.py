"""What thresholds cost, as one would tell a colleague."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from calibration.borrow import Suggestion
from calibration.columns import LOWEST_SCORE, SAME, THRESHOLD_TIERS, UNRELATED
from calibration.cost_evaluation import CostEvaluation
from dashboard import state
from dashboard.components.shared.tiers import badge, estimate, threshold
from dashboard.i18n import escaped, t


def summary(judged: Collection[CostEvaluation]) -> str:
    """All domains in a sentence: in how many of them something can be saved."""
    return t(
        "In **{saving} of {count}** domains the suggested thresholds can be shown to cost less than the published.",
        saving=sum(one.saving.low > 0 for one in judged),
        count=len(judged),
    )


def sentence(found: Suggestion, judged: CostEvaluation) -> str:
    """The cheapest thresholds of a domain, and what they save."""
    words = {
        "domain": f"**{escaped(found.domain)}**",
        "n": f"{judged.n:,}",
        "tiers": tiers(found.thresholds),
        "ours": estimate(judged.ours, 2),
        "published": estimate(judged.published, 2),
        "saving": estimate(judged.saving, 2),
    }
    if judged.saving.low > 0:
        return t(
            "In {domain}, it costs least to take {tiers}: **{ours}** a pair on texts not seen, where the published "
            "thresholds cost {published}. That saves **{saving}** a pair ({n} labels).",
            **words,
        )
    return t(
        "In {domain}, it seems to cost least to take {tiers}: {ours} a pair on texts not seen, where the published "
        "thresholds cost {published}. With {n} labels no saving can be shown ({saving} a pair).",
        **words,
    )


def tiers(thresholds: Mapping[str, float | None]) -> str:
    """Thresholds in a line: where each tier begins, and what becomes of the rest."""
    parts, rest = [], UNRELATED
    for tier in THRESHOLD_TIERS:
        value = thresholds.get(tier)
        if value is not None and value <= LOWEST_SCORE:
            rest = tier
            break
        if value is not None:
            parts.append(t("{tier} from {value}", tier=badge(tier), value=threshold(value)))
    parts.append(t("{tier} for the rest", tier=badge(rest)))
    return t(", ").join(parts)


def remarks(found: Suggestion, judged: CostEvaluation) -> list[str]:
    """What to know about it: no merging, borrowed pairs, few labels."""
    told = []
    if found.thresholds.get(SAME) is None:
        told.append(
            t(
                "No score is safe enough to merge pairs unseen at these costs: even the highest-scoring ones cost "
                "less when a person looks at them."
            )
        )
    if found.lenders:
        told.append(
            t(
                "{lent} pairs of other domains ({lenders}) lean on the result with the weight of {kappa} labels; "
                "the domain has {n} of its own.",
                lent=f"{found.lent:,}",
                lenders=t(", ").join(escaped(name) for name in found.lenders),
                kappa=f"{found.kappa:g}",
                n=f"{found.n:,}",
            )
        )
    return told + [one.explain(state.locale()) for one in (*found.notes, *judged.notes)]
