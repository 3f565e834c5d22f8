"""Bad cases: filtered, looked into, moved from status to status, taken out as pairs again."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from calibration.columns import DEFAULT_DOMAIN, TIERS
from calibration.errors import N_
from calibration.pairs import write_pairs
from calibration.store import EXPECTATIONS, STATUSES, BadCase, BadCaseDraft, BadCaseFilter
from dashboard import resources, state
from dashboard.components import tables
from dashboard.components.notices import attempting, offer_undo, say
from dashboard.components.report_case import expectation_name
from dashboard.i18n import escaped, naming, t, tier_name, tn

SIZE: Final = 50
ALL: Final = 100_000
"""How many cases a download holds at most."""
STATUS_NAMES: Final = {
    "new": N_("new"),
    "confirmed": N_("confirmed"),
    "label_wrong": N_("expectation was wrong"),
    "fixed": N_("fixed"),
    "wont_fix": N_("will not be fixed"),
}
ACTION_NAMES: Final = {
    "created": N_("reported"),
    "changed": N_("changed"),
    "undone": N_("taken back"),
    "reported": N_("reported again"),
}
FIELD_NAMES: Final = {"status": N_("status"), "note": N_("note"), "expected": N_("expected")}
TARGET: Final = "case_target"
ADD: Final = ("add_text_a", "add_text_b", "add_domain", "add_expected", "add_note")


def status_name(status: str) -> str:
    """A status in words."""
    return t(STATUS_NAMES[status])


def filters() -> BadCaseFilter:
    """Which cases are wanted; kept in the URL."""
    cases = resources.store().bad_cases
    counts = cases.counts()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        status = _choice(
            t("Status"), state.CASE_STATUS, STATUSES, lambda name: f"{status_name(name)} ({counts[name]})", 190
        )
        domain = _choice(t("Domain"), state.CASE_DOMAIN, cases.domains(), str, 150)
        expected = _choice(t("Expected"), state.CASE_EXPECTED, EXPECTATIONS, expectation_name, 150)
        text = st.text_input(
            t("Search"),
            key=state.CASE_TEXT,
            bind="query-params",
            type="search",
            placeholder=t("In texts and notes"),
            width=230,
        )
    return BadCaseFilter(status or None, domain or None, expected or None, (text or "").strip())


def _choice(label: str, key: str, options: Sequence[str], name: Callable[[str], str], width: int) -> str:
    """One filter; empty for all."""
    everything = ["", *options]
    words = naming(everything, lambda option: name(option) if option else t("all"))
    return st.selectbox(label, everything, key=key, bind="query-params", format_func=words, width=width)


def listing(wanted: BadCaseFilter) -> None:
    """A page of cases, what can be done with the selected ones, and files."""
    cases = resources.store().bad_cases
    total = cases.search(wanted, limit=0).total
    if not total:
        nothing = resources.store().bad_cases.search(limit=0).total == 0
        st.info(
            t("No bad cases yet. On the compare page, “Wrong?” beside a result records one; or add one by hand.")
            if nothing
            else t("No bad case matches these filters."),
            icon=":material/inbox:",
        )
        return
    place = st.container()
    rows = tables.page_of(total, state.CASE_PAGE, SIZE)
    found = cases.search(wanted, limit=SIZE, offset=rows.start).rows
    with place:
        bar = st.container()
        chosen = _table(found)
        with bar:
            _act(chosen, total)
    if len(chosen) == 1:
        _details(chosen[0])
    _downloads(wanted)


def _table(found: Sequence[BadCase]) -> list[BadCase]:
    """The cases of a page; returns those that are selected."""
    event = st.dataframe(
        cases_frame(found),
        key=state.CASE_TABLE,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        lazy=False,
        alt=t("Bad cases"),
        column_config={
            "id": st.column_config.NumberColumn(t("No."), width=55),
            "status": tables.text(t("Status"), 95),
            "domain": tables.text(t("Domain"), 90),
            "text_a": tables.text(t("Text A"), 190),
            "text_b": tables.text(t("Text B"), 190),
            "score": tables.score(t("Score")),
            "given": tables.text(t("Judged"), 80),
            "expected": tables.text(t("Expected"), 80),
            "note": tables.text(t("Note"), 110),
            "created": st.column_config.DatetimeColumn(t("Reported"), format="YYYY-MM-DD HH:mm", width="small"),
        },
    )
    return [found[row] for row in event["selection"]["rows"] if row < len(found)]


def cases_frame(found: Sequence[BadCase]) -> pd.DataFrame:
    """Cases as rows, in words."""
    return pd.DataFrame(
        [
            {
                "id": case.id,
                "status": status_name(case.status),
                "domain": case.domain,
                "text_a": case.text_a,
                "text_b": case.text_b,
                "score": case.score,
                "given": tier_name(case.tier_given) if case.tier_given else "",
                "expected": expectation_name(case.expected),
                "note": case.note,
                "created": case.created_at,
            }
            for case in found
        ]
    )


def _act(chosen: Sequence[BadCase], total: int) -> None:
    """Move what is selected to another status."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if not chosen:
            st.caption(
                tn("{count} case.", "{count} cases.", total) + " " + t("Select rows to change their status."),
                width="content",
            )
            return
        st.markdown(tn("{count} selected", "{count} selected", len(chosen)), width="content")
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
            on_click=move,
            args=({case.id: case.version for case in chosen},),
        )


