"""`suggest PAIRS`: the thresholds of least cost, as a policy."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.lines import estimate_line
from calibration.cli.model_options import add_model, chosen_encoder, scored, scoring_options
from calibration.cli.numbers import estimate_json
from calibration.cli.outputs import check_place
from calibration.cli.reading_options import add_pairs, add_scored
from calibration.cli.terminal import POLICY_WRITTEN, named, padded, say, translated
from calibration.columns import DEFAULT_CONFIDENCE, LOWEST_SCORE, shown_lines, shown_tier
from calibration.costs.borrow import Suggestion
from calibration.costs.matrix import UnitCosts
from calibration.costs.pair_costs import Costs, costs_from_json
from calibration.costs.suggest_policy import SuggestRun, suggest_policy
from calibration.errors import N_, BadArgument, FileUnreadable
from calibration.pairs import deduplicate
from calibration.policies.policy import Binding
from calibration.stats.formatting import EXACT, threshold

EXAMPLES: Final = (
    "suggest pairs.csv -o policy.json --false-merge 10 --check 1 --missed 3",
    "suggest scored.csv --scored --costs costs.json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `suggest`."""
    add_json(parser)
    add_pairs(parser)
    add_model(parser)
    defaults, option = UnitCosts(), parser.add_argument
    option("-o", "--output", metavar="POLICY", help="where to write the policy (JSON)")
    for flag, amount, what in (
        ("--false-merge", defaults.false_merge, "cost of a pair merged that is not the same"),
        ("--check", defaults.check, "cost of a check that was not needed"),
        ("--missed", defaults.missed_merge, "cost of a missed merge or check"),
        ("--weak-link", defaults.weak_link, "cost of an unneeded or missing weak match"),
    ):
        option(flag, type=float, help=f"{what} (default {amount:g})")
    option("--costs", metavar="FILE", help="JSON: these amounts by name, or a whole matrix by kind of label")
    option(
        "--kappa", type=float, default=10.0, help="weight of other domains' pairs (default %(default)g, 0: none)"
    )
    option("--confidence", type=float, default=DEFAULT_CONFIDENCE, help="of the intervals (default %(default)s)")
    option("--name", default="policy", help="name of the policy")
    add_scored(parser)
    option("--fingerprint", help="with --scored: the model that made the scores")
    parser.set_defaults(run=suggest)


def suggest(options: argparse.Namespace) -> SuggestResult:
    """`suggest PAIRS [-o policy.json]`: minimum-cost thresholds, a suggestion without certificates."""
    check_place("-o", options.output)
    costs = _costs(options)
    pairs, duplicates = deduplicate(labelled_pairs(options, scored=options.scored))
    if options.scored:
        binding = Binding(fingerprint=options.fingerprint)
    elif options.fingerprint:
        raise BadArgument("--fingerprint", N_("given with --scored only"), options.fingerprint)
    else:
        encoder, scoring = chosen_encoder(options), scoring_options(options)
        pairs = scored(pairs, encoder, scoring)
        binding = Binding(encoder.name, encoder.fingerprint, scoring.cleaning.key(), scoring.segments)
    run = suggest_policy(
        pairs, costs, options.kappa, options.confidence, binding, name=options.name, duplicates=duplicates
    )
    if options.output:
        run.policy.save(options.output)
    return SuggestResult(run, options.output)


@dataclass(frozen=True)
class SuggestResult:
    """`suggest`."""

    run: SuggestRun
    output: str | None

    def to_json(self) -> dict[str, Any]:
        """The policy, and per domain what was used and what it costs out of fold."""
        return {
            "output": self.output,
            "policy": self.run.policy.to_json(),
            "domains": {domain: self._domain(domain) for domain in self.run.suggestions},
            "duplicates": {
                "exact": self.run.duplicates.exact,
                "swapped": self.run.duplicates.swapped,
                "conflicting": self.run.duplicates.conflicting,
            },
        }

    def to_text(self) -> str:
        """One block a domain."""
        lines = []
        for domain, found in self.run.suggestions.items():
            lines.append(_labels(domain, found))
            binary = self.run.policy.domain(domain).binary
            lines += [
                f"  {padded(named(shown_tier(tier, binary)), 10)}{_at(found.thresholds[tier])}"
                for tier in shown_lines(binary)
            ]
            costs = self.run.evaluation[domain]
            lines.append(estimate_line(N_("cost per pair, out of fold: {estimate}"), costs.ours))
            lines.append(estimate_line(N_("published thresholds: {estimate}"), costs.published))
            lines.append(estimate_line(N_("saving: {estimate}"), costs.saving))
            lines += [f"  {translated(remark)}" for remark in (*found.notes, *costs.notes)]
        lines.append(say(N_("these are suggestions: nothing is certified")))
        return "\n".join([*lines, say(POLICY_WRITTEN, file=self.output)] if self.output else lines)

    def _domain(self, domain: str) -> dict[str, Any]:
        found, costs = self.run.suggestions[domain], self.run.evaluation[domain]
        return {
            "thresholds": dict(found.thresholds),
            "provenance": found.provenance,
            "n": found.n,
            "reviewed": found.reviewed,
            "borrowed": {"from": list(found.lenders), "pairs": found.lent, "weight": found.kappa},
            "cost": estimate_json(costs.ours),
            "published": estimate_json(costs.published),
            "saving": estimate_json(costs.saving),
            "scheme": costs.scheme,
            "notes": [str(remark) for remark in (*found.notes, *costs.notes)],
        }


def _costs(options: argparse.Namespace) -> Costs:
    typed = (options.false_merge, options.check, options.missed, options.weak_link)
    names = [field.name for field in fields(UnitCosts)]
    amounts = {name: value for name, value in zip(names, typed, strict=True) if value is not None}
    if not options.costs:
        return UnitCosts(**(asdict(UnitCosts()) | amounts))
    if amounts:
        raise BadArgument("--costs", N_("given without single amounts"), options.costs)
    try:
        return costs_from_json(json.loads(Path(options.costs).read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise FileUnreadable(options.costs, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise FileUnreadable(options.costs, str(error)) from error


def _labels(domain: str, found: Suggestion) -> str:
    """What the thresholds of a domain rest on."""
    if not found.lent:
        return say(N_("{domain}: {n} labels"), domain=domain, n=found.n)
    lent = N_("{domain}: {n} labels, and {lent} of other domains with the weight of {kappa}")
    return say(lent, domain=domain, n=found.n, lent=found.lent, kappa=f"{found.kappa:g}")


def _at(value: float | None) -> str:
    if value is None:
        return say(N_("empty"))
    if value <= LOWEST_SCORE:
        return say(N_("everything below"))
    return say(N_("at or above {threshold}"), threshold=threshold(value, digits=EXACT))
