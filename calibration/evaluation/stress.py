"""A stress suite: pairs made of a team's own texts that differ in one swapped thing, and who keeps them apart."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import DEFAULT_CONFIDENCE, DOMAIN, ID, LABEL, SAME, SCORE, TEXT_A, TEXT_B
from calibration.evaluation.requirements import STRESS, Measured, Requirement, judged_share
from calibration.policies.policy import Policy
from calibration.stats.intervals import Proportion, proportion
from calibration.stats.threshold_counts import Floats
from calibration.text.swaps import KINDS, swaps

SWAP: Final = "swap"
"""Column of drawn pairs: the kind of what was swapped. Their ids begin with it too."""
ALL: Final = ""
"""The kind that stands for all of them together."""
_ID: Final = re.compile(rf"({'|'.join(KINDS)})-[0-9a-f]{{12}}")


@dataclass(frozen=True)
class StressRate:
    """Of the pairs of a `kind` (ALL: of every kind), the share that passes."""

    kind: str
    share: Proportion


def draw_stress(
    texts: Iterable[str], domain: str, per_kind: int, seed: int = 0, kinds: Sequence[str] = tuple(KINDS)
) -> pd.DataFrame:
    """At most `per_kind` pairs of each kind: `id, swap, text_a, text_b, label, domain`, the label always 0.

    A text gives one pair at most, so that pairs are as independent as the texts; kinds that few texts allow choose
    first. Equal texts and seed give equal pairs.
    """
    distinct = sorted(set(texts))
    order = np.random.default_rng(seed).permutation(len(distinct))
    able: dict[str, list[tuple[str, str]]] = {kind: [] for kind in kinds}
    for at in order:
        for swap in swaps(distinct[at]):
            if swap.kind in able:
                able[swap.kind].append((distinct[at], swap.text))
    rows, taken = [], set[str]()
    for kind in sorted(able, key=lambda kind: len(able[kind])):
        free = [pair for pair in able[kind] if pair[0] not in taken][:per_kind]
        taken.update(text for text, _ in free)
        rows += [(_id(kind, *pair), kind, *pair, 0, domain) for pair in free]
    rows.sort(key=lambda row: (list(KINDS).index(row[1]), row[0]))
    return pd.DataFrame(rows, columns=[ID, SWAP, TEXT_A, TEXT_B, LABEL, DOMAIN])


def kinds_of(ids: pd.Series) -> pd.Series:
    """The kind of each drawn pair, by its id; empty where an id is of no drawn pair."""
    return ids.astype(str).where(ids.astype(str).str.fullmatch(_ID.pattern), "").str.partition("-")[0]


def stress_rates(
    kinds: Sequence[str], passed: Sequence[bool], confidence: float = DEFAULT_CONFIDENCE
) -> tuple[StressRate, ...]:
    """The rate of each kind that has pairs, and the rate of all."""
    frame = pd.DataFrame({"kind": list(kinds), "passed": np.asarray(passed, bool)})
    counts = [(kind, frame.loc[frame["kind"] == kind, "passed"]) for kind in KINDS if (frame["kind"] == kind).any()]
    counts.append((ALL, frame["passed"]))
    return tuple(StressRate(kind, proportion(int(of.sum()), len(of), confidence)) for kind, of in counts)


def kept_apart(rows: pd.DataFrame, scores: Floats, policy: Policy) -> list[bool]:
    """Whether the policy does not call a pair `same`; a pair without a score does not pass."""
    judged = zip(rows[DOMAIN], scores, rows[TEXT_A], rows[TEXT_B], strict=True)
    return [
        bool(np.isfinite(score)) and policy.tier(float(score), domain, (a, b)) != SAME
        for domain, score, a, b in judged
    ]


def polite(text: str) -> str:
    """`text` asked politely, which means the same: what a swap must score below, where there is no threshold.

    >>> polite("怎么退货"), polite("How do I return it?")
    ('请问，怎么退货', 'Please: How do I return it?')
    """
    return f"请问，{text}" if re.search("[\u4e00-\u9fff]", text) else f"Please: {text}"


def measure_stress(
    requirements: Sequence[Requirement],
    rows: pd.DataFrame,
    policy: Policy,
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    proven: bool = False,
) -> tuple[Measured, ...]:
    """Hold a policy to what is required of drawn, scored pairs, domain by domain; of no pairs nothing is met."""
    found: list[Measured] = []
    for key, part in rows.groupby(DOMAIN, sort=True):
        passed = kept_apart(part, part[SCORE].to_numpy(np.float64), policy)
        rates = {rate.kind: rate.share for rate in stress_rates(list(kinds_of(part[ID])), passed, confidence)}
        for requirement in requirements:
            if requirement.metric == STRESS:
                share = rates.get(requirement.tier, proportion(0, 0, confidence))
                found.append(judged_share(requirement, str(key), share, proven))
    return tuple(found)


def _id(kind: str, text_a: str, text_b: str) -> str:
    both = "\0".join((text_a, text_b)).encode("utf-8", "surrogatepass")
    return f"{kind}-{hashlib.sha256(both).hexdigest()[:12]}"
