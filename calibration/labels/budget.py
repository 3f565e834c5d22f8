"""How many more labels a target needs, estimated from the labels at hand."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from calibration.certificates.certificate import Certificate
from calibration.columns import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PRECISION,
    SAME,
    THRESHOLD_TIERS,
    UNRELATED,
)
from calibration.errors import N_, BadArgument
from calibration.fitting.fit import FitSettings, fit_domains
from calibration.fitting.sample import DomainSample, domain_samples
from calibration.labels.advice import Advice
from calibration.labels.precision_budget import precision_budget
from calibration.labels.rate_budget import rate_budget
from calibration.stats.sample_size import POWER


def label_budget(
    scored: pd.DataFrame,
    precision: float = DEFAULT_PRECISION,
    confidence: float = DEFAULT_CONFIDENCE,
    power: float = POWER,
) -> dict[str, dict[str, Advice]]:
    """How many more labels a precision takes, and where to draw them, by domain and tier.

    Parameters
    ----------
    scored : DataFrame of n rows
        Labelled, scored pairs as `score_pairs` returns them. Rows with `purpose` `review` are left out.
    precision : float in [0, 1], default 0.9
        The target.
    confidence : float in (0, 1), default 0.9
        Of all certificates of a domain together.
    power : float in (0, 1), default 0.8
        Chance that the labels advised will certify, if precision is what these labels estimate.

    Returns
    -------
    dict of str to dict of str to Advice
        By domain and tier: a verdict, the number of labels, where to draw them, and the sentences that say so.

    Raises
    ------
    BadArgument, ColumnsMissing, EmptyInput

    References
    ----------
    The number of labels is that of an exact one-sided binomial test (Clopper and Pearson 1934) with the power asked
    for, times SEARCH_COST for the search over thresholds; see docs/method.md.
    """
    samples = domain_samples(scored)
    fits = fit_domains(samples, FitSettings(precision, confidence))
    return {domain: advise_domain(samples[domain], fit.certificates, power) for domain, fit in fits.items()}


def advise_domain(
    scored: pd.DataFrame | DomainSample,
    certificates: Mapping[str, Certificate],
    power: float = POWER,
    seed: int = 0,
    true_fpr: float | None = None,
) -> dict[str, Advice]:
    """`advise` for each tier of one domain that has a certificate."""
    sample = DomainSample.of(scored)
    return {tier: advise(sample, found, tier, power, seed, true_fpr) for tier, found in certificates.items()}


def advise(
    scored: pd.DataFrame | DomainSample,
    certificate: Certificate,
    tier: str = SAME,
    power: float = POWER,
    seed: int = 0,
    true_fpr: float | None = None,
) -> Advice:
    """How many more labels should certify what `certificate` was asked for, with chance `power`.

    scored: the scored rows of one domain, labels included; those with purpose=review are left out. certificate:
    what they certify now, with its target and its confidence. tier: the one it speaks of; `unrelated` is
    mirrored: the precision of being below `same`, under a threshold. true_fpr: of a rate, that of the threshold to
    be accepted; half of the target unless given. Raises BadArgument.
    """
    if tier not in (*THRESHOLD_TIERS, UNRELATED):
        raise BadArgument("tier", N_("same, related, weak or unrelated"), tier)
    sample = DomainSample.of(scored).random
    if certificate.fpr is None:
        return precision_budget(sample, certificate, tier, power, seed)
    true = certificate.fpr / 2 if true_fpr is None else true_fpr
    return rate_budget(sample.domain, certificate, certificate.fpr, tier, true, power)
