"""`evaluate POLICY PAIRS`: precision and recall of every tier, next to those of the published thresholds."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import Keyed, labelled_pairs
from calibration.cli.lines import metrics_text, share_text
from calibration.cli.model_options import add_model, scored_for
from calibration.cli.numbers import estimate_json, estimate_text, evaluations_json, proportion_json
from calibration.cli.reading_options import SCORED_PARTS, add_pairs, add_scored, named_like
from calibration.cli.sampling_options import DRAWS, HOW, add_sampling, check_live
from calibration.cli.terminal import named, noted, padded, say
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SAME, UNRELATED, shown_tier
from calibration.errors import N_, BadArgument, EmptyInput
from calibration.evaluation.evaluate_policy import beside_published
from calibration.evaluation.prevalence_shift import AdjustedPrecision, adjust_precision
from calibration.evaluation.tier_metrics import DomainEvaluation
from calibration.pairs.purpose import calibration_rows
from calibration.policies.policy import Policy
from calibration.policies.tiers import Thresholds, lowered

EXAMPLES: Final = (
    "evaluate policy.json held_out.csv",
    "evaluate policy.json scored.csv --scored --live 0.05 --drawn balanced",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `evaluate`."""
    add_json(parser)
    add_model(parser)
    parser.add_argument("policy", metavar="POLICY")
    add_pairs(parser)
    parser.add_argument(
        "--confidence", type=float, default=DEFAULT_CONFIDENCE, help="of the intervals (default %(default)s)"
    )
    rare = "share of live pairs that are the same, 0 to 1: what the precision of same would be there"
    add_sampling(parser, rare, "with --live: " + HOW)
    add_scored(parser, SCORED_PARTS)
    parser.set_defaults(run=evaluate)


def evaluate(options: argparse.Namespace) -> EvaluateResult:
    """Judge every tier beside the published thresholds."""
    policy = Policy.load(options.policy)
    if not 0.0 < options.confidence < 1.0:
        raise BadArgument("confidence", N_("above 0 and below 1"), options.confidence)
    if options.drawn and options.live is None:
        raise BadArgument("--drawn", N_("given with --live only"), options.drawn)
    check_live(options.live)
    texts_needed = not options.scored or any(entry.guards for entry in policy.domains.values())
    keyed: Keyed = "never" if texts_needed else "possible"
    pairs = named_like(labelled_pairs(options, options.scored, keyed), policy)
    total, pairs = len(pairs), calibration_rows(pairs)
    if pairs.empty:
        raise EmptyInput(N_("the pairs, less those picked for review"))
    thresholds = {domain: policy.domain(domain).thresholds for domain in sorted(pairs[DOMAIN].unique())}
    scored = pairs if options.scored else scored_for(policy, pairs, options)

    result = EvaluateResult(policy, {}, {}, total - len(pairs), {})
    for name, rows in scored.groupby(DOMAIN, sort=True):  # one domain at a time: millions of pairs are not copied
        domain, given = str(name), thresholds[str(name)]
        both = beside_published(rows, given, options.confidence, domain)
        result.ours[domain], result.published[domain] = both
        if options.live is not None and (found := _live(rows, given, options)):
            result.live[domain] = found
    return result


def _live(rows: pd.DataFrame, given: Thresholds, options: argparse.Namespace) -> AdjustedPrecision | None:
    """The precision of `same` at the live share of positives; None where the policy has no such tier."""
    threshold = given.get(SAME)
    if threshold is None:
        return None
    way = DRAWS[options.drawn] if options.drawn else None
    return adjust_precision(lowered(rows, given), threshold, options.live, SAME, options.confidence, way)


@dataclass(frozen=True)
class EvaluateResult:
    """`evaluate`."""

    policy: Policy
    ours: dict[str, DomainEvaluation]
    published: dict[str, DomainEvaluation]
    reviewed: int = 0
    live: dict[str, AdjustedPrecision] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Per domain, the policy's metrics beside the published thresholds'."""
        domains = evaluations_json(self.ours)
        for domain, entry in domains.items():
            for tier, metrics in entry["tiers"].items():
                if tier != UNRELATED:
                    metrics["provenance"] = self.policy.provenance(domain, tier)
        return {
            "policy": {"id": self.policy.id, "name": self.policy.name, "version": self.policy.version},
            "domains": domains,
            "published": evaluations_json(self.published),
            "reviewed": self.reviewed,
            "live": {domain: _live_json(found) for domain, found in self.live.items()},
        }

    def to_text(self) -> str:
        """One block a domain."""
        lines = []
        for domain, evaluation in self.ours.items():
            lines.append(say(N_("{domain}: {n} labelled pairs"), domain=domain, n=evaluation.n))
            for word, metrics in evaluation.shown():
                baseline = self.published[domain].tier(metrics.tier)
                beside = metrics_text(baseline) if baseline else "-"
                lines.append(f"  {padded(named(word), 10)}{metrics_text(metrics)}")
                lines.append("    " + say(N_("published {metrics}"), metrics=beside))
            word = named(shown_tier(SAME, evaluation.binary))
            lines += _live_text(self.live[domain], word) if domain in self.live else []
        if self.reviewed:
            lines.append(say(N_("{n} pairs picked for review are left out"), n=self.reviewed))
        return "\n".join(lines)


def _live_json(found: AdjustedPrecision) -> dict[str, Any]:
    return {
        "live_prevalence": found.live,
        "threshold": found.threshold,
        "precision": estimate_json(found.adjusted),
        "tpr": proportion_json(found.tpr),
        "fpr": proportion_json(found.fpr),
        "prevalence": proportion_json(found.prevalence),
        "notes": [remark.to_json() for remark in found.notes],
    }


def _live_text(found: AdjustedPrecision, tier: str) -> list[str]:
    line = say(
        N_(
            "live, {live} the same: precision of {tier} {precision}; accepts {right} of those that are the same, "
            "{wrong} of the others"
        ),
        live=f"{found.live:g}",
        tier=tier,
        precision=estimate_text(found.adjusted),
        right=share_text(found.tpr),
        wrong=share_text(found.fpr),
    )
    return ["  " + line, *("    " + noted(remark) for remark in found.notes)]