@attempting
def move(versions: Mapping[int, int], status: str | None = None) -> None:
    """Set the status of these cases, as a callback, with a way back."""
    wanted = status or str(state.get(TARGET))
    cases = resources.store().bad_cases
    moved = cases.set_status(list(versions), wanted, versions=versions)
    text = tn(
        "{count} case is now: {status}.", "{count} cases are now: {status}.", len(moved), status=status_name(wanted)
    )
    offer_undo(text, cases.undo, list(versions))


def _details(case: BadCase) -> None:
    """One case in full, with its history."""
    with st.container(border=True):
        st.subheader(t("Bad case {id}", id=case.id), anchor=False)
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown(escaped(case.text_a))
            st.markdown(escaped(case.text_b))
            if case.note:
                st.caption(escaped(case.note))
        with right:
            st.markdown(f"**{t('History')}**")
            for line in history_lines(case.id):
                st.caption(line)


def history_lines(case_id: int) -> list[str]:
    """What happened to a case, oldest first, a line each."""
    lines = []
    for entry in resources.store().bad_cases.history(case_id):
        when = entry.at.astimezone().strftime("%Y-%m-%d %H:%M")
        what = t(ACTION_NAMES[entry.action])
        field = t(FIELD_NAMES.get(entry.field, entry.field))
        change = f"{field}: {_value(entry.field, entry.old)} → {_value(entry.field, entry.new)}"
        actor = escaped(entry.actor) if entry.actor else t("somebody")
        lines.append(
            f"{when} · {actor} · {what}" + ("" if entry.action in ("created", "reported") else f" · {change}")
        )
    return lines


def _value(field: str, value: str | None) -> str:
    """An old or new value in words."""
    if value is None or value == "":
        return "–"
    if field == "status":
        return status_name(value)
    if field == "expected":
        return expectation_name(value)
    return escaped(value)


def _downloads(wanted: BadCaseFilter) -> None:
    """The filtered cases as a list, and as labelled pairs to look at again."""
    with st.container(horizontal=True):
        _download(t("Download list"), "bad-cases.csv", partial(_list_csv, wanted))
        _download(t("Download as labelled pairs"), "bad-case-pairs.csv", partial(_pairs_csv, wanted))
    st.caption(t("As pairs they carry purpose “review”: picked by hand, they never enter a certificate."))


def _download(label: str, file: str, make: Any) -> None:
    st.download_button(label, make, file, "text/csv", key=file, icon=":material/download:", on_click="ignore")


def _list_csv(wanted: BadCaseFilter) -> bytes:
    """Everything that is known of each case."""
    found = resources.store().bad_cases.search(wanted, limit=ALL).rows
    return tables.csv_bytes(pd.DataFrame([vars(case) for case in found]))


def _pairs_csv(wanted: BadCaseFilter) -> bytes:
    """The cases as pairs with the expected label."""
    buffer = io.BytesIO()
    write_pairs(resources.store().bad_cases.frame(wanted), buffer, "csv")
    return buffer.getvalue()


def add_form() -> None:
    """Record a case by hand."""
    with st.popover(t("Add by hand"), icon=":material/add:"):
        text_a, text_b, domain, expected, note = ADD
        st.text_input(t("Text A"), key=text_a)
        st.text_input(t("Text B"), key=text_b)
        st.text_input(t("Domain"), key=domain, placeholder=DEFAULT_DOMAIN)
        st.selectbox(t("Expected"), EXPECTATIONS, key=expected, format_func=naming(EXPECTATIONS, expectation_name))
        st.text_input(t("Note"), key=note)
        st.button(t("Add"), key="case_add", type="primary", on_click=_add)


@attempting
def _add() -> None:
    """Keep a case given by hand, as a callback; the form is empty afterwards."""
    text_a, text_b, domain, expected, note = (str(state.get(key) or "").strip() for key in ADD)
    draft = BadCaseDraft(text_a, text_b, expected or TIERS[0], domain or DEFAULT_DOMAIN, note=note, source="manual")
    case, created = resources.store().bad_cases.add(draft)
    for key in (*ADD[:2], ADD[4]):
        state.put(key, "")
    if created:
        say(t("Bad case {id} is recorded.", id=case.id))
    else:
        say(t("This pair is open already, as bad case {id}; your report is in its history.", id=case.id))
