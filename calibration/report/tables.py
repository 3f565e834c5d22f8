"""Tables of the report: evidence by tier, before and after, the data, examples and bad cases."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from calibration.columns import (
    DOMAIN,
    GRADED,
    KIND,
    LABEL,
    NOTE,
    SCORE,
    TEXT_A,
    TEXT_B,
    TIERS,
    UNRELATED,
)
from calibration.errors import N_
from calibration.evaluation.tier_metrics import TierMetrics
from calibration.fitting.names import STATUS_NAMES, expectation_name, kind_name, label_name
from calibration.fitting.sentences import CANNOT_TELL, bound, certified_rows, evidence, row_bound
from calibration.policies.policy import Policy
from calibration.report.content import ReportInput
from calibration.report.examples import GIVEN, examples, placed
from calibration.report.translator import Voice, shown
from calibration.stats.formatting import DASH, interval

MOST_BAD_CASES: Final = 50


@dataclass(frozen=True)
class Table:
    """Headings and rows; `wide` names the columns that hold users' texts, by their place."""

    head: tuple[Markup | str, ...]
    rows: tuple[tuple[object, ...], ...]
    wide: tuple[int, ...] = ()


def _head(voice: Voice, *names: str) -> tuple[Markup, ...]:
    return tuple(voice.say(name) for name in names)


def data_table(report: ReportInput, voice: Voice) -> Table:
    """One row a domain and kind of label: how many pairs, and how many of each label."""
    rows = []
    for (domain, kind), pairs in report.scored.groupby([DOMAIN, KIND], sort=True):
        labels = np.floor(pairs[LABEL]) if kind == GRADED else pairs[LABEL]
        counts = labels.value_counts().sort_index(ascending=False)
        names = (
            f"{label_name(label, str(kind), voice.locale)} {count:,}"
            for label, count in zip(counts.index.astype(float), counts, strict=True)
        )
        rows.append((shown(domain), kind_name(str(kind), voice.locale), f"{len(pairs):,}", " · ".join(names)))
    return Table(_head(voice, N_("Domain"), N_("Kind of labels"), N_("Pairs"), N_("Labels")), tuple(rows))


def tier_table(report: ReportInput, domain: str, voice: Voice) -> Table:
    """Thresholds of a domain with the evidence for each."""
    policy, judged = report.policy.domain(domain), report.found[domain]
    rows = []
    for tier in certified_rows(policy.certificates, policy.binary):
        certificate, metrics = policy.certificates.get(tier), judged.tier(tier)
        below = certificate.threshold if certificate and certificate.certified else None
        rows.append(
            (
                voice.tier(policy.shown(tier)),
                bound(tier, below if tier == UNRELATED else policy.thresholds.get(tier)),
                f"{certificate.n:,}" if certificate else DASH,
                voice.say(STATUS_NAMES[certificate.status] if certificate else CANNOT_TELL),
                voice.note(evidence(tier, certificate)),
                interval(metrics.recall) if metrics else DASH,
            )
        )
    names = (N_("Tier"), N_("Threshold"), N_("Labels"), N_("Status"), N_("Certificate"), N_("Recall"))
    return Table(_head(voice, *names), tuple(rows))


def compared_table(report: ReportInput, domain: str, voice: Voice) -> Table:
    """Published and calibrated thresholds on the same pairs, tier by tier."""
    sides = ((N_("Published"), report.published[domain]), (N_("Calibrated"), report.evaluation[domain]))
    rows = [
        _compared(voice, word, metrics, name, row_bound(metrics.tier, judged))
        for tier in TIERS
        for name, judged in sides
        for word, metrics in judged.shown()
        if metrics.tier == tier
    ]
    names = (N_("Tier"), N_("Thresholds"), N_("Threshold"), N_("Precision"), N_("Recall"))
    return Table(_head(voice, *names), tuple(rows))


def _compared(voice: Voice, word: str, metrics: TierMetrics, name: str, limit: str) -> tuple[object, ...]:
    return voice.tier(word), voice.say(name), limit, interval(metrics.precision), interval(metrics.recall)


def example_table(report: ReportInput, domain: str, voice: Voice) -> Table:
    """A few real pairs of every tier given, with what their labels say."""
    rows, entry = report.scored[report.scored[DOMAIN] == domain], report.policy.domain(domain)
    picked = examples(rows, entry.thresholds)
    lines = tuple(
        (
            voice.tier(entry.shown(str(one[GIVEN]))),
            placed(float(one[SCORE]), entry.thresholds),
            label_name(one[LABEL], str(one[KIND]), voice.locale),
            shown(one[TEXT_A]),
            shown(one[TEXT_B]),
        )
        for one in picked.to_dict("records")
    )
    names = (N_("Tier given"), N_("Score"), N_("Label"), N_("Text A"), N_("Text B"))
    return Table(_head(voice, *names), lines, wide=(3, 4))


def bad_case_table(cases: pd.DataFrame, policy: Policy, voice: Voice) -> Table:
    """The first bad cases as they come."""
    lines = tuple(_bad_case(one, policy, voice) for one in cases.head(MOST_BAD_CASES).to_dict("records"))
    names: Sequence[str] = (
        N_("Domain"), N_("Expected"), N_("Tier given"), N_("Score"), N_("Text A"), N_("Text B"), N_("Note"),
    )  # fmt: skip
    return Table(_head(voice, *names), lines, wide=(4, 5, 6))


def _bad_case(one: Mapping[Hashable, object], policy: Policy, voice: Voice) -> tuple[object, ...]:
    given, score = one.get("tier_given"), one.get(SCORE)
    domain = str(one[DOMAIN])
    expected = expectation_name(policy.shown(str(one["expected"]), domain), voice.locale)
    known = isinstance(score, int | float) and math.isfinite(score)
    return (
        shown(one[DOMAIN]),
        expected,
        voice.tier(policy.shown(given, domain)) if isinstance(given, str) and given in TIERS else DASH,
        f"{score:.3f}" if known else DASH,
        shown(one[TEXT_A]),
        shown(one[TEXT_B]),
        shown(one.get(NOTE) or ""),
    )
