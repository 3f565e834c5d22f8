"""`budget`: how many labels a target takes; in the domains of a file, or by the formula alone."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from calibration.certificates.certificate import CLAIM_DOMAIN, CLAIMS
from calibration.certificates.procedures import AUTO, METHODS
from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.model_options import add_model, chosen_encoder, scored, scoring_options
from calibration.cli.reading_options import add_pairs, add_scored
from calibration.cli.terminal import Result, named, say
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION, is_binary, shown_tier
from calibration.errors import N_, BadArgument
from calibration.fitting.fit import FitSettings, fit_domains
from calibration.fitting.sample import domain_samples
from calibration.labels.advice import Advice
from calibration.labels.budget import advise_domain
from calibration.labels.joint import advise_joint
from calibration.messages.catalogues import from_environment
from calibration.pairs import deduplicate
from calibration.stats.sample_size import (
    POWER,
    check_power,
    check_rate,
    labels_needed,
    negatives_needed,
    power_curve,
)

EXAMPLES: Final = (
    "budget pairs.csv --precision 0.9",
    "budget pairs.csv --precision 0.9 --recall 0.5",
    "budget --precision 0.9 --true-precision 0.95",
    "budget --fpr 0.01 --true-fpr 0.005",
)
FROM_THERE: Final = N_("any number from {n} labels on is enough")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `budget`."""
    add_json(parser)
    add_model(parser)
    add_pairs(parser, "*")
    option = parser.add_argument
    option("--precision", type=float, help=f"target precision, 0 to 1 (default {DEFAULT_PRECISION:g})")
    option("--fpr", type=float, help="target false positive rate instead, which needs negatives")
    option("--confidence", type=float, default=DEFAULT_CONFIDENCE, help="confidence, 0 to 1 (default %(default)s)")
    option("--power", type=float, default=POWER, help="chance of success to plan for (default %(default)s)")
    option("--true-precision", type=float, help="without PAIRS: the assumed precision at the threshold")
    rate = "with --fpr: the true rate of the threshold to be accepted (with PAIRS: default half of --fpr)"
    option("--true-fpr", type=float, help=rate)
    option("--recall", type=float, help="with PAIRS and --precision: can both be met at one threshold?")
    option("--coverage", type=float, help="the same for the share of all pairs that is accepted")
    option("--method", choices=METHODS, default=AUTO, help="how to certify (default %(default)s)")
    claim = "what holds at once with that confidence (default %(default)s)"
    option("--claim", choices=CLAIMS, default=CLAIM_DOMAIN, help=claim)
    add_scored(parser)
    parser.set_defaults(run=budget)


def budget(options: argparse.Namespace) -> Result:
    """`budget PAIRS [--precision P | --fpr R]`, or `budget --precision P --true-precision T` without a file."""
    _check(options)
    if not options.pairs and options.fpr is not None:
        return _rate_by_formula(options)
    precision = DEFAULT_PRECISION if options.precision is None else options.precision
    check_power(precision, options.confidence, options.power)
    if not options.pairs:
        asked = precision, options.true_precision, options.confidence, options.power
        return FormulaResult(
            "precision", "labels", *asked, labels_needed(*asked), labels_needed(*asked, steady=True)
        )
    settings = FitSettings(precision, options.confidence, options.method, options.claim, options.fpr)
    samples = domain_samples(_scored(options))
    if options.recall is not None or options.coverage is not None:
        both = {"recall": options.recall, "coverage": options.coverage}
        return BudgetResult(
            {d: advise_joint(sample, precision, settings, len(samples), **both) for d, sample in samples.items()}
        )
    fits = fit_domains(samples, settings)
    power, true = options.power, options.true_fpr
    return BudgetResult(
        {d: advise_domain(samples[d], fit.certificates, power, true_fpr=true) for d, fit in fits.items()}
    )


def _check(options: argparse.Namespace) -> None:
    """Raise BadArgument where options do not go together."""
    _check_both(options)
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


