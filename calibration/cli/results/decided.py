"""Result of `decide`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from calibration.chance import Chance
from calibration.cli.lines import named, say
from calibration.columns import LOWEST_SCORE
from calibration.decide import Decision
from calibration.drawn import ADJUSTED, LABELS_ONLY, LIVE, UNVERIFIED
from calibration.errors import N_
from calibration.figures import EXACT, threshold
from calibration.policy import CERTIFIED, MANUAL, NONE, SUGGESTED

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


@dataclass(frozen=True)
class DecideResult:
    """`decide`."""

    decision: Decision

    def to_json(self) -> dict[str, Any]:
        """See `Decision.to_json`."""
        return self.decision.to_json()

    def to_text(self) -> str:
        """The tier first, then what it rests on."""
        found = self.decision
        texts = (found.text.cut_source, found.text.cut_target)
        notes = [say(N_("cut: {text} was not read"), text=repr(text)) for text in texts if text]
        notes += [say(N_("the two texts are identical once cleaned"))] if found.text.identical else []
        notes += [_chance_text(found.probability)] if found.probability else []
        rests = say(
            N_("score {score}, {reached}, {provenance}; published thresholds say {tier}"),
            score=f"{found.score:.6f}",
            reached=_reached(found.threshold),
            provenance=say(PROVENANCES[found.provenance]),
            tier=named(found.published_tier),
        )
        return "\n".join([named(found.tier), rests, *notes])


def _reached(value: float | None) -> str:
    """Which threshold a score came up to."""
    if value is None:
        return say(N_("below every threshold"))
    if value <= LOWEST_SCORE:
        return say(N_("nothing lower is certified to be unrelated, so a person checks"))
    return say(N_("threshold {threshold}"), threshold=threshold(value, digits=EXACT))


def _chance_text(found: Chance) -> str:
    interval = f"[{found.lower:.3f}, {found.upper:.3f}] (n={found.n})"
    fields = {"value": f"{found.value:.3f}", "interval": interval, "claims": say(CLAIMS[found.claims])}
    line = say(N_("P(same) about {value} {interval}, holds for: {claims}"), **fields)
    if not found.live:
        return line
    return line + say(N_(", carried over to {live} of live pairs being the same"), live=f"{found.live:g}")
