"""`recheck POLICY PAIRS -o OUT`: may a policy serve the same model at another precision?"""

from __future__ import annotations

import argparse
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from calibration.cli.commands import named_like
from calibration.cli.inputs import SCORING, chosen_encoder, labelled_pairs, progress_bar
from calibration.cli.lines import SHARED_TEXTS, difference_text, say
from calibration.errors import N_, BadArgument
from calibration.policy import Policy, model_part
from calibration.recheck import ALLOWED, DomainShift, rebind, shifts
from calibration.settings import FAST, FULL

if TYPE_CHECKING:
    from calibration.encoding import Encoder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `recheck`, its policy and its pairs, beside the options that all commands share."""
    parser.add_argument("-o", "--output", required=True, metavar="POLICY", help="where to write the bound policy")
    parser.add_argument("--confidence", type=float, default=0.9, help="of the intervals (default %(default)s)")
    allow = "share of decisions that may change, upper end of its interval (default %(default)s)"
    parser.add_argument("--allow", type=float, default=ALLOWED, metavar="SHARE", help=allow)
    parser.set_defaults(run=recheck)


def recheck(options: argparse.Namespace) -> RecheckResult:
    """Score the pairs at both precisions, measure, and bind the policy to the other one."""
    policy = Policy.load(options.policy)
    if not 0.0 < options.allow < 1.0:
        raise BadArgument("--allow", N_("above 0 and below 1"), options.allow)
    if policy.fingerprint is None:
        policy.check_model("", "")
    pairs = named_like(labelled_pairs(options), policy)
    for domain in sorted(set(pairs["domain"])):
        policy.domain(domain)
    own = FULL if policy.fingerprint == model_part(str(policy.fingerprint)) else FAST
    other = options.model_precision or (FAST if own == FULL else FULL)
    here, there = _encoder(options, own), _encoder(options, other)
    if here.fingerprint != policy.fingerprint or there.fingerprint == here.fingerprint:
        _refuse(policy, here, other)
    found = shifts(policy, _scored(policy, pairs, here), _scored(policy, pairs, there), options.confidence)
    bound = rebind(policy, there.fingerprint, found, options.allow)
    bound.save(options.output)
    return RecheckResult(bound, tuple(found), other, options.output)


def _encoder(options: argparse.Namespace, precision: str) -> Encoder:
    chosen = copy.copy(options)
    chosen.model_precision = precision
    return chosen_encoder(chosen)


def _refuse(policy: Policy, here: Encoder, other: str) -> None:
    if model_part(str(policy.fingerprint)) != model_part(here.fingerprint):
        policy.check_model(here.fingerprint, policy.cleaner or "")
    if policy.fingerprint == here.fingerprint:
        raise BadArgument("--precision", N_("another one than the policy's own"), other)
    rule = N_("fitted at a precision that this machine computes")
    raise BadArgument("POLICY", rule, policy.fingerprint)


def _scored(policy: Policy, pairs: pd.DataFrame, encoder: Encoder) -> pd.DataFrame:
    from calibration.decide import scoring_options
    from calibration.score import score_pairs

    with progress_bar(SCORING) as progress:
        return score_pairs(pairs, encoder, scoring_options(policy), progress=progress)


NOT_CARRIED: Final = N_(
    "certificates are not carried over: they speak of the scores that they were made on; `fit --model-precision "
    "{precision}` makes new ones"
)
BOUND: Final = N_("thresholds bound to precision {precision}, written to {file}")
FLIPPED: Final = N_("change tier: {n} ({share}, {least} to {most} at confidence {confidence})")


@dataclass(frozen=True)
class RecheckResult:
    """`recheck`: the bound policy, what was found in each domain, and the precision that it is bound to."""

    policy: Policy
    found: tuple[DomainShift, ...]
    precision: str
    output: str

    def to_json(self) -> dict[str, Any]:
        """Numbers by domain, and the policy."""
        return {
            "output": self.output,
            "precision": self.precision,
            "domains": {shift.domain: shift.to_json() for shift in self.found},
            "policy": self.policy.to_json(),
        }

    def to_text(self) -> str:
        """Three lines a domain."""
        lines = [line for shift in self.found for line in _lines(shift)]
        return "\n".join(
            [
                *lines,
                say(NOT_CARRIED, precision=self.precision),
                say(BOUND, precision=self.precision, file=self.output),
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
