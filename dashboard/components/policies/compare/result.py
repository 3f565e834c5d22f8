"""What a comparison of two versions found: sentences, the differences as a picture, numbers, pairs that changed."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, KIND, LABEL, TEXT_A, TEXT_B, shown_tier
from calibration.comparison.paired_decisions import BETTER, SCORE_A, SCORE_B, TIER_A, TIER_B
from calibration.comparison.result import Comparison, DomainComparison, MetricComparison, TierComparison
from calibration.errors import N_
from calibration.messages.note import Note
from calibration.stats.formatting import DASH, asked_percent, p_value
from calibration.stats.intervals import Estimate
from dashboard import state
from dashboard.components.policies.compare.run import Compared
from dashboard.components.shared import figure, interval_chart, tables
from dashboard.components.shared.tiers import badge, label_name
from dashboard.i18n import escaped, t, tier_name, tn

METRIC_NAMES: Final = {"precision": N_("Precision"), "recall": N_("Recall"), "f1": N_("F1")}


def show(found: Compared) -> None:
    """Domain by domain, then the pairs whose tier changes."""
    comparison = found.comparison
    if found.left_out:
        names = t(", ").join(map(escaped, found.left_out))
        st.info(t("Left out, because a version has no thresholds for them: {names}", names=names))
    for domain in comparison.domains:
        _domain(comparison, domain)
    for note in comparison.notes:
        st.caption(f":material/info: {_sentence(note)}")
    _changed(comparison)


def _domain(comparison: Comparison, domain: str) -> None:
    """One domain."""
    found = comparison.domains[domain]
    with st.container(border=True, key=f"versions_{domain}"):
        st.subheader(escaped(domain), anchor=False)
        moved = sum(found.transitions.values())
        st.markdown(
            tn(
                "**{count}** of {n} pairs changes its tier.",
                "**{count}** of {n} pairs change their tier.",
                moved,
                n=f"{found.n:,}",
            )
        )
        for tier in found.tiers:
            st.markdown(f"- {_sentence(comparison.sentence(domain, tier))}")
        lines = difference_lines(found)
        shown = lines.dropna()
        if len(shown):
            spec = interval_chart.differences(len(shown), t("B minus A"))
            alt = t("Differences of precision, recall and F1 with their intervals, by tier")
            figure.show(shown, spec, f"versions_chart_{domain}", alt, interval_chart.difference_message(shown))
        numbers, tests, moves = st.tabs([t("Numbers"), t("Tests"), t("What moves where")])
        numbers.table(metric_table(comparison, found), border="horizontal", hide_index=True)
        tests.table(tests_table(found), border="horizontal", hide_index=True)
        moves.table(move_table(comparison, found), border="horizontal", hide_index=True)
        st.caption(
            t(
                "Intervals at {confidence} confidence; differences by paired bootstrap over groups of pairs that "
                "share texts; p by McNemar's exact test over such groups, corrected by Holm for all tests here.",
                confidence=asked_percent(comparison.confidence),
            )
        )


def _sentence(note: Note) -> str:
    """A finding in the session's language, names and tiers in words."""
    params = {name: tier_name(value) if name == "tier" else escaped(value) for name, value in note.shown()}
    said = t(note.message, **params)
    return f"{said[:1].upper()}{said[1:]}" + t(".")


def estimate(value: Estimate, sign: str = "") -> str:
    """A number with interval and n."""
    if math.isnan(value.value):
        return DASH
    if sign and value.value == value.low == value.high == 0:
        return f"{t('no change')} · n={value.n:,}"
    between, digits = (" … ", 1) if sign else ("–", 0)
    ends = f"{value.low * 100:{sign}.{digits}f}%{between}{value.high * 100:{sign}.{digits}f}%"
    said = f"{value.value * 100:{sign}.1f}% ({ends})".replace("-", "\N{MINUS SIGN}")
    return f"{said} · n={value.n:,}"


def _lines(found: DomainComparison) -> list[tuple[str, TierComparison, MetricComparison]]:
    """Every metric of every tier that the labels can tell."""
    return [(tier, entry, metric) for tier, entry in found.tiers.items() for metric in entry.metrics.values()]


