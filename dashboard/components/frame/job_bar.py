"""Long work of everybody, in the sidebar of every page: whose it is, how far, and a stop for one's own."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.errors import N_
from dashboard import resources
from dashboard.actor import is_mine, may_stop, name_of
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.progress import pace
from dashboard.i18n import escaped, t
from dashboard.jobs.state import Snapshot

TITLES: Final = {
    "ablate": N_("Measuring preprocessing"),
    "advise": N_("Planning labels"),
    "calibrate": N_("Calibrating"),
    "compare": N_("Comparing policies"),
    "cost": N_("Working out costs"),
    "dedup": N_("Finding duplicates"),
    "drift": N_("Comparing scores"),
    "effect": N_("Comparing versions of a FAQ"),
    "faq": N_("Certifying a FAQ"),
    "find": N_("Finding bad cases"),
    "gate": N_("Checking a policy"),
    "judge": N_("Evaluating the scores"),
    "match": N_("Matching"),
    "pool": N_("Scoring unlabelled pairs"),
    "preview": N_("Previewing targets"),
    "review": N_("Looking for doubtful labels"),
    "score": N_("Scoring"),
    "unanswered": N_("Grouping questions"),
}
"""What a job does, by the first word of its key."""


def show() -> None:
    """The bar, where there is anything to show; it looks again every two seconds until all has ended."""
    if unfinished():
        with st.sidebar:
            _bar()


def unfinished() -> list[Snapshot]:
    """Jobs that run or wait."""
    return [job for job in resources.jobs().snapshots() if not job.finished]


@st.fragment(run_every=2)
@guarding
def _bar() -> None:
    """A line for each job."""
    jobs = unfinished()
    if not jobs:
        st.rerun()
    for job in jobs:
        with st.container(horizontal=True, vertical_alignment="center", key=f"job_{job.id}"):
            st.caption(f":material/hourglass_top: {line(job)}", width="stretch")
            if may_stop(job.owner):
                st.button(
                    "", key=f"job_stop_{job.id}", icon=":material/stop:", type="tertiary", help=t("Stop"),
                    on_click=resources.jobs().cancel, args=(job.id,),
                )  # fmt: skip


def line(job: Snapshot) -> str:
    """What it is, whose, and how far."""
    title = t(TITLES.get(job.key.partition(" ")[0], N_("Long work")))
    whose = t("you") if is_mine(job.owner) else escaped(name_of(job.owner)) or t("somebody")
    return " · ".join(part for part in (title, whose, pace(job)) if part)
