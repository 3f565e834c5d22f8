"""Bad cases a page at a time, moved from status to status, each with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from calibration.store import STATUSES, BadCase, BadCaseFilter
from dashboard import resources, state
from dashboard.components.frame import navigation
from dashboard.components.review.cases.details import details
from dashboard.components.review.cases.files import downloads
from dashboard.components.review.cases.names import CaseWords, case_words, expectation_name, status_name, tag_names
from dashboard.components.review.cases.transitions import dataset_form, move, move_all
from dashboard.components.shared import tables
from dashboard.i18n import naming, t, tier_name, tn

SIZE: Final = 50
TARGET: Final = "case_target"
ALL: Final = "case_all"
TEXTS: Final = 155
"""Pixels of a column of texts."""


def listing(wanted: BadCaseFilter, order: str) -> None:
    """A page of cases, what can be done with the selected ones, and files."""
    cases = resources.store().bad_cases
    total = cases.search(wanted, limit=0).total
    if not total:
        nothing = resources.store().bad_cases.search(limit=0).total == 0
        st.info(
            t(
                "No bad cases yet. On the compare page, “Wrong?” next to a result records one; or find some in "
                "labelled data, import a file, or add one by hand."
            )
            if nothing
            else t("No bad case matches these filters."),
            icon=":material/inbox:",
        )
        if nothing:
            navigation.link("review/find", label=t("Find or import"), icon=":material/search:")
        return
    place = st.container()
    rows = tables.page_of(total, state.CASE_PAGE, SIZE)
    found = cases.search(wanted, limit=SIZE, offset=rows.start, order=order).rows
    with place:
        bar = st.container()
        chosen = _table(found)
        with bar:
            _act(chosen, wanted, total)
    if len(chosen) == 1:
        details(chosen[0])
    downloads(wanted)


def _table(found: Sequence[BadCase]) -> list[BadCase]:
    """The cases of a page; returns those that are selected."""
    event = st.dataframe(
        cases_frame(found),
        key=table_key(found),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        lazy=False,
        height="content",
        row_height=tables.row_height([text for case in found for text in (case.text_a, case.text_b)], TEXTS),
        alt=t("Bad cases"),
        column_config={
            "id": st.column_config.NumberColumn(t("No."), width=55),
            "status": tables.text(t("Status"), 80),
            "domain": tables.text(t("Domain"), 80),
            "text_a": tables.text(t("Text A"), TEXTS),
            "text_b": tables.text(t("Text B"), TEXTS),
            "score": tables.score(t("Score")),
            "tags": tables.text(t("Tags"), 120),
            "margin": st.column_config.NumberColumn(
                t("Off by"),
                format="%.4f",
                width=75,
                help=t("Distance of the score from the threshold that it should have been on the other side of."),
            ),
            "cost": st.column_config.NumberColumn(
                t("Cost"), format="%.1f", width=60, help=t("Cost of such a mistake with the default amounts.")
            ),
            "given": tables.text(t("Judged"), 80),
            "expected": tables.text(t("Expected"), 100),
            "note": tables.text(t("Note"), 110),
            "created": tables.when(t("Reported"), "small"),
        },
    )
    return [found[row] for row in event["selection"]["rows"] if row < len(found)]


def table_key(found: Sequence[BadCase]) -> str:
    """The table's key: a selection counts positions, so it must not outlive the cases it was made on."""
    return f"{state.CASE_TABLE}_{'_'.join(str(case.id) for case in found)}"


def cases_frame(found: Sequence[BadCase]) -> pd.DataFrame:
    """Cases as rows, in words."""
    words = case_words()
    return pd.DataFrame(
        [
            {
                "id": case.id,
                "status": status_name(case.status),
                "domain": case.domain,
                "text_a": case.text_a,
                "text_b": case.text_b,
                "score": case.score,
                "given": _given(case, words),
                "expected": expectation_name(words(case.expected, case.domain)),
                "tags": tag_names(case.tags),
                "margin": case.margin,
                "cost": case.cost,
                "note": case.note,
                "created": case.created_at,
            }
            for case in found
        ]
    )


def _given(case: BadCase, words: CaseWords) -> str:
    """What a case was judged, in words."""
    return tier_name(words(case.tier_given, case.domain, case.thresholds)) if case.tier_given else ""


def _act(chosen: Sequence[BadCase], wanted: BadCaseFilter, total: int) -> None:
    """Move what is selected to another status."""
    with st.container(horizontal=True, vertical_alignment="center"):
        everything = not chosen and st.checkbox(
            tn("Select the {count} case that matches", "Select all {count} cases that match", total), key=ALL
        )
        if not chosen and not everything:
            st.caption(t("Or select rows to change their status."), width="content")
            dataset_form(chosen, wanted, total)
            return
        number = total if everything else len(chosen)
        st.markdown(tn("{count} selected", "{count} selected", number), width="content")
        st.selectbox(
            t("New status"),
            STATUSES,
            index=1,
            key=TARGET,
            format_func=naming(STATUSES, status_name),
            label_visibility="collapsed",
            width=200,
        )
        st.button(
            t("Change status"),
            key="case_apply",
            type="primary",
            icon=":material/check:",
            on_click=_apply,
            args=(None if everything else {case.id: case.version for case in chosen}, wanted),
        )
        dataset_form(chosen, wanted, total)


def _apply(versions: Mapping[int, int] | None, wanted: BadCaseFilter) -> None:
    """Move the selected cases, or all that match, to the chosen status, as a callback."""
    status = str(state.get(TARGET))
    state.put(ALL, False)
    if versions is None:
        move_all(wanted, status)
    else:
        move(versions, status)
