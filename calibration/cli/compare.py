"""`compare POLICY_A POLICY_B PAIRS`: two policies on the same labelled pairs."""

from __future__ import annotations

import argparse
import copy
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import Keyed, labelled_pairs
from calibration.cli.lines import SHARED_TEXTS, difference_text
from calibration.cli.model_options import add_model, check_bound, scored_for
from calibration.cli.numbers import estimate_json, estimate_text
from calibration.cli.outputs import check_place
from calibration.cli.reading_options import add_pairs, add_scored, named_like
from calibration.cli.terminal import named, noted, say, translated
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, KIND, LABEL, TEXT_A, TEXT_B
from calibration.comparison.compare_policies import compare_policies
from calibration.comparison.paired_decisions import BETTER, SCORE_A, SCORE_B, TIER_A, TIER_B, Loss, cost_loss
from calibration.comparison.result import Comparison, DomainComparison, MetricComparison
from calibration.costs.pair_costs import costs_from_json
from calibration.errors import N_, BadArgument, FileUnreadable, ModelMismatch
from calibration.pairs import write_pairs
from calibration.policies.policy import Policy
from calibration.stats.paired_tests import McNemar

EXAMPLES: Final = (
    "compare current.json candidate.json pairs.csv -o changed.csv",
    "compare a.json b.json scored_a.csv --scored --scored-b scored_b.csv --costs costs.json",
)
SHOWN: Final = 100
"""Changed pairs that the JSON carries; `-o` writes them all."""
_COLUMNS: Final = (TEXT_A, TEXT_B, LABEL, KIND, DOMAIN, SCORE_A, SCORE_B, TIER_A, TIER_B, BETTER)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `compare`."""
    add_json(parser)
    add_model(parser)
    option = parser.add_argument
    option("policy_a", metavar="POLICY_A")
    option("policy_b", metavar="POLICY_B")
    add_pairs(parser)
    option(
        "--confidence",
        type=float,
        default=DEFAULT_CONFIDENCE,
        help="of intervals and verdicts (default %(default)s)",
    )
    add_scored(parser, "the file has a score column, made by both policies' model")
    option("--scored-b", metavar="FILE", help="with --scored: the same pairs as scored for POLICY_B")
    option("--model-b", metavar="MODEL", help="the model of POLICY_B, where it is another")
    option("--costs", metavar="FILE", help="JSON: costs of wrong tiers, to compare mean costs")
    option("-o", "--output", metavar="OUT.csv", help="where to write every pair whose tier differs")
    parser.set_defaults(run=compare)


def compare(options: argparse.Namespace) -> CompareResult:
    """Score the pairs as each policy does (unless `--scored`), give tiers, compare."""
    check_place("-o", options.output)
    a, b = Policy.load(options.policy_a), Policy.load(options.policy_b)
    if options.scored_b and not options.scored:
        raise BadArgument("--scored-b", N_("given with --scored only"), options.scored_b)
    keyed = _keyed(a, b, options)
    pairs = named_like(labelled_pairs(options, options.scored, keyed), a)
    for domain in sorted(pairs[DOMAIN].unique()):
        a.domain(domain), b.domain(domain)  # an unknown domain is refused before anything is encoded
    first, second = _given(a, b, pairs, options, keyed) if options.scored else _made(a, b, pairs, options)
    loss = _loss(options.costs) if options.costs else None
    found = compare_policies(a, b, first, second, loss=loss, confidence=options.confidence)
    if options.output:
        columns = [name for name in _COLUMNS if name in found.changed.columns]
        write_pairs(found.changed[columns], options.output, "csv")
    return CompareResult(a, b, found, options.output)


def _keyed(a: Policy, b: Policy, options: argparse.Namespace) -> Keyed:
    """Whether texts are needed: for guards and for -o. Changed pairs show them as long as they can be held."""
    guarded = any(entry.guards for policy in (a, b) for entry in policy.domains.values())
    return "never" if not options.scored or guarded or options.output else "large"


def _given(
    a: Policy, b: Policy, pairs: pd.DataFrame, options: argparse.Namespace, keyed: Keyed
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores from the file; one column cannot be of two models."""
    if options.scored_b:
        other = argparse.Namespace(**{**vars(options), "pairs": [options.scored_b]})
        return pairs, named_like(labelled_pairs(other, True, keyed), b)
    if a.fingerprint and b.fingerprint and a.fingerprint != b.fingerprint:
        raise ModelMismatch(a.fingerprint, b.fingerprint)
    return pairs, pairs