def _check_both(options: argparse.Namespace) -> None:
    """Raise BadArgument for a recall or a coverage that cannot be asked for."""
    for name, value in (("--recall", options.recall), ("--coverage", options.coverage)):
        if value is not None and (not options.pairs or options.fpr is not None):
            raise BadArgument(name, N_("given with PAIRS and --precision only"), value)
        if value is not None and not 0.0 < value < 1.0:
            raise BadArgument(name, N_("above 0 and below 1"), value)
    if options.recall is not None and options.coverage is not None:
        raise BadArgument("--coverage", N_("given without --recall"), options.coverage)


def _scored(options: argparse.Namespace) -> pd.DataFrame:
    """The pairs, deduplicated, with their scores."""
    pairs, _ = deduplicate(labelled_pairs(options, scored=options.scored))
    if options.scored:
        return pairs
    return scored(pairs, chosen_encoder(options), scoring_options(options))


def _rate_by_formula(options: argparse.Namespace) -> FormulaResult:
    asked = options.fpr, options.true_fpr, options.confidence, options.power
    needed = negatives_needed(*asked), negatives_needed(*asked, steady=True)
    least = negatives_needed(options.fpr, 0.0, options.confidence)
    return FormulaResult("fpr", "negatives", *asked, *needed, least)


@dataclass(frozen=True)
class BudgetResult:
    """`budget PAIRS`: advice by domain and tier."""

    advice: Mapping[str, Mapping[str, Advice]]

    def to_json(self) -> dict[str, Any]:
        """See `PrecisionAdvice` and `RateAdvice`."""
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
            binary = is_binary((), tiers)
            lines += [
                f"  {named(shown_tier(tier, binary))}: {found.explain(locale)}" for tier, found in tiers.items()
            ]
        return "\n".join(lines)


PRECISION_CERTIFIED: Final = N_(
    "{n} labels at or above a threshold chosen in advance certify precision {precision} at confidence "
    "{confidence} with probability {power} or more, if the true precision is {true}"
)
RATE_CERTIFIED: Final = N_(
    "{n} pairs that do not belong in a tier certify a false positive rate of {fpr} at confidence "
    "{confidence} with probability {power} or more, if the true rate of the threshold is {true}"
)


@dataclass(frozen=True)
class FormulaResult:
    """`budget --true-precision`, `budget --fpr R --true-fpr T`: labels for one threshold chosen in advance.

    name: `precision` or `fpr`; counted: what it takes, `labels` or `negatives`. least: fewer certify no rate.
    """

    name: str
    counted: str
    target: float
    true: float
    confidence: float
    power: float
    needed: int
    steady: int
    least: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The numbers, and power at some numbers of labels on the way."""
        sizes, rate = _sizes(self.needed, self.steady), self.name == "fpr"
        right = (round(1.0 - self.target, 12), 1.0 - self.true) if rate else (self.target, self.true)
        powers = power_curve(*right, sizes, self.confidence)
        return {
            self.name: self.target,
            f"true_{self.name}": self.true,
            "confidence": self.confidence,
            "power": self.power,
            f"{self.counted}_needed": self.needed,
            f"{self.counted}_steady": self.steady,
            **({} if self.least is None else {f"{self.counted}_least": self.least}),
            "power_curve": [{"n": n, "power": float(power)} for n, power in zip(sizes, powers, strict=True)],
        }

    def to_text(self) -> str:
        """A line for each number."""
        template = PRECISION_CERTIFIED if self.name == "precision" else RATE_CERTIFIED
        asked = {self.name: f"{self.target:g}", "true": f"{self.true:g}"}
        sure = {"confidence": f"{self.confidence:g}", "power": f"{self.power:g}"}
        lines = [say(template, n=self.needed, **asked, **sure), say(FROM_THERE, n=self.steady)]
        if self.least is not None:
            lines.append(say(N_("fewer than {n} certify nothing"), n=self.least))
        return "\n".join(lines)


def _sizes(needed: int, steady: int) -> list[int]:
    """Numbers of labels around what is needed, to show power at."""
    return sorted({max(1, needed * part // 8) for part in range(1, 17)} | {needed, steady})
