"""Compare two policies, models or cleaning settings on the same labelled pairs.

What is compared is decisions: scores of two models are on different scales, so they meet only through each side's
own tiers (here) or through ranks (`ablation`). Pairs marked for review are shown where their tier changes, but not
counted: they were not drawn at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, LABEL
from calibration.comparison.metrics import compare_domain
from calibration.comparison.paired_decisions import (
    SCORE_A,
    SCORE_B,
    TIER_A,
    TIER_B,
    Assign,
    Loss,
    changed_pairs,
    fixed,
    judge,
)
from calibration.comparison.result import (
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
from calibration.evaluation.cross_validation import out_of_fold_tiers
from calibration.fitting.fit import FitSettings
from calibration.fitting.sample import DomainSample
from calibration.messages.note import note
from calibration.policies.policy import Policy
from calibration.stats.intervals import check_confidence
from calibration.stats.multiple_testing import adjust
from calibration.stats.paired_tests import McNemar

RESAMPLES: Final = 2000


def compare_policies(
    policy_a: Policy,
    policy_b: Policy,
    scored_a: pd.DataFrame,
    scored_b: pd.DataFrame | None = None,
    *,
    loss: Loss | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Compare two policies on the same labelled pairs.

    Parameters
    ----------
    policy_a, policy_b : Policy
        Neither fitted on these pairs: a policy does better on the pairs it was fitted on.
    scored_a : DataFrame of n rows
        Labelled pairs with the scores of policy_a's model.
    scored_b : DataFrame, optional
        The same pairs with the scores of policy_b's model, where it is another.
    loss : callable, optional
        Cost of giving a tier to a pair, to compare mean costs.
    confidence : float in (0, 1), default 0.9
        Of each interval, uncorrected.
    resamples : int
        Of the paired bootstrap by groups of shared texts.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Comparison
        By domain and tier: McNemar's exact test of who is right more often, corrected by Holm over all tests, and
        the differences b - a in precision, recall, F1 and mean cost with their intervals.

    Raises
    ------
    UnknownDomain, ColumnsMissing, BadArgument

    References
    ----------
    McNemar (1947); Holm (1979); Efron and Tibshirani (1993).
    """
    names = _names(policy_a, policy_b)
    other = scored_a if scored_b is None else scored_b
    judged = judge(scored_a, other, fixed(policy_a), fixed(policy_b), loss)
    found = compare_judged(judged, names, confidence=confidence, resamples=resamples, seed=seed)
    return replace(found, policies=(policy_a, policy_b))


def compare_fits(
    scored_a: pd.DataFrame,
    scored_b: pd.DataFrame,
    settings_a: FitSettings | None = None,
    settings_b: FitSettings | None = None,
    *,
    names: tuple[str, str] = ("a", "b"),
    loss: Loss | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Compare two ways of making scores or thresholds, fitted out of fold on the same pairs with the same folds.

    The right question for two models or two cleaning settings where nothing is fitted yet.
    """
    domains = scored_a[DOMAIN].nunique() if DOMAIN in scored_a.columns else 1

    def refitted(settings: FitSettings) -> Assign:
        def assign(rows: pd.DataFrame) -> NDArray[np.object_]:
            sample = DomainSample.of(rows)
            return out_of_fold_tiers(sample, settings, domains, sample.splits_by(seed))

        return assign

    first = settings_a or FitSettings()
    judged = judge(scored_a, scored_b, refitted(first), refitted(settings_b or first), loss)
    return compare_judged(judged, names, confidence=confidence, resamples=resamples, seed=seed, out_of_fold=True)


def compare_judged(
    judged: pd.DataFrame,
    names: tuple[str, str] = ("a", "b"),
    *,
    confidence: float = DEFAULT_CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
    out_of_fold: bool = False,
) -> Comparison:
    """Compare the two sides of a judged frame (`calibration.comparison.paired_decisions`), by domain and tier.

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
    parts = ((str(name), rows) for name, rows in judged.groupby(DOMAIN, sort=True))
    found = {name: compare_domain(name, rows, confidence, resamples, seed) for name, rows in parts}
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
