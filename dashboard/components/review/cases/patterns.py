"""What bad cases have in common: a sentence, then counts by tag, domain, score band and week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DEFAULT_CONFIDENCE
from calibration.report import case_patterns
from calibration.report.case_patterns import CASES, NAME, SHARE, VALUE, WEEK, PatternTexts
from calibration.report.charts import PICKED
from calibration.stats.intervals import proportion
from calibration.store import NO_TAG, BadCaseFilter
from calibration.store.bad_cases.patterns import BAND, BANDS, DOMAIN, SORTED, SOURCE, TAG, UPHELD
from calibration.text.differences import TAGS
from dashboard import resources
from dashboard.components.frame import navigation
from dashboard.components.review.cases import filters
from dashboard.components.review.cases.names import source_name, tag_name
from dashboard.components.shared import bar_choice, figure
from dashboard.components.shared.tiers import interval, percents
from dashboard.i18n import day, escaped, joined, t, tn, zone

MOST: Final = 12
"""Bars of a chart at most."""


def band_name(number: int) -> str:
    """Where a score band begins and ends."""
    return f"{number / BANDS:.2f} – {(number + 1) / BANDS:.2f}"


def sentence(total: int, by_tag: pd.DataFrame, by_domain: pd.DataFrame) -> str:
    """What stands out, with counts and an interval."""
    named = by_tag[by_tag[VALUE] != NO_TAG]
    words = [
        t(
            "Most of the **{total}** bad cases are in **{domain}** ({count}).",
            total=f"{total:,}",
            domain=escaped(str(by_domain[VALUE].iloc[0])),
            count=f"{by_domain[CASES].iloc[0]:,}",
        )
    ]
    if len(named):
        share = proportion(int(named[CASES].iloc[0]), total, DEFAULT_CONFIDENCE)
        tag = tag_name(str(named[VALUE].iloc[0]))
        words.append(t("The most common tag is **{tag}**: {share} of all cases.", tag=tag, share=percents(share)))
    done, upheld = int(by_domain[SORTED].sum()), int(by_domain[UPHELD].sum())
    if done:
        kept = percents(proportion(upheld, done, DEFAULT_CONFIDENCE))
        words.append(t("Of {done} decided reports, {share} were confirmed.", done=f"{done:,}", share=kept))
    return joined(*words)


def show(wanted: BadCaseFilter) -> None:
    """The sentence and the charts; a bar leads to its cases."""
    patterns = resources.store().case_patterns
    total = resources.store().bad_cases.search(wanted, limit=0).total
    if not total:
        st.info(t("No bad case matches these filters."), icon=":material/inbox:")
        return
    tables = {dimension: patterns.by(dimension, wanted) for dimension in (TAG, DOMAIN, BAND, SOURCE)}
    st.markdown(sentence(total, tables[TAG], tables[DOMAIN]))
    st.caption(
        t(
            "In brackets the 90% interval. A case of several tags counts under each. Click a bar to see its cases, "
            "or choose it below its chart."
        )
    )
    left, right = st.columns(2, gap="large")
    with left:
        _bars(t("By tag"), TAG, tables[TAG], tag_name, wanted)
        if len(tables[SOURCE]) > 1:
            _bars(t("By source"), SOURCE, tables[SOURCE], source_name, wanted)
    with right:
        _bars(t("By domain"), DOMAIN, tables[DOMAIN], str, wanted)
        bands = tables[BAND].sort_values(VALUE, ascending=False, ignore_index=True)
        _bars(t("By score"), BAND, bands, lambda value: band_name(int(value)), wanted)
    _weeks(patterns.by_week(wanted, zone()))


def texts() -> PatternTexts:
    """The charts' words in the session's language."""
    return PatternTexts(t("Cases"), t("Confirmed"), t("Week of the report"), t("Tag"))


def _bars(
    title: str, dimension: str, counts: pd.DataFrame, name: Callable[[str], str], wanted: BadCaseFilter
) -> None:
    """One chart, its numbers in a table below."""
    if counts.empty:
        return
    shown = counts.head(MOST)
    names = [name(str(value)) for value in shown[VALUE]]
    shares = [
        interval(proportion(int(up), int(done), DEFAULT_CONFIDENCE))
        for up, done in zip(shown[UPHELD], shown[SORTED], strict=True)
    ]
    rows = pd.DataFrame({NAME: names, VALUE: shown[VALUE].astype(str), CASES: shown[CASES], SHARE: shares})
    st.subheader(title, anchor=False)
    message = t(
        "Most: {name}, {count} of {total}.",
        name=escaped(names[rows[CASES].argmax()]),
        count=f"{rows[CASES].max():,}",
        total=f"{counts[CASES].sum():,}",
    )
    spec = case_patterns.bars(texts(), names)
    event = figure.show(rows, spec, f"pattern_bars_{dimension}", title, message, clicks=True)
    asked = bar_choice.ask(dict(zip(rows[VALUE], names, strict=True)), title, f"pattern_choice_{dimension}")
    with st.expander(t("Numbers")):
        table = rows.drop(columns=VALUE).assign(**{NAME: [escaped(text) for text in names]})
        renamed = {NAME: title, CASES: t("Cases"), SHARE: t("Confirmed")}
        st.table(table.rename(columns=renamed), border="horizontal", hide_index=True)
    picked = event["selection"].get(PICKED) or []
    value = str(picked[0][VALUE]) if picked and VALUE in picked[0] else asked
    if value is not None:
        filters.choose(narrowed(wanted, dimension, value))
        navigation.go("review/cases")


def narrowed(wanted: BadCaseFilter, dimension: str, value: str) -> BadCaseFilter:
    """The filter for the cases behind a bar."""
    if dimension == BAND:
        return replace(wanted, score_from=int(value) / BANDS, score_to=(int(value) + 1) / BANDS)
    if dimension == TAG:
        return replace(wanted, tag=value)
    return replace(wanted, domain=value) if dimension == DOMAIN else replace(wanted, source=value)


def _weeks(counts: pd.DataFrame) -> None:
    """How the tags come over time."""
    present = set(counts[VALUE])
    order = [tag for tag in (*TAGS, NO_TAG) if tag in present]
    names = {tag: tag_name(tag) for tag in order}
    rows = counts.assign(**{NAME: counts[VALUE].map(names)}).drop(columns=VALUE)
    st.subheader(t("Over time"), anchor=False)
    weekly = rows.groupby(WEEK)[CASES].sum()
    message = tn(
        "Most tags in the week of {week}: {most} of {total} in {count} week with cases.",
        "Most tags in the week of {week}: {most} of {total} in {count} weeks with cases.",
        len(weekly),
        week=day(str(weekly.idxmax())),
        most=f"{weekly.max():,}",
        total=f"{weekly.sum():,}",
    )
    spec = case_patterns.weeks(texts(), names)
    figure.show(rows, spec, "patterns_weeks", t("Bad cases by week and tag"), message)
