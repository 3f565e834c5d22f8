"""The fitting side in one call: deduplicate, score, fit, evaluate out of fold, build the policy."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from calibration.certificates.sampling import Sampling
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.errors import N_, BadArgument
from calibration.evaluation.cross_validation import cross_validate
from calibration.evaluation.tier_metrics import DomainEvaluation, evaluate_thresholds
from calibration.fitting.build_policy import policy_of
from calibration.fitting.empirical_threshold import nominal_thresholds
from calibration.fitting.fit import DomainFit, FitSettings, fit_domains
from calibration.fitting.guards import GuardChoice, named_guards, spend_labels
from calibration.fitting.isotonic import domain_probabilities
from calibration.fitting.sample import DomainSample, Samples, domain_samples
from calibration.pairs import DuplicateReport, deduplicate
from calibration.policies.policy import Binding, Policy
from calibration.policies.tiers import PUBLISHED, Thresholds
from calibration.stats.group_folds import FOLDS
from calibration.stats.intervals import Estimate
from calibration.text.cleaning import CleaningOptions

if TYPE_CHECKING:
    from calibration.encoding.encoder import Encoder, Progress
    from calibration.scoring.score_pairs import ScoringOptions

AUTO: Final = "auto"
Guards = Mapping[str, Sequence[str]] | Literal["auto"]
"""By domain, what keeps pairs from being `same`; `auto`: to be chosen on some of the labels."""


@dataclass(frozen=True)
class CalibrationRun:
    """A calibration from start to end, by domain.

    scored: the deduplicated pairs with their scores. fits: thresholds and certificates. evaluation: out of fold.
    published: the published thresholds on the same pairs. duplicates: what was left out before scoring. nominal: by
    domain and tier where the target is met on the labels, with its interval; promises nothing. samples: the scored
    pairs as arrays. choices: where guards were to be chosen, on which labels they were; those are not in `scored`.
    """

    scored: pd.DataFrame
    policy: Policy
    fits: Mapping[str, DomainFit]
    evaluation: Mapping[str, DomainEvaluation]
    published: Mapping[str, DomainEvaluation]
    duplicates: DuplicateReport
    nominal: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    samples: Samples = field(default_factory=dict)
    choices: Mapping[str, GuardChoice] = field(default_factory=dict)


def calibrate(
    pairs: pd.DataFrame,
    encoder: Encoder,
    settings: FitSettings | None = None,
    options: ScoringOptions | None = None,
    *,
    name: str = "policy",
    progress: Progress | None = None,
    cancel: Event | None = None,
    sampling: Sampling | None = None,
    guards: Guards | None = None,
) -> CalibrationRun:
    """Fit a policy to labelled pairs and evaluate it out of fold.

    Parameters
    ----------
    pairs : DataFrame of n rows
        As `load_pairs` returns it. Repeated and contradicting pairs are left out and reported.
    encoder : Encoder
        As `load_encoder` returns it; the policy is bound to its fingerprint.
    settings : FitSettings, optional
        Target precision (0.9) or false positive rate, confidence (0.9), method, and what holds at once.
    options : ScoringOptions, optional
        How texts are cleaned, and long ones compared.
    name : str
        Of the policy.
    progress : callable, optional
        Called with the number of texts encoded and of all.
    cancel : threading.Event, optional
        Set it to stop at the next batch.
    sampling : Sampling, optional
        How the labels were obtained, which the policy keeps.
    guards : mapping of str to sequence of str, or "auto", optional
        By domain, what keeps pairs from being `same` (`calibration.text.guards.GUARDS`), named without a look at
        these labels. "auto" chooses on 2 of 5 labels, which then certify nothing.

    Returns
    -------
    CalibrationRun
        The policy; by domain the certificates, the evaluation out of fold (five folds, no text on both sides), the
        published thresholds on the same pairs and the empirical thresholds.

    Raises
    ------
    InputError
        For pairs that cannot be used.
    Cancelled
        Where `cancel` was set.

    Notes
    -----
    With probability at least `confidence` over the draw of the labels, precision at a certified threshold t,
    P(label >= tier | score >= t), is at least `precision`. It holds for labels drawn at random from the pairs that
    the threshold will meet. See docs/method.md.
    """
    from calibration.scoring.score_pairs import ScoringOptions, score_pairs  # torch only where texts are scored

    options = options or ScoringOptions()
    if guards and options.cleaning != CleaningOptions():
        rule = N_("used with the default cleaning: they read texts cleaned that way")
        raise BadArgument("guards", rule, options.cleaning.key())
    kept, duplicates = deduplicate(pairs)
    scored = score_pairs(kept, encoder, options, progress=progress, cancel=cancel)
    binding = Binding(encoder.name, encoder.fingerprint, options.cleaning.key(), options.segments)
    return calibrate_scored(
        scored, settings, binding, name=name, duplicates=duplicates, sampling=sampling, guards=guards
    )


def calibrate_scored(
    scored: pd.DataFrame,
    settings: FitSettings | None = None,
    binding: Binding | None = None,
    *,
    name: str = "policy",
    duplicates: DuplicateReport | None = None,
    sampling: Sampling | None = None,
    guards: Guards | None = None,
    progress: Progress | None = None,
) -> CalibrationRun:
    """The same from pairs that have a `score`; without a binding the policy is bound to no model.

    progress: called with the steps done and of all, about equally long.
    """
    settings = settings or FitSettings()
    if duplicates is None:
        scored, duplicates = deduplicate(scored)
    choices: dict[str, GuardChoice] = {}
    if guards == AUTO:
        choices, scored = spend_labels(scored, settings)
        guards = named_guards(choices)
    samples = domain_samples(scored, guards)
    steps = _Steps(progress, (2 + FOLDS) * len(samples))
    fits = fit_domains(samples, settings)
    steps.add(len(fits))
    evaluation = {}
    for d in fits:
        found = cross_validate(
            samples[d], settings, d, domains=len(fits), fit=fits[d], progress=steps.within(FOLDS)
        )
        evaluation[d] = found
        steps.add(FOLDS)
    published = {d: _judged(samples[d], PUBLISHED, settings.confidence) for d in fits}
    chances = domain_probabilities(samples, settings.confidence)
    policy = policy_of(fits, settings, binding or Binding(), name, chances, sampling)
    nominal = {}
    for d in fits:
        nominal[d] = nominal_thresholds(samples[d], fits[d], settings)
        steps.add(1)
    return CalibrationRun(scored, policy, fits, evaluation, published, duplicates, nominal, samples, choices)


@dataclass
class _Steps:
    """What is said of the steps done."""

    progress: Progress | None
    total: int
    done: int = 0

    def add(self, steps: int) -> None:
        """So many more are done."""
        self.done += steps
        self._say(self.done)

    def within(self, steps: int) -> Progress:
        """Says how far the next steps are, in parts of their own."""
        return lambda done, of: self._say(self.done + steps * done // of)

    def _say(self, done: int) -> None:
        if self.progress is not None:
            self.progress(done, self.total)


def judged_as_found(run: CalibrationRun) -> dict[str, DomainEvaluation]:
    """Every domain's thresholds on the very labels that they rest on, at the confidence asked."""
    sure = float(run.policy.settings["confidence"])
    return {domain: _judged(run.samples[domain], fit.thresholds, sure) for domain, fit in run.fits.items()}