def _made(
    a: Policy, b: Policy, pairs: pd.DataFrame, options: argparse.Namespace
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores by each policy's own model and cleaning, made once where these are the same."""
    for policy in (a, b):
        check_bound(policy)
    first = scored_for(a, pairs, options)
    alike = (a.fingerprint, a.cleaner, a.segments) == (b.fingerprint, b.cleaner, b.segments)
    if alike and not options.model_b:
        return first, first
    other = copy.copy(options)
    other.model = options.model_b or options.model
    return first, scored_for(b, pairs, other)


def _loss(path: str) -> Loss:
    try:
        return cost_loss(costs_from_json(json.loads(Path(path).read_text(encoding="utf-8-sig"))))
    except OSError as error:
        raise FileUnreadable(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise FileUnreadable(path, str(error)) from error


@dataclass(frozen=True)
class CompareResult:
    """`compare`."""

    a: Policy
    b: Policy
    found: Comparison
    output: str | None

    def to_json(self) -> dict[str, Any]:
        """Per domain and tier the test, metrics and differences (b - a), and the pairs whose tier changed."""
        return {
            "policies": {side: _policy_json(policy) for side, policy in (("a", self.a), ("b", self.b))},
            "confidence": self.found.confidence,
            "out_of_fold": self.found.out_of_fold,
            "domains": {name: _domain_json(self.found, domain) for name, domain in self.found.domains.items()},
            "changed": {
                "n": len(self.found.changed),
                "pairs": _changed_json(self.found.changed.head(SHOWN)),
                "output": self.output,
            },
            "notes": [str(remark) for remark in self.found.notes],
        }

    def to_text(self) -> str:
        """One block a domain: the finding of each tier, then its numbers."""
        lines = [f"a: {self.found.a} ({self.a.id})", f"b: {self.found.b} ({self.b.id})"]
        for name, domain in self.found.domains.items():
            lines.append(say(SHARED_TEXTS, domain=name, n=domain.n, groups=domain.groups))
            for tier, found in domain.tiers.items():
                lines.append(f"  {translated(self.found.sentence(name, tier))}")
                lines += [f"    {_metric_text(metric)}" for metric in found.metrics.values()]
            lines += [f"  {_metric_text(domain.cost)}"] if domain.cost else []
            lines += [f"  {_moved(self.found, name, moved, count)}" for moved, count in domain.transitions.items()]
        lines += [noted(remark) for remark in self.found.notes]
        return "\n".join(
            [*lines, say(N_("changed pairs written to {file}"), file=self.output)] if self.output else lines
        )


def _policy_json(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "name": policy.name,
        "version": policy.version,
        "model": {"name": policy.model, "fingerprint": policy.fingerprint},
        "scoring": {"cleaner": policy.cleaner, "segments": policy.segments},
    }


def _domain_json(found: Comparison, domain: DomainComparison) -> dict[str, Any]:
    return {
        "n": domain.n,
        "groups": domain.groups,
        "dropped": domain.dropped,
        "reviewed": domain.reviewed,
        "tiers": {
            tier: {
                "sentence": str(found.sentence(domain.domain, tier)),
                "verdict": entry.verdict,
                "mcnemar": mcnemar_json(entry.mcnemar),
                **{name: _metric_json(metric) for name, metric in entry.metrics.items()},
            }
            for tier, entry in domain.tiers.items()
        },
        "exact_tier": mcnemar_json(domain.exact) if domain.exact else None,
        "cost": _metric_json(domain.cost) if domain.cost else None,
        "transitions": [{"a": a, "b": b, "pairs": count} for (a, b), count in domain.transitions.items()],
    }


def mcnemar_json(found: McNemar) -> dict[str, Any]:
    """All fields; the discordant share as its own object."""
    return asdict(found)


def _metric_json(found: MetricComparison) -> dict[str, Any]:
    return {side: estimate_json(getattr(found, side)) for side in ("a", "b", "difference")}


def _metric_text(found: MetricComparison) -> str:
    a, b, gap = estimate_text(found.a), estimate_text(found.b), difference_text(found.difference)
    return f"{say(found.name)}: a {a}, b {b}, b - a {gap}"


def _moved(found: Comparison, domain: str, moves: tuple[str, str], count: int) -> str:
    a, b = found.shown(domain, moves)
    return say(N_("{n} pairs: {before} -> {after}"), n=count, before=named(a), after=named(b))


def _changed_json(changed: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [name for name in _COLUMNS if name in changed.columns]
    rows = changed[columns].astype(object)
    rows = rows.where(rows.notna(), None)
    return [dict(zip(columns, row, strict=True)) for row in rows.itertuples(index=False, name=None)]
