"""The outcome of measuring the settings of texts: a domain's sentence, picture and numbers, then the choice."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.comparison.ablate import scoring_variants
from calibration.stats.formatting import asked_percent
from dashboard import state
from dashboard.components.calibrate.preprocessing import words
from dashboard.components.calibrate.preprocessing.run import AblationOutcome
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared import figure, interval_chart, tables
from dashboard.i18n import naming, t

SERVED: Final = ("default", "map_punctuation", "segments_max", "segments_mean")
"""Variants that can be served; the fixed steps are left out for measuring only."""


def show(outcome: AblationOutcome) -> None:
    """Each domain, what the numbers are, the file, the choice."""
    found = outcome.found
    if outcome.samples:
        st.caption(t(":material/science: There is sample data among these, written for this project."))
    _domain(outcome)
    for note in found.notes:
        st.caption(f":material/info: {note.explain(state.locale())}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("Settings to score with"),
            SERVED,
            format_func=naming(SERVED, lambda name: t(words.VARIANTS[name])),
            key=state.ABLATION_CHOICE,
            width=320,
        )
        st.button(
            t("Use these settings"), key="ablation_use", icon=":material/check:", on_click=use, args=(chosen,)
        )
        st.download_button(
            t("Download CSV"),
            lambda: tables.csv_bytes(words.rows(found)),
            "preprocessing.csv",
            "text/csv",
            key="ablation_download",
            icon=":material/download:",
            on_click="ignore",
        )


@st.fragment
@guarding
def _domain(outcome: AblationOutcome) -> None:
    """One domain; only this part runs again when another one is chosen."""
    found, names = outcome.found, list(outcome.found.domains)
    if state.get(state.ABLATION_DOMAIN) not in names:
        state.drop(state.ABLATION_DOMAIN)
    domain = st.selectbox(t("Domain"), names, key=state.ABLATION_DOMAIN, persist_state="session", width=320)
    results = words.others(found, domain)
    with st.container(border=True, key="ablation_shown"):
        st.markdown(words.sentence(found, domain))
        for metric, column in zip(("auc", "recall"), st.columns(2, gap="large"), strict=True):
            lines = words.chart_lines(results, metric)
            name = t(words.METRICS[metric])
            if len(lines):
                spec = interval_chart.differences(len(lines), t("{metric}: change in points", metric=name))
                alt = t("Change of {metric} by setting, with intervals around zero", metric=name)
                with column:
                    figure.show(
                        lines, spec, f"ablation_chart_{metric}", alt, interval_chart.difference_message(lines)
                    )
        st.table(words.table(results), border="horizontal", hide_index=True)
        st.caption(_how_sure(outcome))


def _how_sure(outcome: AblationOutcome) -> str:
    """What the numbers are, and what is claimed of them together; nothing is where nothing was tested."""
    if not outcome.found.tests:
        return t("No setting changes a score in any of these domains, so there was nothing to test.")
    return t(
        "Change against the default in percentage points, in brackets its interval. Recall and precision at the "
        "threshold that each setting certifies for {precision}. All {tests} intervals hold together at "
        "{confidence} (Bonferroni), findings are corrected by Holm; groups of pairs that share texts are "
        "resampled.",
        precision=asked_percent(outcome.precision),
        confidence=asked_percent(outcome.found.confidence),
        tests=f"{outcome.found.tests:,}",
    )


@attempting
def use(variant: str) -> None:
    """Score with a variant's settings from now on, on all pages that work on datasets; a callback."""
    options = scoring_variants()[variant]
    state.put(state.SEGMENTS, options.segments)
    state.put(state.PUNCTUATION, options.cleaning.map_punctuation)
    say(t("From now on pages score with: {name}.", name=t(words.VARIANTS[variant])))
