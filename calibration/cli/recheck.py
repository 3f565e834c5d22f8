"""`recheck POLICY PAIRS -o OUT`: may a policy be used with other arithmetic of the same model?"""

from __future__ import annotations

import argparse
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.lines import SHARED_TEXTS, difference_text
from calibration.cli.model_options import add_model, check_bound, chosen_encoder, scored
from calibration.cli.outputs import check_place
from calibration.cli.reading_options import add_pairs, named_like
from calibration.cli.recheck_against import FLIPPED, compare_servings
from calibration.cli.terminal import Result, say
from calibration.columns import DEFAULT_CONFIDENCE
from calibration.comparison.recheck import ALLOWED, DomainShift, rebind, shifts
from calibration.encoding.models import is_remote
from calibration.errors import N_, BadArgument
from calibration.policies.policy import Policy, model_part
from calibration.settings import FAST, FULL

if TYPE_CHECKING:
    from calibration.encoding import Encoder

EXAMPLES: Final = (
    "recheck policy.json pairs.csv -o policy_fast.json",
    "recheck policy.json pairs.csv --against http://gpu:8080/v1#bge-m3 -o changed.csv",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `recheck`."""
    add_json(parser)
    add_model(parser)
    parser.add_argument("policy", metavar="POLICY")
    add_pairs(parser)
    where = "where to write the bound policy; with --against: the pairs whose tier differs"
    parser.add_argument("-o", "--output", metavar="FILE", help=where)
    server = "compare with another server of the same model instead, http://host/v1#name; exit code 3 if it differs"
    parser.add_argument("--against", metavar="URL", help=server)
    parser.add_argument(
        "--confidence", type=float, default=DEFAULT_CONFIDENCE, help="of the intervals (default %(default)s)"
    )
    allow = "share of decisions that may change, upper end of its interval (default %(default)s)"
    parser.add_argument("--allow", type=float, default=ALLOWED, metavar="SHARE", help=allow)
    parser.set_defaults(run=recheck)


def recheck(options: argparse.Namespace) -> Result:
    """Score the pairs with both arithmetics or by both servers, measure, and bind the policy to the former."""
    if options.output:
        check_place("-o", options.output)
    policy = Policy.load(options.policy)
    if not 0.0 < options.allow < 1.0:
        raise BadArgument("--allow", N_("above 0 and below 1"), options.allow)
    check_bound(policy)
    pairs = named_like(labelled_pairs(options), policy)
    for domain in sorted(set(pairs["domain"])):
        policy.domain(domain)
    if options.against:
        if not is_remote(options.against):
            raise BadArgument("--against", N_("an address such as http://host:8080/v1#name"), options.against)
        return compare_servings(policy, pairs, options)
    if not options.output:
        raise BadArgument("-o", N_("given without --against"), None)
    own = FULL if policy.fingerprint == model_part(str(policy.fingerprint)) else FAST
    other = options.compute or (FAST if own == FULL else FULL)
    here, there = _encoder(options, own), _encoder(options, other)
    if here.fingerprint != policy.fingerprint or there.fingerprint == here.fingerprint:
        _refuse(policy, here, other)
    found = shifts(policy, _scored(policy, pairs, here), _scored(policy, pairs, there), options.confidence)
    bound = rebind(policy, there.fingerprint, found, options.allow)
    bound.save(options.output)
    return RecheckResult(bound, tuple(found), other, options.output)


def _encoder(options: argparse.Namespace, compute: str) -> Encoder:
    chosen = copy.copy(options)
    chosen.compute = compute
    return chosen_encoder(chosen)


def _refuse(policy: Policy, here: Encoder, other: str) -> None:
    if model_part(str(policy.fingerprint)) != model_part(here.fingerprint):
        policy.check_model(here.fingerprint, policy.cleaner or "")
    if policy.fingerprint == here.fingerprint:
        raise BadArgument("--compute", N_("a different one from the policy's own"), other)
    rule = N_("fitted with arithmetic that this machine has")
    raise BadArgument("POLICY", rule, policy.fingerprint)


def _scored(policy: Policy, pairs: pd.DataFrame, encoder: Encoder) -> pd.DataFrame:
    from calibration.decide import scoring_options

    return scored(pairs, encoder, scoring_options(policy))


NOT_CARRIED: Final = N_(
    "certificates are not carried over: they only hold for the scores that they were made on; `fit --compute "
    "{compute}` makes new ones"
)
BOUND: Final = N_("thresholds bound to --compute {compute}, written to {file}")


@dataclass(frozen=True)
class RecheckResult:
    """`recheck`: the bound policy, what was found in each domain, and the arithmetic that it is bound to."""

    policy: Policy
    found: tuple[DomainShift, ...]
    compute: str
    output: str

    def to_json(self) -> dict[str, Any]:
        """Numbers by domain, and the policy."""
        return {
            "output": self.output,
            "compute": self.compute,
            "domains": {shift.domain: shift.to_json() for shift in self.found},
            "policy": self.policy.to_json(),
        }

    def to_text(self) -> str:
        """Three lines a domain."""
        lines = [line for shift in self.found for line in _lines(shift)]
        return "\n".join(
            [
                *lines,
                say(NOT_CARRIED, compute=self.compute),
                say(BOUND, compute=self.compute, file=self.output),
            ]
        )


def _lines(shift: DomainShift) -> list[str]:
    gap, kept = shift.auc_gap, shift.kept
    most, least = f"{shift.most_flipped:.2%}", f"{1 - kept.high:.2%}"
    flipped = {"n": shift.flipped, "share": f"{shift.flipped / shift.n:.2%}", "least": least, "most": most}
    moved = {"mean": f"{shift.shift_mean:.6f}", "most": f"{shift.shift_most:.6f}"}
    lines = [
        say(SHARED_TEXTS, domain=shift.domain, n=shift.n, groups=shift.groups),
        "  " + say(FLIPPED, confidence=f"{kept.confidence:g}", **flipped),
        "  " + say(N_("score shift: {mean} on average, {most} at most"), **moved),
    ]
    if shift.auc == shift.auc:
        difference = difference_text(gap, 5)
        lines.append(
            "  " + say(N_("AUC {auc}, difference {difference}"), auc=f"{shift.auc:.4f}", difference=difference)
        )
    return lines
