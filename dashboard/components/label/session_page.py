"""Labelling by keyboard: a session's pairs one after another, its progress, and what its batches prove so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from calibration.columns import BINARY, GRADED, TIER
from calibration.store.answers import Answer, Taken
from calibration.store.sessions.records import LABEL, NOTE, SKIP, LabellingSession, SessionProgress
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.notices import attempting, offer_undo, tell_from_fragment
from dashboard.components.label import session_agreement, session_certificate, session_files
from dashboard.components.shared import answer_queue
from dashboard.components.shared.answer_queue import Board, Item, Key
from dashboard.components.shared.ask_name import ask_name
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import day, escaped, t, tn

LABELS: Final = {
    BINARY: (("1", 1.0), ("0", 0.0)),
    TIER: (("1", 3.0), ("2", 2.0), ("3", 1.0), ("4", 0.0)),
    GRADED: tuple((str(grade), float(grade)) for grade in range(5, -1, -1)),
}
"""Which key gives which label; tiers are counted from the top."""


def chosen() -> LabellingSession | None:
    """The session to label; None where there is none. Its number is in the URL."""
    saved = {session.id: session for session in resources.store().sessions.list()}
    if not saved:
        return None
    _from_url(saved)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            t("Labelling session"), list(saved), key=state.SESSION, persist_state="session", width=420,
            format_func=lambda key: _title(saved[key]) if key in saved else "",
        )  # fmt: skip
        session = saved[number]
        session_files.menu(session)
        st.button(
            t("Delete"), key="session_delete", icon=":material/delete:", type="tertiary",
            on_click=_delete, args=(session,),
        )  # fmt: skip
    st.query_params[state.SESSION] = str(number)
    return session


def _from_url(saved: dict[int, LabellingSession]) -> None:
    asked = st.query_params.get(state.SESSION, "")
    if state.get(state.SESSION) not in saved:
        number = int(asked) if asked.isdecimal() and int(asked) in saved else next(iter(saved))
        state.put(state.SESSION, number)


def _title(session: LabellingSession) -> str:
    count = sum(draw.n for draw in session.sampling.values())
    pairs = tn("{count} pair", "{count} pairs", count)
    return f"{session.name} · {pairs} · {day(session.created_at)}"


@attempting
def _delete(session: LabellingSession) -> None:
    """Put a session away with a way back, as a callback."""
    sessions = resources.store().sessions
    sessions.delete(session.id, actor=actor())
    state.drop(state.SESSION)
    offer_undo(t("Deleted “{name}”.", name=escaped(session.name)), sessions.restore, session.id)


def show(session: LabellingSession) -> None:
    """The queue and what follows from it; without a name there is nothing to sign labels with."""
    if not actor():
        ask_name(t("Enter your name first, so that your labels are kept apart from those of others."))
        return
    _labelling(session.id)


@st.fragment
@guarding
def _labelling(session_id: int) -> None:
    """Only this part runs again when answers come in."""
    tell_from_fragment()
    store, name = resources.store().sessions, actor()
    session = store.get(session_id)
    pairs = store.take(session_id, name)
    progress = store.progress(session_id, name)
    items = [
        Item(pair.position, pair.text_a, pair.text_b, _head(pair.domain, pair.skipped), note=pair.note)
        for pair in pairs
    ]
    answer_queue.show(
        "label_queue",
        answer_queue.place("label", session_id),
        items,
        _board(session, progress, len(pairs)),
        lambda answers: _take(session_id, name, answers),
    )
    _missing(progress)
    session_certificate.show(session, progress)
    session_agreement.show(session)


def _head(domain: str, skipped: bool) -> str:
    return domain + (" · " + t("skipped before") if skipped else "")


def _board(session: LabellingSession, progress: SessionProgress, waiting: int) -> Board:
    """The keys of the session's kind of label."""
    keys = [Key(key, LABEL, label_name(value, session.kind), value) for key, value in LABELS[session.kind]]
    left = progress.total - progress.labelled
    empty = (
        t("Every pair of this session has a label.")
        if not left
        else t("Other people are labelling the remaining pairs. Check again later.")
    )
    return Board(
        keys=(*keys, Key("S", SKIP, t("Skip"), tone="quiet")),
        back=Key("B", "back", t("Back")),
        note=Key("E", NOTE, t("Note")),
        counted=(LABEL,),
        done=progress.mine,
        total=progress.mine + waiting,
        empty=empty,
        count=t("{done} labelled by you, {left} assigned to you").replace("{left}", str(waiting)),
    )


def _take(session_id: int, name: str, answers: Sequence[Answer]) -> Taken:
    return resources.store().sessions.answer(session_id, name, answers)


def _missing(progress: SessionProgress) -> None:
    """How many batches are finished, and what is missing before the labels count as a random sample."""
    done = tn("{count} batch", "{count} batches", progress.finished)
    st.markdown(
        t(
            "**{labelled} of {total}** pairs are labelled; {done} of {all} finished.",
            labelled=f"{progress.labelled:,}",
            total=f"{progress.total:,}",
            done=done,
            all=f"{len(progress.batches):,}",
        )
    )
    batch = next((one for one in progress.batches if not one.finished), None)
    if batch is None:
        return
    words = t(
        "Labels count as a random sample batch by batch, in the order of the draw. Batch {number} still lacks "
        "{left} of {size} labels.",
        number=batch.number + 1,
        left=batch.size - batch.labelled,
        size=batch.size,
    )
    if batch.skipped:
        skipped = tn(
            "{count} of them was skipped: without a label for it the batch never counts.",
            "{count} of them were skipped: without labels for them the batch never counts.",
            batch.skipped,
        )
        words = f"{words} {skipped}"
    st.caption(words)