def _judged(sample: DomainSample, given: Thresholds, confidence: float) -> DomainEvaluation:
    """Fixed thresholds on the random rows, which count for less where they share texts."""
    rows = sample.random
    return evaluate_thresholds(rows, given, confidence, sample.domain, texts=rows.texts)


def fit_policy(
    scored: pd.DataFrame,
    *,
    precision: float = DEFAULT_PRECISION,
    confidence: float = DEFAULT_CONFIDENCE,
    method: str = "auto",
    claim: str = "domain",
    fpr: float | None = None,
    clustered: bool = True,
    fingerprint: str | None = None,
    name: str = "policy",
    guards: Mapping[str, Sequence[str]] | None = None,
) -> Policy:
    """Fit thresholds per domain to scored, labelled pairs.

    Parameters
    ----------
    scored : DataFrame of n rows
        Columns `label`, `kind`, `domain` and `score` in [-1, 1], as `score_pairs` returns them. Rows are taken as
        they are, apart from those with `purpose` `review`, which never certify.
    precision : float in [0, 1], default 0.9
        The target: the share of pairs at or above a threshold that are at least of its tier.
    confidence : float in (0, 1), default 0.9
        Of what `claim` covers.
    method : {"auto", "stepwise", "fst", "scp"}
        The test; see `calibration.certificates.procedures`.
    claim : {"domain", "tier", "all"}
        What holds at once: all certificates of a domain, each alone, or all there are (Bonferroni).
    fpr : float in (0, 1), optional
        A false positive rate in place of the precision.
    clustered : bool, default True
        Count labels that share texts for less (design effect).
    fingerprint : str, optional
        Of the model that made the scores. Without it the policy judges scores, but `decide` refuses it.
    name : str
        Of the policy.
    guards : mapping of str to sequence of str, optional
        By domain, what keeps pairs from being `same`, chosen without a look at these labels; needs texts.

    Returns
    -------
    Policy
        Thresholds and certificates by domain; a tier that is not certified has no threshold.

    Raises
    ------
    BadArgument, ColumnsMissing, EmptyInput

    References
    ----------
    Clopper and Pearson (1934); docs/decisions/0007-stepwise-testing.md.
    """
    settings, samples = (
        FitSettings(precision, confidence, method, claim, fpr, clustered=clustered),
        domain_samples(scored, guards),
    )
    chances = domain_probabilities(samples, confidence)
    return policy_of(fit_domains(samples, settings), settings, Binding(fingerprint=fingerprint), name, chances)


class _CallableModule(ModuleType):
    """This module, which may be called like its function `calibrate`."""

    def __call__(self, *args: Any, **kwargs: Any) -> CalibrationRun:
        return calibrate(*args, **kwargs)


sys.modules[__name__].__class__ = _CallableModule
