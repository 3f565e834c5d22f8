"""What scores are worth, as one would tell a colleague."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from calibration.columns import SAME
from dashboard.components.quality.run import DomainQuality
from dashboard.components.shared.tiers import badge, percent, percents, threshold
from dashboard.i18n import escaped, t


def summary(found: Collection[DomainQuality]) -> str:
    """All domains in a sentence: in how many of them scores tell anything."""
    telling = sum(one.ranking.auc.low > 0.5 for one in found)
    return t(
        "In **{telling} of {count}** domains scores can be shown to tell pairs that mean the same from others.",
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
            "In {domain}, {positives} of {n} labels mean the same: without both kinds of pairs nobody can say what "
            "scores are worth.",
            **words,
        )
    if auc.low <= 0.5:
        return t(
            "In {domain}, scores **cannot be shown to tell** pairs that mean the same from others: the one of two "
            "that does scores higher in {share} of cases, and 50% would be chance ({n} labels, {positives} the "
            "same).",
            **words,
        )
    return t(
        "In {domain}, of two pairs the one that means the same scores higher in **{share}** of cases; 50% would be "
        "chance, 100% perfect ({n} labels, {positives} the same).",
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
    return t(
        "Pairs at **{score}** or above are {tier} with a chance of **{chance}**; no score promises more.",
        score=threshold(step),
        tier=badge(SAME),
        chance=percents(over_all),
    )


def truth(found: DomainQuality) -> str:
    """Calibration error out of fold in a sentence."""
    judged = found.reliability
    if judged is None or not math.isfinite(judged.ece.value):
        return ""
    words = {"off": percent(judged.ece.value), "noise": percent(judged.ece_by_chance)}
    if judged.ece.value <= judged.ece_by_chance:
        return t(
            "On texts they have not seen, these chances are off by {off} on average; with so few labels, true ones "
            "could look {noise} off as well.",
            **words,
        )
    return t(
        "On texts they have not seen, these chances are off by **{off}** on average, more than true ones would be "
        "({noise}): do not take them at their word.",
        **words,
    )
