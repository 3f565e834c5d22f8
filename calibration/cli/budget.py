"""`budget`: how many labels a target takes; in the domains of a file, or by the formula alone."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from calibration.advice import Advice
from calibration.budget import advise_domain
from calibration.budget_rate import RateAdvice, advise_rates, check_rate, negatives_needed
from calibration.certify import AUTO, METHODS
from calibration.cli.inputs import SCORING, chosen_encoder, labelled_pairs, progress_bar, scoring_options
from calibration.cli.lines import named, say
from calibration.cli.numbers import PRECISION
from calibration.cli.results import Result
from calibration.columns import DOMAIN
from calibration.errors import N_, BadArgument
from calibration.fit import CLAIM_DOMAIN, CLAIMS, FitSettings, fit_domains
from calibration.i18n import from_environment
from calibration.pairs import deduplicate
from calibration.power import POWER, check_power, labels_needed, power_curve

FROM_THERE: Final = N_("from {n} labels on, any number does")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `budget`, beside the options that all commands share."""
    option = parser.add_argument
    option("--precision", type=float, help=f"target precision, 0 to 1 (default {PRECISION:g})")
    option("--fpr", type=float, help="instead: target false positive rate, which takes negatives")
    option("--confidence", type=float, default=0.9, help="confidence, 0 to 1 (default %(default)s)")
    option("--power", type=float, default=POWER, help="chance of success to plan for (default %(default)s)")
    option("--true-precision", type=float, help="without PAIRS: what precision at the threshold is taken to be")
    rate = "with --fpr: the true rate of the threshold to be accepted (with PAIRS: default half of --fpr)"
    option("--true-fpr", type=float, help=rate)
    option("--method", choices=METHODS, default=AUTO, help="how to certify (default %(default)s)")
    claim = "what holds at once with that confidence (default %(default)s)"
    option("--claim", choices=CLAIMS, default=CLAIM_DOMAIN, help=claim)
    option("--scored", action="store_true", help="the file has a score column: do not encode")
    parser.set_defaults(run=budget)


def budget(options: argparse.Namespace) -> Result:
    """`budget PAIRS [--precision P | --fpr R]`, or `budget --precision P --true-precision T` without a file."""
    _check(options)
    if not options.pairs and options.fpr is not None:
        return _rate_by_formula(options)
    precision = PRECISION if options.precision is None else options.precision
    check_power(precision, options.confidence, options.power)
    if not options.pairs:
        asked = precision, options.true_precision, options.confidence, options.power
        return FormulaResult(*asked, labels_needed(*asked), labels_needed(*asked, steady=True))
    settings = FitSettings(precision, options.confidence, options.method, options.claim, options.fpr)
    scored = _scored(options)
    fits = fit_domains(scored, settings)
    if options.fpr is not None:
        found = {d: advise_rates(d, fit.certificates, options.true_fpr, options.power) for d, fit in fits.items()}
        return BudgetResult(found)
    rows = dict(iter(scored.groupby(DOMAIN, sort=True)))
    return BudgetResult({d: advise_domain(rows[d], fit.certificates, options.power) for d, fit in fits.items()})


def _check(options: argparse.Namespace) -> None:
    """Raise BadArgument where options do not go together."""
    if options.fpr is None:
        if options.true_fpr is not None:
            raise BadArgument("--true-fpr", N_("given with --fpr only"), options.true_fpr)
        if bool(options.pairs) == (options.true_precision is not None):
            rule = N_("given where no PAIRS are, and only there")
            raise BadArgument("--true-precision", rule, options.true_precision)
        return
    for flag, value in (("--precision", options.precision), ("--true-precision", options.true_precision)):
        if value is not None:
            raise BadArgument(flag, N_("given without --fpr"), value)
    if not options.pairs and options.true_fpr is None:
        raise BadArgument("--true-fpr", N_("given where --fpr is and no PAIRS are"), options.true_fpr)
    check_rate(options.fpr, options.true_fpr, options.confidence, options.power)


def _scored(options: argparse.Namespace) -> pd.DataFrame:
    """The pairs, deduplicated, with their scores."""
    pairs, _ = deduplicate(labelled_pairs(options, scored=options.scored))
    if options.scored:
        return pairs
    from calibration.score import score_pairs

    with progress_bar(SCORING) as progress:
        return score_pairs(pairs, chosen_encoder(options), scoring_options(options), progress=progress)


