"""Precision and recall of a policy's tiers on labelled pairs."""

from __future__ import annotations

import pandas as pd

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN
from calibration.errors import N_, EmptyInput
from calibration.evaluation.tier_metrics import DomainEvaluation, evaluate_thresholds
from calibration.fitting.sample import DomainSample
from calibration.pairs.purpose import calibration_rows
from calibration.pairs.scored import check_scored
from calibration.policies.policy import Policy
from calibration.policies.tiers import PUBLISHED, Thresholds, guards_of


def evaluate(
    policy: Policy, scored: pd.DataFrame, confidence: float = DEFAULT_CONFIDENCE
) -> dict[str, DomainEvaluation]:
    """Evaluate the thresholds of a policy on labelled, scored pairs, domain by domain.

    Parameters
    ----------
    policy : Policy
        Thresholds that were not fitted on these pairs; otherwise the numbers are optimistic.
    scored : DataFrame of n rows
        Columns `label`, `kind`, `domain` and `score` in [-1, 1], as `score_pairs` returns them, with `text_a` and
        `text_b`. Rows with `purpose` `review` are left out.
    confidence : float in (0, 1), default 0.9
        Of each interval, on its own.

    Returns
    -------
    dict of str to DomainEvaluation
        By domain: precision, recall and precision within the band of every tier, each with its n and its
        Clopper-Pearson interval, widened where pairs share texts.

    Raises
    ------
    ColumnsMissing, EmptyInput
        Where the frame lacks a column or holds no usable pair.
    UnknownDomain
        Where the policy has no thresholds for a domain of the pairs.

    Examples
    --------
    >>> from calibration import Policy, evaluate
    >>> from calibration.policies.policy import DomainPolicy
    >>> policy = Policy({"bank": DomainPolicy({"same": 0.9, "related": None, "weak": None})})
    >>> pairs = pd.DataFrame({"text_a": list("abcd"), "text_b": list("efgh"), "score": [0.95, 0.92, 0.8, 0.7]})
    >>> found = evaluate(policy, pairs.assign(label=[1.0, 0.0, 1.0, 0.0], kind="binary", domain="bank"))
    >>> found["bank"].tier("same").precision.value, found["bank"].tier("same").recall.value
    (0.5, 0.5)
    """
    check_scored(scored)
    kept = calibration_rows(scored)
    if kept.empty:
        raise EmptyInput(N_("the pairs, less those picked for review"))
    return {
        str(domain): _evaluated(DomainSample.of(rows, guards_of(given)), given, confidence, str(domain))
        for domain, rows in kept.groupby(DOMAIN, sort=True)
        for given in (policy.domain(str(domain)).thresholds,)
    }


def beside_published(
    rows: pd.DataFrame, thresholds: Thresholds, confidence: float = DEFAULT_CONFIDENCE, domain: str = ""
) -> tuple[DomainEvaluation, DomainEvaluation]:
    """Thresholds on the scored, labelled rows of one domain, and the published ones, which have no guards."""
    sample = DomainSample.of(rows, guards_of(thresholds))
    plain = DomainSample.of(rows) if sample.guards else sample
    return _evaluated(sample, thresholds, confidence, domain), _evaluated(plain, PUBLISHED, confidence, domain)


def _evaluated(sample: DomainSample, thresholds: Thresholds, confidence: float, domain: str) -> DomainEvaluation:
    return evaluate_thresholds(sample, thresholds, confidence, domain, texts=sample.texts)
