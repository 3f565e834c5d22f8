"""Sentences on the quality of scores: how they rank pairs, and how often the highest ones mean the same."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from calibration.columns import KIND, SAME, is_binary
from dashboard.components.calibrate.quality.run import DomainQuality
from dashboard.components.shared.tiers import badge, percent, percents, threshold
from dashboard.i18n import escaped, t


def summary(found: Collection[DomainQuality]) -> str:
    """All domains in a sentence: in how many of them scores tell anything."""
    telling = sum(one.ranking.auc.low > 0.5 for one in found)
    return t(
        "In **{telling} of {count}** domains, scores are shown to separate pairs that mean the same from others.",
        telling=telling,
        count=len(found),
    )


def order(found: DomainQuality) -> str:
    """AUC in a sentence."""
    auc = found.ranking.auc
    words = {
        "domain": f"**{escaped(found.domain)}**",
        "share": percents(auc),
        "n": f"{found.n:,}",
        "positives": f"{found.positives:,}",
    }
    if not math.isfinite(auc.value):
        return t(
            "In {domain}, {positives} of {n} labels mean the same: scores can only be evaluated with pairs of "
            "both kinds.",
            **words,
        )
    if auc.low <= 0.5:
        return t(
            "In {domain}, these labels **do not show that scores separate** pairs that mean the same from "
            "others: of one pair of each kind, the one that means the same scores higher in {share} of cases, "
            "where 50% would be chance ({n} labels, {positives} the same).",
            **words,
        )
    return t(
        "In {domain}, of one pair that means the same and one that does not, the first scores higher in "
        "**{share}** of cases; 50% would be chance, 100% perfect ({n} labels, {positives} the same).",
        **words,
    )


def highest(found: DomainQuality) -> str:
    """P(same) at the top of the map."""
    chance = found.chance
    if chance is None:
        return ""
    step = chance.scores[chance.values.index(chance.values[-1])]
    lowest, highest = chance.at(step), chance.at(chance.scores[-1])
    over_all = replace(highest, low=lowest.low)  # both bounds rise with the score: these hold all along the step
    bounds = {"value": over_all.value, "low": over_all.low, "high": over_all.high}
    of_100 = {name: f"{100 * bound:.0f}" for name, bound in bounds.items()}
    if is_binary(found.rows[KIND]):
        return t(
            "Of 100 pairs that score **{score}** or more, **{value}** mean the same ({low}–{high}); "
            "no score promises more.",
            score=threshold(step),
            **of_100,
        )
    return t(
        "Of 100 pairs that score **{score}** or more, **{value}** are {tier} ({low}–{high}); "
        "no score promises more.",
        score=threshold(step),
        tier=badge(SAME),
        **of_100,
    )


def truth(found: DomainQuality) -> str:
    """Calibration error out of fold in a sentence."""
    judged = found.reliability
    if judged is None or not math.isfinite(judged.ece.value):
        return ""
    words = {"off": percent(judged.ece.value), "noise": percent(judged.ece_by_chance)}
    if judged.ece.value <= judged.ece_by_chance:
        return t(
            "On unseen texts, these probabilities are off by {off} on average; with so few labels, even "
            "accurate ones could look {noise} off.",
            **words,
        )
    return t(
        "On unseen texts, these probabilities are off by **{off}** on average, more than accurate ones would be "
        "({noise}): do not rely on them.",
        **words,
    )
