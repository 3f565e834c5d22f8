"""What the tour's calibration found, in words: what can be merged, and what the model cannot tell apart."""

from __future__ import annotations

import pandas as pd

from calibration.columns import DOMAIN, SAME, SCORE, UNRELATED
from calibration.evaluation.tier_metrics import evaluate_thresholds
from calibration.policies.policy import Policy
from calibration.policies.tiers import PUBLISHED
from calibration.stats.formatting import asked_percent, threshold
from dashboard.components.shared.samples import RANDOM
from dashboard.components.shared.tiers import badge, percent
from dashboard.i18n import t


def mergeable(rows: pd.DataFrame, policy: Policy) -> str:
    """What is decided without a person in the sample like real traffic; "" where nothing is certified."""
    for domain in sorted(RANDOM & set(policy.domains)):
        known = policy.domain(domain).certificates
        same, different = known.get(SAME), known.get(UNRELATED)
        if same is None or different is None or not (same.certified and different.certified):
            continue
        scores = rows.loc[rows[DOMAIN] == domain, SCORE]
        merged = scores >= same.threshold
        apart = (scores < different.threshold) & ~merged
        return t(
            "**In the sample that resembles real traffic**, {merged} of {n} pairs score {threshold} or above "
            "and can be merged without a check: at least {precision} of such pairs mean the same (confidence "
            "{confidence}). Another {apart} below {below} can be kept apart. A person checks only the other "
            "{left}: {share} less work.",
            merged=f"**{int(merged.sum()):,}**",
            n=f"{len(scores):,}",
            threshold=threshold(same.threshold),
            precision=asked_percent(same.precision),
            confidence=asked_percent(same.confidence),
            apart=f"{int(apart.sum()):,}",
            below=threshold(different.threshold, below=True),
            left=f"{int((~merged & ~apart).sum()):,}",
            share=f"**{percent(float((merged | apart).mean()), 0)}**",
        )
    return ""


def indistinct(rows: pd.DataFrame, policy: Policy) -> str:
    """What the model cannot tell in the stress tests, and the false merges that this avoids; "" for none."""
    hard = [
        domain
        for domain in sorted(set(policy.domains) - RANDOM)
        if (found := policy.domain(domain).certificates.get(SAME)) is None or not found.certified
    ]
    taken = evaluate_thresholds(rows[rows[DOMAIN].isin(hard)], PUBLISHED).tier(SAME) if hard else None
    if taken is None:
        return ""
    return t(
        "**In the stress tests** ({domains}) the model scores opposites as high as pairs that mean the same. No "
        "threshold for {tier} is certified, so nothing is merged there. The published thresholds would merge {n} "
        "pairs; {wrong} of them are wrong, and your policy avoids those mistakes.",
        domains=t(", ").join(hard),
        tier=badge(SAME),
        n=f"{taken.precision.n:,}",
        wrong=f"**{taken.precision.n - taken.precision.hits:,}**",
    )
