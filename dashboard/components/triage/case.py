"""One case of a triage, large, and the keys that decide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from calibration.store import BadCase
from dashboard import resources
from dashboard.components.cases.details import correction, facts, history_lines
from dashboard.components.cases.names import expectation_name, status_name
from dashboard.components.shared.tiers import badge
from dashboard.components.triage import queue as triage_queue
from dashboard.components.triage.queue import BEFORE, NEXT, SHORTCUTS, UNDO, Queue
from dashboard.i18n import escaped, t, tn

STYLE = "<style>[data-testid=stMain]:focus {outline: none; box-shadow: none}</style>"
"""Streamlit frames the whole page as soon as a key is pressed on it, across its title."""


def show(queue: Queue, asked: triage_queue.Asked) -> None:
    """The case that is next, or that none is left; the keys work in both."""
    st.html(STYLE)
    st.progress(
        min(1.0, queue.place / len(queue.ids)) if queue.ids else 1.0,
        text=t(
            "{place} of {total} · {done} sorted out",
            place=f"{min(queue.place + 1, len(queue.ids)):,}",
            total=f"{len(queue.ids):,}",
            done=f"{queue.sorted_out:,}",
        ),
    )
    case = None if queue.current is None else resources.store().bad_cases.get(queue.current)
    if case is None:
        _finished(asked)
    else:
        _case(case)
    _keys(case)


def _finished(asked: triage_queue.Asked) -> None:
    """The end of the queue, and how many wait by now for the next one."""
    waiting = triage_queue.waiting(asked)
    said = t("That was the last one of this queue.")
    if not waiting:
        st.success(said, icon=":material/done_all:")
        return
    more = tn("{count} case waits for the next queue.", "{count} cases wait for the next queue.", waiting)
    st.success(f"{said} {more}", icon=":material/done_all:")
    label = t("Go on with these")
    st.button(label, key="triage_go_on", type="primary", on_click=triage_queue.begin_anew, args=asked)


def _case(case: BadCase) -> None:
    """Both texts, what they were judged, and what they should have been."""
    with st.container(border=True, key="triage_case"):
        left, right = st.columns(2, gap="large")
        left.markdown(f"### {escaped(case.text_a)}")
        right.markdown(f"### {escaped(case.text_b)}")
        judged = badge(case.tier_given) if case.tier_given else "–"
        words = [
            t("judged {given}, expected **{expected}**", given=judged, expected=expectation_name(case.expected)),
            t("score {score}", score="–" if case.score is None else f"{case.score:.4f}"),
        ]
        if case.margin is not None:
            words.append(t("off by {margin}", margin=f"{case.margin:.4f}"))
        words.append(t("now: {status}", status=status_name(case.status)))
        st.markdown(" · ".join(words))
        st.caption(facts(case))
        if case.note:
            st.markdown(f"> {escaped(case.note)}")
        with st.expander(t("Correct it"), icon=":material/edit:"):
            correction(case, triage_queue.corrected)
        with st.expander(t("History"), icon=":material/history:"):
            for line in history_lines(case.id):
                st.caption(line)


def _keys(case: BadCase | None) -> None:
    """Every decision with its key; they work while no text is being typed."""
    with st.container(horizontal=True):
        for status, key in SHORTCUTS.items():
            _key(status_name(status), status, key, triage_queue.decide, (case, status), case is None)
    with st.container(horizontal=True):
        _key(t("Next"), "next", NEXT, triage_queue.step, (1,), case is None)
        _key(t("Previous case"), "before", BEFORE, triage_queue.step, (-1,), False)
        _key(t("Take back the last decision"), "undo", UNDO, triage_queue.take_back, (), False)


def _key(
    label: str, name: str, shortcut: str, action: Callable[..., None], arguments: tuple[Any, ...], disabled: bool
) -> None:
    st.button(label, key=f"triage_{name}", shortcut=shortcut, on_click=action, args=arguments, disabled=disabled)