def _rate_by_formula(options: argparse.Namespace) -> RateFormulaResult:
    asked = options.fpr, options.true_fpr, options.confidence, options.power
    least = negatives_needed(options.fpr, 0.0, options.confidence)
    return RateFormulaResult(*asked, negatives_needed(*asked), negatives_needed(*asked, steady=True), least)


@dataclass(frozen=True)
class BudgetResult:
    """`budget PAIRS`: advice by domain and tier."""

    advice: Mapping[str, Mapping[str, Advice]] | Mapping[str, Mapping[str, RateAdvice]]

    def to_json(self) -> dict[str, Any]:
        """See `Advice` and `RateAdvice`."""
        return {
            "domains": {
                domain: {tier: found.to_json() for tier, found in tiers.items()}
                for domain, tiers in self.advice.items()
            }
        }

    def to_text(self) -> str:
        """One block a domain, in the language of the terminal."""
        locale, lines = from_environment(), []
        for domain, tiers in self.advice.items():
            lines.append(f"{domain}:")
            lines += [f"  {named(tier)}: {found.explain(locale)}" for tier, found in tiers.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class FormulaResult:
    """`budget --true-precision`: labels at or above one threshold chosen beforehand."""

    precision: float
    true_precision: float
    confidence: float
    power: float
    labels: int
    steady: int

    def to_json(self) -> dict[str, Any]:
        """The numbers, and power at some numbers of labels on the way."""
        sizes = _sizes(self.labels, self.steady)
        powers = power_curve(self.precision, self.true_precision, sizes, self.confidence)
        return {
            "precision": self.precision,
            "true_precision": self.true_precision,
            "confidence": self.confidence,
            "power": self.power,
            "labels_needed": self.labels,
            "labels_steady": self.steady,
            "power_curve": [{"n": n, "power": float(power)} for n, power in zip(sizes, powers, strict=True)],
        }

    def to_text(self) -> str:
        """Two lines."""
        certify = N_(
            "{n} labels at or above a threshold chosen beforehand certify precision {precision} at confidence "
            "{confidence}, where it is {true}, with chance {power} or more"
        )
        asked = {"precision": f"{self.precision:g}", "true": f"{self.true_precision:g}"}
        sure = {"confidence": f"{self.confidence:g}", "power": f"{self.power:g}"}
        return f"{say(certify, n=self.labels, **asked, **sure)}\n{say(FROM_THERE, n=self.steady)}"


@dataclass(frozen=True)
class RateFormulaResult:
    """`budget --fpr R --true-fpr T`: negatives for a threshold whose true rate is T. least: to certify any."""

    fpr: float
    true_fpr: float
    confidence: float
    power: float
    negatives: int
    steady: int
    least: int

    def to_json(self) -> dict[str, Any]:
        """The numbers, and power at some numbers of negatives on the way."""
        sizes = _sizes(self.negatives, self.steady)
        powers = power_curve(round(1.0 - self.fpr, 12), 1.0 - self.true_fpr, sizes, self.confidence)
        return {
            "fpr": self.fpr,
            "true_fpr": self.true_fpr,
            "confidence": self.confidence,
            "power": self.power,
            "negatives_needed": self.negatives,
            "negatives_steady": self.steady,
            "negatives_least": self.least,
            "power_curve": [{"n": n, "power": float(power)} for n, power in zip(sizes, powers, strict=True)],
        }

    def to_text(self) -> str:
        """Three lines."""
        accept = N_(
            "{n} pairs that do not deserve a tier certify a false positive rate of {fpr} at confidence "
            "{confidence} for a threshold where it is {true}, with chance {power} or more"
        )
        asked = {"fpr": f"{self.fpr:g}", "true": f"{self.true_fpr:g}"}
        sure = {"confidence": f"{self.confidence:g}", "power": f"{self.power:g}"}
        lines = [say(accept, n=self.negatives, **asked, **sure), say(FROM_THERE, n=self.steady)]
        return "\n".join([*lines, say(N_("fewer than {n} certify nothing"), n=self.least)])


def _sizes(needed: int, steady: int) -> list[int]:
    """Numbers of labels around what is needed, to show power at."""
    return sorted({max(1, needed * part // 8) for part in range(1, 17)} | {needed, steady})
