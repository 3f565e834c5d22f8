"""The report's tables: evidence by tier, before and after, the data, examples and bad cases."""

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
    THRESHOLD_TIERS,
    TIERS,
    UNRELATED,
)
from calibration.errors import N_
from calibration.evaluate import TierMetrics
from calibration.figures import DASH, interval
from calibration.report.content import ReportInput
from calibration.report.examples import GIVEN, examples
from calibration.report.voice import Voice, shown
from calibration.words import CANNOT_TELL, STATUS_NAMES, bound, evidence, expectation_name, kind_name, label_name

MOST_BAD_CASES: Final = 50


@dataclass(frozen=True)
class Table:
    """Headings and rows; `wide` names the columns that hold users' texts, by their place."""

    head: tuple[Markup, ...]
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
    """Thresholds of a domain with what stands behind each."""
    policy, judged = report.policy.domain(domain), report.found[domain]
    rows = []
    for tier in [*THRESHOLD_TIERS, *([UNRELATED] if UNRELATED in policy.certificates else [])]:
        certificate, metrics = policy.certificates.get(tier), judged.tier(tier)
        below = certificate.threshold if certificate and certificate.certified else None
        rows.append(
            (
                voice.tier(tier),
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
        _compared(voice, metrics, name)
        for tier in TIERS
        for name, judged in sides
        if (metrics := judged.tier(tier)) is not None
    ]
    names = (N_("Tier"), N_("Thresholds"), N_("Threshold"), N_("Precision"), N_("Recall"))
    return Table(_head(voice, *names), tuple(rows))


def _compared(voice: Voice, metrics: TierMetrics, name: str) -> tuple[object, ...]:
    limit = bound(metrics.tier, metrics.threshold)
    return voice.tier(metrics.tier), voice.say(name), limit, interval(metrics.precision), interval(metrics.recall)


def example_table(report: ReportInput, domain: str, voice: Voice) -> Table:
    """A few real pairs of every tier given, with what their labels say."""
    rows = report.scored[report.scored[DOMAIN] == domain]
    picked = examples(rows, report.policy.domain(domain).thresholds)
    lines = tuple(
        (
            voice.tier(str(one[GIVEN])),
            f"{one[SCORE]:.3f}",
            label_name(one[LABEL], str(one[KIND]), voice.locale),
            shown(one[TEXT_A]),
            shown(one[TEXT_B]),
        )
        for one in picked.to_dict("records")
    )
    names = (N_("Tier given"), N_("Score"), N_("Label"), N_("Text A"), N_("Text B"))
    return Table(_head(voice, *names), lines, wide=(3, 4))


def bad_case_table(cases: pd.DataFrame, voice: Voice) -> Table:
    """The first bad cases as they come."""
    lines = tuple(_bad_case(one, voice) for one in cases.head(MOST_BAD_CASES).to_dict("records"))
    names: Sequence[str] = (
        N_("Domain"), N_("Expected"), N_("Tier given"), N_("Score"), N_("Text A"), N_("Text B"), N_("Note"),
    )  # fmt: skip
    return Table(_head(voice, *names), lines, wide=(4, 5, 6))


def _bad_case(one: Mapping[Hashable, object], voice: Voice) -> tuple[object, ...]:
    given, score = one.get("tier_given"), one.get(SCORE)
    known = isinstance(score, int | float) and math.isfinite(score)
    return (
        shown(one[DOMAIN]),
        expectation_name(str(one["expected"]), voice.locale),
        voice.tier(given) if isinstance(given, str) and given in TIERS else DASH,
        f"{score:.3f}" if known else DASH,
        shown(one[TEXT_A]),
        shown(one[TEXT_B]),
        shown(one.get(NOTE) or ""),
    )
