"""`budget`: how many labels a target takes; in the domains of a file, or by the formula alone."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calibration.advice import Advice
from calibration.budget import advise_domain
from calibration.certify import AUTO, METHODS
from calibration.cli.inputs import chosen_encoder, labelled_pairs, progress_bar, scoring_options
from calibration.columns import DOMAIN
from calibration.errors import N_, BadArgument
from calibration.fit import CLAIM_DOMAIN, CLAIMS, FitSettings, fit_domains
from calibration.i18n import from_environment
from calibration.pairs import deduplicate
from calibration.power import POWER, check_power, labels_needed, power_curve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `budget`, beside the options that all commands share."""
    option = parser.add_argument
    option("--precision", type=float, default=0.9, help="target precision, 0 to 1 (default %(default)s)")
    option("--confidence", type=float, default=0.9, help="confidence, 0 to 1 (default %(default)s)")
    option("--power", type=float, default=POWER, help="chance of success to plan for (default %(default)s)")
    option("--true-precision", type=float, help="without PAIRS: what precision at the threshold is taken to be")
    option("--method", choices=METHODS, default=AUTO, help="how to certify (default %(default)s)")
    claim = "what holds at once with that confidence (default %(default)s)"
    option("--claim", choices=CLAIMS, default=CLAIM_DOMAIN, help=claim)
    option("--scored", action="store_true", help="the file has a score column: do not encode")
    parser.set_defaults(run=budget)


def budget(options: argparse.Namespace) -> BudgetResult | FormulaResult:
    """`budget PAIRS [--precision P]`, or `budget --precision P --true-precision R`."""
    if bool(options.pairs) == (options.true_precision is not None):
        raise BadArgument(
            "--true-precision", N_("given where no PAIRS are, and only there"), options.true_precision
        )
    check_power(options.precision, options.confidence, options.power)
    if not options.pairs:
        asked = options.precision, options.true_precision, options.confidence, options.power
        return FormulaResult(*asked, labels_needed(*asked), labels_needed(*asked, steady=True))
    settings = FitSettings(options.precision, options.confidence, options.method, options.claim)
    scored, _ = deduplicate(labelled_pairs(options, scored=options.scored))
    if not options.scored:
        from calibration.score import score_pairs

        with progress_bar("scoring") as progress:
            scored = score_pairs(scored, chosen_encoder(options), scoring_options(options), progress=progress)
    fits = fit_domains(scored, settings)
    rows = dict(iter(scored.groupby(DOMAIN, sort=True)))
    return BudgetResult({d: advise_domain(rows[d], fit.certificates, options.power) for d, fit in fits.items()})


@dataclass(frozen=True)
class BudgetResult:
    """`budget PAIRS`: advice by domain and tier."""

    advice: Mapping[str, Mapping[str, Advice]]

    def to_json(self) -> dict[str, Any]:
        """See `Advice`."""
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
            lines += [f"  {tier}: {found.explain(locale)}" for tier, found in tiers.items()]
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
        sizes = sorted({max(1, self.labels * part // 8) for part in range(1, 17)} | {self.labels, self.steady})
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
        asked = f"precision {self.precision:g} at confidence {self.confidence:g}"
        return (
            f"{self.labels} labels at or above a threshold chosen beforehand certify {asked}, where it is "
            f"{self.true_precision:g}, with chance {self.power:g} or more\n"
            f"from {self.steady} labels on, any number does"
        )