def difference_lines(found: DomainComparison) -> pd.DataFrame:
    """The differences as the chart takes them."""
    return pd.DataFrame(
        [
            {
                interval_chart.LABEL: f"{_word(tier, found)} · {t(METRIC_NAMES[metric.name])}",
                interval_chart.VALUE: metric.difference.value,
                interval_chart.LOW: metric.difference.low,
                interval_chart.HIGH: metric.difference.high,
                interval_chart.TOLD: estimate(metric.difference, "+"),
            }
            for tier, _, metric in _lines(found)
        ]
    )


def _word(tier: str, found: DomainComparison) -> str:
    return tier_name(shown_tier(tier, found.binary))


def metric_table(comparison: Comparison, found: DomainComparison) -> pd.DataFrame:
    """Both sides' metrics and their difference."""
    return pd.DataFrame(
        [
            {
                t("Tier"): badge(shown_tier(tier, found.binary)),
                t("Metric"): t(METRIC_NAMES[metric.name]),
                f"A · {escaped(comparison.a)}": estimate(metric.a),
                f"B · {escaped(comparison.b)}": estimate(metric.b),
                t("B minus A"): estimate(metric.difference, "+"),
            }
            for tier, _, metric in _lines(found)
        ]
    )


def tests_table(found: DomainComparison) -> pd.DataFrame:
    """McNemar's counts and p-values."""
    tests = {badge(shown_tier(tier, found.binary)): entry.mcnemar for tier, entry in found.tiers.items()}
    if found.exact is not None:
        tests[t("exactly the label's tier")] = found.exact
    return pd.DataFrame(
        [
            {
                t("Decision"): name,
                t("Only A right"): f"{test.only_a:,}",
                t("Only B right"): f"{test.only_b:,}",
                t("Pairs"): f"{test.n:,}",
                "p": p_value(test.p_grouped),
                t("p, corrected"): p_value(test.p_adjusted),
            }
            for name, test in tests.items()
        ]
    )


def move_table(comparison: Comparison, found: DomainComparison) -> pd.DataFrame:
    """How many pairs go from which tier to which."""
    moves = sorted(found.transitions.items(), key=lambda item: -item[1])
    lines = [
        {
            f"A · {escaped(comparison.a)}": badge(before),
            f"B · {escaped(comparison.b)}": badge(after),
            t("Pairs"): f"{count:,}",
        }
        for moved, count in moves
        for before, after in [comparison.shown(found.domain, moved)]
    ]
    return pd.DataFrame(lines or [{t("Pairs"): "0"}])


def _changed(comparison: Comparison) -> None:
    """The pairs whose tier changes, a page at a time, and all of them as a file."""
    changed = comparison.changed
    st.subheader(t("Pairs whose tier changes"), anchor=False)
    if changed.empty:
        st.caption(t("None: both versions give every pair the same tier."))
        return
    columns = {
        TEXT_A: tables.text(t("Text A"), 195),
        TEXT_B: tables.text(t("Text B"), 195),
        "named": tables.text(t("Label"), 120),
        "tier_of_a": tables.text(t("Tier in A"), 80),
        "tier_of_b": tables.text(t("Tier in B"), 80),
        "nearer": tables.text(t("Nearer to the label"), 148),
        SCORE_A: tables.score(t("Score")),
        DOMAIN: tables.text(t("Domain"), "small"),
    }
    tables.paged(
        changed,
        state.CHANGED_PAGE,
        columns,
        t("Pairs whose tier changes"),
        size=10,
        words=lambda rows: _named(rows, comparison),
    )
    kept = [TEXT_A, TEXT_B, LABEL, KIND, DOMAIN, SCORE_A, SCORE_B, TIER_A, TIER_B, BETTER]
    st.download_button(
        t("Download CSV"),
        lambda: tables.csv_bytes(changed[kept]),
        "changed-pairs.csv",
        "text/csv",
        key="changed_download",
        icon=":material/download:",
        on_click="ignore",
    )


def _named(rows: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """Rows with labels, tiers and sides in words."""
    nearer = {"a": "A", "b": "B", "-": "–"}
    moved = zip(rows[DOMAIN], rows[TIER_A], rows[TIER_B], strict=True)
    words = [comparison.shown(str(domain), (before, after)) for domain, before, after in moved]
    return rows.assign(
        named=[label_name(label, kind) for label, kind in zip(rows[LABEL], rows[KIND], strict=True)],
        tier_of_a=[tier_name(before) for before, _ in words],
        tier_of_b=[tier_name(after) for _, after in words],
        nearer=[nearer[side] for side in rows[BETTER]],
    )
