"""Long work on a page: its bar, its time left, its cancel button, and its id in the URL."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import resources, state
from dashboard.actor import may_stop
from dashboard.callbacks import touch
from dashboard.components.frame.guard import guarding
from dashboard.i18n import t
from dashboard.jobs.state import CANCELLED, FAILED, QUEUED, Snapshot

LOST: Final = "job_lost"
"""The slot whose job the server does not know any more."""

STALE: Final = "result_stale"
"""Whether the result that is shown was made with other settings."""


def remember(slot: str, job_id: str) -> None:
    """Tie a job to this page: in the URL for a reload, in the session for a walk through other pages."""
    touch(lambda: st.query_params.__setitem__(slot, job_id))
    state.put(slot, job_id)


def forget(slot: str) -> None:
    """Untie the page's job."""
    touch(lambda: st.query_params.pop(slot, None))
    state.drop(slot)


def recall(slot: str) -> Snapshot | None:
    """The page's job as it is now; None where there is none, or the server was restarted since."""
    job_id = st.query_params.get(slot) or state.get(slot)
    snapshot = resources.jobs().snapshot(str(job_id)) if job_id else None
    if snapshot is None:
        if job_id:
            state.put(LOST, slot)
        forget(slot)
    else:
        remember(slot, snapshot.id)
    return snapshot


def compare(finished: Snapshot, key: str) -> None:
    """Say it where a result was made with other settings than those on the page, whose job would have this key."""
    state.put(STALE, finished.key != key)
    if stale():
        st.warning(
            t("**These results were made with other settings.** Run it again before you save or share them."),
            icon=":material/history:",
        )


def stale() -> bool:
    """Whether the result on this page was made with other settings, so that it must not be saved."""
    return bool(state.get(STALE))


def follow(slot: str, title: str) -> Snapshot | None:
    """Show the page's job while it runs; returns it once it has finished well, else None."""
    state.drop(STALE)
    snapshot = recall(slot)
    if snapshot is None:
        if state.get(LOST) == slot:
            st.info(
                t(
                    "The earlier result is no longer available: the server was restarted, or it is too long "
                    "ago. What was encoded is kept, so running it again continues from there."
                ),
                icon=":material/restart_alt:",
            )
        return None
    if state.get(LOST) == slot:
        state.drop(LOST)
    if not snapshot.finished:
        _bar(snapshot.id, title)
        return None
    if snapshot.status == CANCELLED:
        st.info(t("Stopped. What was encoded so far is kept, so running it again continues from there."))
        return None
    if snapshot.status == FAILED:
        resources.jobs().result(snapshot.id)
    return snapshot


@st.fragment(run_every=0.5)
@guarding
def _bar(job_id: str, title: str) -> None:
    """Progress twice a second; the whole page runs again when the job has ended."""
    snapshot = resources.jobs().snapshot(job_id)
    if snapshot is None or snapshot.finished:
        st.rerun()
    with st.container(border=True):
        st.progress(snapshot.share, text=f"{title} {pace(snapshot)}")
        if may_stop(snapshot.owner):  # equal work of two people is one job
            st.button(
                t("Cancel"),
                key=f"cancel_{job_id}",
                icon=":material/stop:",
                on_click=resources.jobs().cancel,
                args=(job_id,),
            )


def pace(snapshot: Snapshot) -> str:
    """How far, how fast, how long still."""
    if snapshot.status == QUEUED:
        return t("waiting for its turn")
    parts = []
    if snapshot.total:
        parts.append(t("{done} of {total}", done=f"{snapshot.done:,}", total=f"{snapshot.total:,}"))
    if snapshot.rate:
        parts.append(t("{rate} a second", rate=f"{snapshot.rate:,.0f}"))
    if snapshot.total and snapshot.done >= snapshot.total:
        return t("finishing")
    if snapshot.left is not None and snapshot.share > 0.05:
        parts.append(t("about {left} left", left=duration(snapshot.left)))
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """Seconds in words a person reads at a glance."""
    if seconds < 90:
        return t("{count} s", count=max(1, round(seconds)))
    return t("{count} min", count=round(seconds / 60))
