"""Two policies, two models or two cleaning settings on the same labelled pairs: which judges better, how surely.

What is compared is decisions: scores of two models lie on different scales, so they meet only through each side's
own tiers (here) or through ranks (`ablation`). Pairs marked for review are shown where their tier changes, but not
counted: they were not drawn at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from calibration.columns import DOMAIN, LABEL
from calibration.comparison import (
    A_BETTER,
    B_BETTER,
    NO_DIFFERENCE,
    NOTE_CHOICE,
    NOTE_FITTED,
    Comparison,
    DomainComparison,
    TierComparison,
)
from calibration.errors import N_, BadArgument, ColumnsMissing
from calibration.evaluate import out_of_fold_tiers
from calibration.fit import FitSettings
from calibration.intervals import check_confidence
from calibration.judged import SCORE_A, SCORE_B, TIER_A, TIER_B, Assign, Loss, changed_pairs, fixed, judge
from calibration.multiple import adjust
from calibration.notes import note
from calibration.paired import McNemar
from calibration.paired_metrics import compare_domain
from calibration.policy import Policy
from calibration.splits import group_splits

RESAMPLES: Final = 2000


def compare_policies(
    policy_a: Policy,
    policy_b: Policy,
    scored_a: pd.DataFrame,
    scored_b: pd.DataFrame | None = None,
    *,
    loss: Loss | None = None,
    confidence: float = 0.9,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Compare two policies as they are. scored_b: the same pairs scored for policy_b (None: the scores of a).

    The caller answers for scores that fit each policy's model. Raises UnknownDomain; else see `compare_judged`.
    """
    names = _names(policy_a, policy_b)
    other = scored_a if scored_b is None else scored_b
    judged = judge(scored_a, other, fixed(policy_a), fixed(policy_b), loss)
    return compare_judged(judged, names, confidence=confidence, resamples=resamples, seed=seed)


def compare_fits(
    scored_a: pd.DataFrame,
    scored_b: pd.DataFrame,
    settings_a: FitSettings | None = None,
    settings_b: FitSettings | None = None,
    *,
    names: tuple[str, str] = ("a", "b"),
    loss: Loss | None = None,
    confidence: float = 0.9,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Compare two ways of making scores or thresholds, fitted out of fold on the same pairs with the same folds.

    The right question for two models or two cleaning settings where nothing is fitted yet.
    """
    domains = scored_a[DOMAIN].nunique() if DOMAIN in scored_a.columns else 1

    def refitted(settings: FitSettings) -> Assign:
        return lambda rows: out_of_fold_tiers(rows, settings, domains, group_splits(rows, seed=seed))

    first = settings_a or FitSettings()
    judged = judge(scored_a, scored_b, refitted(first), refitted(settings_b or first), loss)
    return compare_judged(judged, names, confidence=confidence, resamples=resamples, seed=seed, out_of_fold=True)


def compare_judged(
    judged: pd.DataFrame,
    names: tuple[str, str] = ("a", "b"),
    *,
    confidence: float = 0.9,
    resamples: int = RESAMPLES,
    seed: int = 0,
    out_of_fold: bool = False,
) -> Comparison:
    """Compare the two sides of a judged frame (`calibration.judged`), by domain and tier.

    Rightness: McNemar's exact test by text group, corrected by Holm over all tests of the comparison. Precision,
    recall, F1 and mean loss: the difference b - a with a percentile interval of a paired bootstrap of text groups
    (Efron & Tibshirani 1993), each at `confidence`, uncorrected. Raises ColumnsMissing and BadArgument.

    >>> pairs = pd.DataFrame({"text_a": list("abcdefgh"), "text_b": list("ijklmnop"), "domain": "bank"})
    >>> pairs = pairs.assign(label=1.0, kind="binary", score_a=0.8, score_b=0.9, tier_a="related", tier_b="same")
    >>> found = compare_judged(pairs).domains["bank"].tiers["same"]
    >>> found.verdict, found.mcnemar.only_b, found.mcnemar.p_value, found.metrics["recall"].difference.value
    ('b_better', 8, 0.0078125, 1.0)
    """
    needed = (LABEL, DOMAIN, SCORE_A, SCORE_B, TIER_A, TIER_B)
    if missing := [name for name in needed if name not in judged.columns]:
        raise ColumnsMissing(N_("judged pairs"), missing, [str(name) for name in judged.columns])
    check_confidence(confidence)
    if resamples < 1:
        raise BadArgument("resamples", N_("at least 1"), resamples)
    parts = {str(name): rows for name, rows in judged.groupby(DOMAIN, sort=True)}
    found = {name: compare_domain(name, rows, confidence, resamples, seed) for name, rows in parts.items()}
    notes = (note(NOTE_CHOICE),) if out_of_fold else (note(NOTE_FITTED), note(NOTE_CHOICE))
    return Comparison(*names, _corrected(found, confidence), changed_pairs(judged), confidence, out_of_fold, notes)


def _corrected(domains: Mapping[str, DomainComparison], confidence: float) -> dict[str, DomainComparison]:
    """Holm's correction over every McNemar test of the comparison, and the verdicts that follow."""
    tests = [test for found in domains.values() for test in _tests(found)]
    adjusted = iter(adjust([test.p_grouped for test in tests]).tolist())
    done = {}
    for name, found in domains.items():
        tiers = {key: _judged_tier(tier, next(adjusted), confidence) for key, tier in found.tiers.items()}
        exact = replace(found.exact, p_adjusted=next(adjusted)) if found.exact else None
        done[name] = replace(found, tiers=tiers, exact=exact)
    return done


def _tests(found: DomainComparison) -> list[McNemar]:
    return [tier.mcnemar for tier in found.tiers.values()] + ([found.exact] if found.exact else [])


def _judged_tier(found: TierComparison, p_adjusted: float, confidence: float) -> TierComparison:
    test = replace(found.mcnemar, p_adjusted=p_adjusted)
    verdict = NO_DIFFERENCE
    if p_adjusted <= round(1.0 - confidence, 12) and test.only_a != test.only_b:
        verdict = A_BETTER if test.only_a > test.only_b else B_BETTER
    return replace(found, mcnemar=test, verdict=verdict)


def _names(a: Policy, b: Policy) -> tuple[str, str]:
    """The policies' names, with versions or sides where they are needed to tell them apart."""
    if a.name != b.name:
        return a.name, b.name
    first, second = f"{a.name} v{a.version}", f"{b.name} v{b.version}"
    return (first, second) if first != second else (f"{a.name} (a)", f"{b.name} (b)")
