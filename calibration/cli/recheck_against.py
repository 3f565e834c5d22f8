"""`recheck POLICY PAIRS --against URL`: does another server of the same model give the same tiers?"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from calibration.cli.lines import SHARED_TEXTS
from calibration.cli.model_options import chosen_encoder, scored
from calibration.cli.outputs import check_output, write_output
from calibration.cli.terminal import named, say, written
from calibration.columns import DOMAIN, SCORE, TEXT_A, TEXT_B
from calibration.comparison.recheck import DomainShift, shifts
from calibration.errors import N_
from calibration.policies.policy import Policy

REFUSED: Final = 3
SHOWN: Final = 100
"""Pairs that the JSON carries; `-o` writes them all."""
SCORE_THERE, TIER_HERE, TIER_THERE = "score_there", "tier_here", "tier_there"
FLIPPED: Final = N_("change tier: {n} ({share}, {least} to {most} at confidence {confidence})")


def compare_servings(policy: Policy, pairs: pd.DataFrame, options: argparse.Namespace) -> ServingResult:
    """Score the pairs by the policy's model here and by the server at `--against`, and count changed tiers."""
    from calibration.decide import scoring_options
    from calibration.encoding import load_encoder

    if options.output:
        check_output(options.output)
    scoring, encoder = scoring_options(policy), chosen_encoder(options)
    policy.check_model(encoder.fingerprint, scoring.cleaning.key())
    here = scored(pairs, encoder, scoring)
    other = load_encoder(options.against)
    try:
        # Past the cache: a server that names the same model would otherwise never be asked.
        there = scored(pairs, other.uncached, scoring)
    finally:
        other.close()
    found = tuple(shifts(policy, here, there, options.confidence))
    moved = _moved(policy, here, there)
    if options.output:
        write_output(moved, options.output)
    return ServingResult(options.against, other.fingerprint, found, moved, options.allow, options.output)


def _moved(policy: Policy, here: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """The pairs whose tier differs, with both scores and tiers."""
    frame = here[[TEXT_A, TEXT_B, DOMAIN, SCORE]].assign(**{SCORE_THERE: there[SCORE]})
    for column, score in ((TIER_HERE, SCORE), (TIER_THERE, SCORE_THERE)):
        given = zip(frame[score], frame[DOMAIN], frame[TEXT_A], frame[TEXT_B], strict=True)
        frame[column] = [policy.tier(float(value), str(domain), (a, b)) for value, domain, a, b in given]
    return frame[frame[TIER_HERE] != frame[TIER_THERE]].reset_index(drop=True)


@dataclass(frozen=True)
class ServingResult:
    """`recheck --against`: what was found in each domain, and the pairs whose tier differs."""

    against: str
    fingerprint: str
    found: tuple[DomainShift, ...]
    moved: pd.DataFrame
    allow: float
    output: str | None

    @property
    def alike(self) -> bool:
        """Whether no more decisions may change than is allowed, at the upper ends of the intervals."""
        return all(shift.most_flipped <= self.allow for shift in self.found)

    @property
    def exit_code(self) -> int:
        """0 alike, 3 not."""
        return 0 if self.alike else REFUSED

    def to_json(self) -> dict[str, Any]:
        """Numbers by domain, and the first pairs that differ."""
        return {
            "against": {"address": self.against, "fingerprint": self.fingerprint},
            "alike": self.alike,
            "allowed": self.allow,
            "domains": {shift.domain: shift.to_json() for shift in self.found},
            "changed": {
                "n": len(self.moved),
                "pairs": self.moved.head(SHOWN).to_dict("records"),
                "output": self.output,
            },
        }

    def to_text(self) -> str:
        """A block a domain, and the verdict."""
        lines = [line for shift in self.found for line in _lines(shift)]
        verdict = N_("{address} gives the same tiers, except for at most {allowed} of pairs")
        differs = N_("{address} may give other tiers to more than {allowed} of pairs")
        lines.append(say(verdict if self.alike else differs, address=self.against, allowed=f"{self.allow:.1%}"))
        return "\n".join([*lines, *([written(self.output)] if self.output else [])])


def _lines(shift: DomainShift) -> list[str]:
    share = {"share": f"{shift.flipped / shift.n:.2%}", "least": f"{1 - shift.kept.high:.2%}"}
    moved = {"mean": f"{shift.shift_mean:.6f}", "most": f"{shift.shift_most:.6f}"}
    sure, most = f"{shift.kept.confidence:g}", f"{shift.most_flipped:.2%}"
    return [
        say(SHARED_TEXTS, domain=shift.domain, n=shift.n, groups=shift.groups),
        "  " + say(FLIPPED, n=shift.flipped, most=most, confidence=sure, **share),
        *(
            "    " + f"{named(shift.words[a])} -> {named(shift.words[b])}: {count}"
            for (a, b), count in shift.transitions.items()
        ),
        "  " + say(N_("score shift: {mean} on average, {most} at most"), **moved),
    ]
