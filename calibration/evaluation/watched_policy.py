"""Does the promise of a policy in use still hold? Checks its certificates on reviewed live pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from calibration.certificates.certificate import Certificate
from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, SCORE, THRESHOLD_TIERS
from calibration.errors import N_, BadArgument, EmptyInput
from calibration.messages.note import Note, note
from calibration.pairs.positive import positives
from calibration.policies.policy import CERTIFIED, Policy
from calibration.policies.tiers import GuardedThresholds, lowered
from calibration.stats.threshold_counts import quantise
from calibration.stats.watched_rate import WatchedRate, watch_rate

HOLDS: Final = N_(
    "{domain}, {tier}: the promise of precision {precision} holds so far: {n} accepted pairs reviewed, {wrong} "
    "wrong; precision {low} to {high} at confidence {confidence}, at every moment"
)
BROKEN: Final = N_(
    "{domain}, {tier}: the promise of precision {precision} is broken: refuted after {at} reviewed pairs; {n} "
    "reviewed, {wrong} wrong; precision {low} to {high}"
)
NO_PAIRS: Final = N_("{domain}, {tier}: the policy accepts none of these pairs, so nothing is known yet")


TIER: Final = "tier"
WRONG: Final = "wrong"


@dataclass(frozen=True)
class WatchedTier:
    """One promise and what is known of it. below: reviewed pairs that the tier does not accept, left out.

    binary: see `is_binary`.
    """

    domain: str
    tier: str
    threshold: float
    rate: WatchedRate
    below: int
    binary: bool = False

    @property
    def sentence(self) -> Note:
        """For people."""
        rate = self.rate
        fields = {"domain": self.domain, "tier": self.tier, "precision": f"{rate.precision:g}"}
        if not rate.n:
            return note(NO_PAIRS, binary=self.binary, domain=self.domain, tier=self.tier)
        fields |= {"n": str(rate.n), "wrong": str(rate.wrong), "low": f"{rate.low:.3f}", "high": f"{rate.high:.3f}"}
        if rate.broken:
            return note(BROKEN, binary=self.binary, at=str(rate.alarm_at), **fields)
        return note(HOLDS, binary=self.binary, confidence=f"{rate.confidence:g}", **fields)

    def to_json(self) -> dict[str, Any]:
        """JSON data."""
        data = asdict(self) | {"broken": self.rate.broken, "sentence": str(self.sentence)}
        del data["binary"]
        return data


GAUGES: Final[Mapping[str, tuple[str, Callable[[WatchedTier], float]]]] = {
    "simtier_watch_reviewed": ("accepted live pairs reviewed", lambda t: t.rate.n),
    "simtier_watch_wrong": ("of them wrong", lambda t: t.rate.wrong),
    "simtier_watch_promised_precision": ("precision promised", lambda t: t.rate.precision),
    "simtier_watch_precision_low": ("lower end of the anytime interval", lambda t: t.rate.low),
    "simtier_watch_precision_high": ("upper end of the anytime interval", lambda t: t.rate.high),
    "simtier_watch_broken": ("1 where the promise is refuted", lambda t: int(t.rate.broken)),
}
"""The metrics of a promise: meaning and value by name."""


def watch_policy(
    policy: Policy, reviewed: pd.DataFrame, confidence: float = DEFAULT_CONFIDENCE
) -> list[WatchedTier]:
    """Check every promise of a precision in the domains of the pairs.

    reviewed: live pairs with `score` and label, in the order of their review, drawn at random from the accepted
    ones (others are left out). Each promise has an error of 1 - confidence divided by how many are watched, so
    that at most 1 - confidence of policies that keep their promises are ever accused. Raises BadArgument and
    EmptyInput.
    """
    if reviewed.empty:
        raise EmptyInput(N_("the reviewed pairs"))
    promises = [
        (domain, tier, found)
        for domain in sorted(set(map(str, reviewed[DOMAIN])))
        for tier in THRESHOLD_TIERS
        if (found := _promise(policy, domain, tier)) is not None
    ]
    if not promises:
        raise BadArgument("POLICY", N_("with a certified precision in a domain of these pairs"), policy.name)
    sure = round(1.0 - (1.0 - confidence) / len(promises), 12)
    return [
        replace(
            _watched(reviewed[reviewed[DOMAIN] == domain], domain, tier, found, sure),
            binary=policy.domain(domain).binary,
        )
        for domain, tier, found in promises
    ]


def watched_tiers(policy: Policy) -> dict[str, str]:
    """The tier that live pairs are sampled from in each domain: the highest whose precision is certified."""
    found = {}
    for domain in policy.domains:
        tier = next((tier for tier in THRESHOLD_TIERS if _promise(policy, domain, tier) is not None), None)
        if tier is not None:
            found[domain] = tier
    return found


def watch_reviewed(
    policy: Policy, reviewed: pd.DataFrame, confidence: float = DEFAULT_CONFIDENCE
) -> list[WatchedTier]:
    """Test the promise of each watched tier on live pairs drawn at random from those it accepted.

    reviewed: columns domain, tier, score and wrong (1 where the pair does not deserve its tier, else 0), in the
    order of their review. The error is divided among all watched tiers, as in `watch_policy`.
    """
    promised = watched_tiers(policy)
    sure = round(1.0 - (1.0 - confidence) / max(len(promised), 1), 12)
    found = []
    for domain, tier in promised.items():
        promise = _promise(policy, domain, tier)
        if promise is None:
            continue
        rows = reviewed[(reviewed[DOMAIN] == domain) & (reviewed[TIER] == tier)]
        accepted = quantise(rows[SCORE].to_numpy(dtype=np.float64)) >= promise.threshold
        rate = watch_rate(rows[WRONG].to_numpy(dtype=np.float64)[accepted], promise.precision, sure)
        binary = policy.domain(domain).binary
        found.append(WatchedTier(domain, tier, promise.threshold, rate, int((~accepted).sum()), binary))
    return found


def _promise(policy: Policy, domain: str, tier: str) -> Certificate | None:
    """The certificate of precision that a tier's threshold rests on, where it has one of its own."""
    entry = policy.domain(domain)
    found = entry.certificates.get(tier)
    if found is None or found.fpr is not None or policy.provenance(domain, tier) != CERTIFIED:
        return None
    return found if found.certified else None


def _watched(rows: pd.DataFrame, domain: str, tier: str, found: Certificate, sure: float) -> WatchedTier:
    labels = positives(rows, tier)
    rows = lowered(rows, GuardedThresholds({}, found.guards))
    scores = quantise(rows[SCORE].to_numpy(dtype=np.float64))
    accepted = (scores >= found.threshold) & np.isfinite(labels)
    rate = watch_rate(1.0 - labels[accepted], found.precision, sure)
    return WatchedTier(domain, tier, found.threshold, rate, int(len(rows) - accepted.sum()))
