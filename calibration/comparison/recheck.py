"""How far scores and decisions move when the same model runs with other arithmetic.

Flips need no labels, and thresholds do not move, so nothing here is tuned and judged on the same pairs. One
caution: on the very pairs that a policy was fitted on, thresholds are observed scores, which makes flips a little
likelier than on new pairs.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, LABEL, SAME, SCORE, TIERS
from calibration.comparison.paired_bootstrap import auc_samples
from calibration.errors import N_, BadArgument, RecheckMissed
from calibration.pairs import positives
from calibration.policies.policy import Policy
from calibration.policies.tiers import assign_rows
from calibration.stats.intervals import Estimate, Proportion, check_confidence, spread_estimate
from calibration.stats.shared_text_effect import shared_proportion
from calibration.stats.text_groups import text_codes, text_groups
from calibration.stats.threshold_counts import Floats

ALLOWED: Final = 0.03
"""The share of decisions that may change, at the upper end of its interval."""
RESAMPLES: Final = 1000
RECHECKED: Final = "rechecked"
"""Setting of a policy that was bound to other arithmetic: what was found."""


@dataclass(frozen=True)
class DomainShift:
    """What other arithmetic changes on n pairs of a domain, in `groups` of shared texts.

    kept: pairs that keep their tier; pairs that share texts count for less. shift_mean, shift_most: of
    |score there - score here|, at least 0. auc: that with the policy's arithmetic; auc_gap: what the other adds,
    paired; both of `same`, NaN where the labels are of one kind. transitions: pairs by (tier here, tier there).
    words: what people read for each tier.
    """

    domain: str
    n: int
    groups: int
    kept: Proportion
    shift_mean: float
    shift_most: float
    auc: float
    auc_gap: Estimate
    transitions: Mapping[tuple[str, str], int]
    words: Mapping[str, str]

    @property
    def flipped(self) -> int:
        """Pairs that change tier."""
        return self.n - self.kept.hits

    @property
    def most_flipped(self) -> float:
        """The upper end of the interval of the share that changes tier."""
        return 1.0 - self.kept.low

    def to_json(self) -> dict[str, Any]:
        """All numbers."""
        return {
            "n": self.n,
            "groups": self.groups,
            "flipped": self.flipped,
            "flip_share": [1.0 - self.kept.high, self.flipped / self.n, self.most_flipped],
            "confidence": self.kept.confidence,
            "score_shift": {"mean": self.shift_mean, "most": self.shift_most},
            "auc": _finite(self.auc),
            "auc_difference": {key: _finite(value) for key, value in asdict(self.auc_gap).items()},
            "transitions": [{"from": a, "to": b, "pairs": count} for (a, b), count in self.transitions.items()],
        }


def shifts(
    policy: Policy, here: pd.DataFrame, there: pd.DataFrame, confidence: float = DEFAULT_CONFIDENCE
) -> list[DomainShift]:
    """The same pairs scored with the policy's own arithmetic and with another; raises UnknownDomain, BadArgument.

    Every domain of the policy must have pairs: of one that has none, nothing would be known.
    """
    check_confidence(confidence)
    lacking = sorted(set(policy.domains) - set(here[DOMAIN]))
    if lacking:
        raise BadArgument("PAIRS", N_("of every domain of the policy"), ", ".join(sorted(set(here[DOMAIN]))))
    parts = {str(name): rows for name, rows in here.groupby(DOMAIN, sort=True)}
    return [_shift(policy, name, rows, there.loc[rows.index], confidence) for name, rows in parts.items()]


def _shift(policy: Policy, domain: str, here: pd.DataFrame, there: pd.DataFrame, confidence: float) -> DomainShift:
    thresholds = policy.domain(domain).thresholds
    a, b = (frame[SCORE].to_numpy(dtype=np.float64) for frame in (here, there))
    tiers = pd.DataFrame({"a": assign_rows(here, thresholds), "b": assign_rows(there, thresholds)})
    moved = tiers[tiers["a"] != tiers["b"]]
    groups, apart = text_groups(here), np.abs(b - a)
    auc, gap = _auc(here, a, b, groups, confidence)
    return DomainShift(
        domain=domain,
        n=len(here),
        groups=len(np.unique(groups)),
        kept=shared_proportion(tiers["a"] == tiers["b"], text_codes(here), confidence),
        shift_mean=float(apart.mean()),
        shift_most=float(apart.max()),
        auc=auc,
        auc_gap=gap,
        transitions=Counter(zip(moved["a"], moved["b"], strict=True)),
        words={tier: policy.domain(domain).shown(tier) for tier in TIERS},
    )


def _auc(rows: pd.DataFrame, a: Floats, b: Floats, groups: Any, confidence: float) -> tuple[float, Estimate]:
    positive = positives(rows, SAME) if LABEL in rows else np.full(len(rows), np.nan)
    known = np.isfinite(positive)
    if len(set(positive[known])) < 2:
        return np.nan, Estimate(np.nan, -1.0, 1.0, int(known.sum()), confidence, "")
    first, second = (auc_samples(s[known], positive[known], groups[known], RESAMPLES, 0) for s in (a, b))
    apart = second - first
    n = int(known.sum())
    return float(first[0]), spread_estimate(float(apart[0]), apart[1:], n, confidence, bounds=(-1.0, 1.0))


def rebind(policy: Policy, fingerprint: str, found: list[DomainShift], allowed: float = ALLOWED) -> Policy:
    """The policy with the same thresholds, bound to the model with the other arithmetic.

    Its certificates stay behind: they speak of the scores that they were made on. Raises RecheckMissed where more
    decisions may change than `allowed`.
    """
    for shift in found:
        if shift.most_flipped > allowed:
            most, sure = shift.most_flipped, shift.kept.confidence
            raise RecheckMissed(shift.domain, shift.flipped, shift.n, most, sure, allowed)
    record = {"from": policy.fingerprint, "allowed": allowed, "domains": {s.domain: s.to_json() for s in found}}
    return replace(
        policy,
        domains={name: replace(entry, certificates={}) for name, entry in policy.domains.items()},
        id=secrets.token_hex(8),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        fingerprint=fingerprint,
        settings={**policy.settings, RECHECKED: record},
    )


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
