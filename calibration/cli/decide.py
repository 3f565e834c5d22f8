"""`decide POLICY TEXT_A TEXT_B`: the tier of two texts, and the threshold and certificate behind it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

from calibration.certificates.sampling_design import ADJUSTED, LABELS_ONLY, LIVE, UNVERIFIED
from calibration.cli.json_option import add_json
from calibration.cli.model_options import add_model, check_bound, chosen_encoder
from calibration.cli.terminal import named, say
from calibration.columns import LOWEST_SCORE, shown_tier
from calibration.decide import Decision
from calibration.errors import N_, BadArgument
from calibration.policies.policy import CERTIFIED, MANUAL, NONE, SUGGESTED, DomainPolicy, Policy
from calibration.policies.probability_at_score import Chance
from calibration.policies.tiers import PUBLISHED
from calibration.stats.formatting import EXACT, threshold

EXAMPLES: Final = (
    "decide policy.json 怎么提额 怎样提高额度",
    'decide policy.json "cancel my order" "I want a refund" --domain shop',
)
PROVENANCES: Final = {
    CERTIFIED: N_("certified"),
    SUGGESTED: N_("suggested"),
    MANUAL: N_("manual"),
    NONE: N_("none"),
}
CLAIMS: Final = {
    LIVE: N_("live"),
    ADJUSTED: N_("adjusted"),
    LABELS_ONLY: N_("labels_only"),
    UNVERIFIED: N_("unverified"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `decide`."""
    add_json(parser)
    add_model(parser)
    option = parser.add_argument
    option("policy", metavar="POLICY")
    option("text_a", metavar="TEXT_A")
    option("text_b", metavar="TEXT_B")
    option("--domain", help="needed where the policy has more than one")
    parser.set_defaults(run=decide)


def decide(options: argparse.Namespace) -> DecideResult:
    """Load the policy and its model, and decide."""
    policy = Policy.load(options.policy)
    policy.domain(options.domain)
    check_bound(policy)
    from calibration.decide import decide as decide_texts

    _text(options.text_a, "TEXT_A")
    _text(options.text_b, "TEXT_B")
    found = decide_texts(policy, options.text_a, options.text_b, chosen_encoder(options), options.domain)
    return DecideResult(found, policy.domain(options.domain))


def _text(value: str, name: str) -> None:
    from calibration.text.cleaning import clean

    if not clean(value):
        raise BadArgument(name, N_("a text with something visible in it"), value)


@dataclass(frozen=True)
class DecideResult:
    """`decide`, by the thresholds of its domain."""

    decision: Decision
    domain: DomainPolicy

    def to_json(self) -> dict[str, Any]:
        """See `Decision.to_json`."""
        return self.decision.to_json()

    def to_text(self) -> str:
        """The tier first, then what it rests on."""
        found = self.decision
        texts = (found.text.cut_source, found.text.cut_target)
        notes = [say(N_("cut: {text} was not read"), text=repr(text)) for text in texts if text]
        notes += [say(N_("the two texts are identical once cleaned"))] if found.text.identical else []
        unknown = (found.text.unknown_source, found.text.unknown_target)
        notes += [say(N_("the model does not know: {characters}"), characters=text) for text in unknown if text]
        notes += (
            [say(N_("the texts differ in these characters, so they are not merged"))] if found.text.unseen else []
        )
        notes += [_chance_text(found.probability)] if found.probability else []
        rests = say(
            N_("score {score}, {reached}, {provenance}; {tier} by the published thresholds"),
            score=f"{found.score:.6f}",
            reached=_reached(found.threshold),
            provenance=say(PROVENANCES[found.provenance]),
            tier=named(shown_tier(found.published_tier, self.domain.binary, PUBLISHED)),
        )
        return "\n".join([named(self.domain.shown(found.tier)), rests, *notes])


def _reached(value: float | None) -> str:
    """Which threshold a score came up to."""
    if value is None:
        return say(N_("below every threshold"))
    if value <= LOWEST_SCORE:
        return say(N_("nothing lower is certified to be different, so a person checks"))
    return say(N_("threshold {threshold}"), threshold=threshold(value, digits=EXACT))


def _chance_text(found: Chance) -> str:
    interval = f"[{found.lower:.3f}, {found.upper:.3f}] (n={found.n})"
    fields = {"value": f"{found.value:.3f}", "interval": interval, "claims": say(CLAIMS[found.claims])}
    line = say(N_("P(same) about {value} {interval}, holds for: {claims}"), **fields)
    if not found.live:
        return line
    return line + say(N_(", carried over to {live} of live pairs being the same"), live=f"{found.live:g}")
