"""What reviewers decide of clusters: kept in the store, so that a link, a reload or a restart finds it."""

from __future__ import annotations

import streamlit as st

from calibration.corpus.cluster_decisions import CONFIRM, REOPEN, SPLIT, ClusterDecision
from calibration.corpus.review import Review, replayed
from calibration.store import ClusterRun
from dashboard import resources
from dashboard.actor import actor
from dashboard.components.batch.dedup.run import Deduplicated
from dashboard.components.frame.notices import attempting, offer_undo
from dashboard.i18n import t, tn


def review_of(found: Deduplicated) -> Review:
    """The review as it is."""
    return replayed(found.clusters, resources.store().cluster_reviews.get(found.run.key))


@attempting
def set_confirmed(run: ClusterRun, representative: int, confirmed: bool) -> None:
    """Call a cluster right, or take that back, as a callback."""
    action = CONFIRM if confirmed else REOPEN
    resources.store().cluster_reviews.decide(run, action, [representative], actor=actor())


@attempting
def split(run: ClusterRun, rows: list[int]) -> None:
    """Give rows back, as a callback."""
    made = resources.store().cluster_reviews.decide(run, SPLIT, rows, actor=actor())
    offer_undo(tn("Split off {count} row.", "Split off {count} rows.", len(rows)), _undo, run.key, made.id)


def _undo(key: str, decision: int) -> None:
    resources.store().cluster_reviews.undo(key, decision, actor=actor())


def restart_button(run: ClusterRun, *, may: bool) -> None:
    """To forget all that was decided of these clusters."""
    st.button(
        t("Start the review over"),
        key="dedup_restart",
        icon=":material/restart_alt:",
        on_click=_restart,
        args=(run,),
        disabled=not may or not resources.store().cluster_reviews.get(run.key),
        help=t(
            "Decisions are kept: they apply again to the same texts in the same clusters, also after a restart."
        ),
    )


@attempting
def _restart(run: ClusterRun) -> None:
    """Forget the review, as a callback."""
    gone = resources.store().cluster_reviews.delete(run.key, actor=actor())
    offer_undo(t("The review was started over."), _bring_back, run, gone)


def _bring_back(run: ClusterRun, gone: tuple[ClusterDecision, ...]) -> None:
    resources.store().cluster_reviews.bring_back(run, gone, actor=actor())
