"""Long work on a page: its bar, its time left, its cancel button, and its id in the URL."""

from __future__ import annotations

import streamlit as st

from dashboard import resources
from dashboard.components.frame.guard import guarding
from dashboard.i18n import t
from dashboard.job_state import CANCELLED, FAILED, QUEUED, Snapshot


def remember(slot: str, job_id: str) -> None:
    """Tie a job to this page: in the URL for a reload, in the session for a walk through other pages."""
    st.query_params[slot] = job_id
    st.session_state[slot] = job_id


def forget(slot: str) -> None:
    """Untie the page's job."""
    st.query_params.pop(slot, None)
    st.session_state.pop(slot, None)


def recall(slot: str) -> Snapshot | None:
    """The page's job as it is now; None where there is none, or the server was started anew since."""
    job_id = st.query_params.get(slot) or st.session_state.get(slot)
    snapshot = resources.jobs().snapshot(str(job_id)) if job_id else None
    if snapshot is None:
        forget(slot)
    else:
        remember(slot, snapshot.id)
    return snapshot


def follow(slot: str, title: str) -> Snapshot | None:
    """Show the page's job while it runs; returns it once it has finished well, else None."""
    snapshot = recall(slot)
    if snapshot is None:
        return None
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
        return t("waiting for other work to finish")
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
