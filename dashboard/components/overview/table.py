"""Every domain in one row, worst first."""

from __future__ import annotations

import streamlit as st

from calibration.decide import scoring_options
from calibration.store import Dataset, StoredPolicy
from dashboard import resources, state
from dashboard.components.frame import navigation, progress
from dashboard.components.overview import gather, row, savings, scorecard
from dashboard.components.overview.standing import Standing
from dashboard.components.shared import samples, saved_policies
from dashboard.i18n import escaped, moment, t
from dashboard.jobs import score as scoring
from dashboard.model import READY


def show() -> None:
    """The Overview, top to bottom."""
    store = resources.store()
    datasets, current = store.datasets.list(), store.policies.current()
    rows = gather.standings(datasets, current)
    if not rows:
        samples.offer("samples_overview")
        return
    said = savings.load()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(_in_use(current), width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if current is not None:
                scorecard.offer(rows, current, said)
                navigation.link("calibrate/fit", t("Other targets"), icon=":material/tune:")
            savings.ask([one.domain for one in rows], said)
    _total(rows, said)
    if current is not None:
        _measure(current, datasets)
    with st.container(gap="small"):
        row.head(said)
        for standing in rows:
            row.show(standing, said)


def _in_use(current: StoredPolicy | None) -> str:
    """Which policy judges, and since when."""
    if current is None:
        return t("**No policy is in use.** Publish one to see here what it does.")
    when = moment(current.published_at) if current.published_at else ""
    return t("In use: **{name}**, since {when}", name=escaped(saved_policies.plain_title(current)), when=when)


def _measure(current: StoredPolicy, datasets: tuple[Dataset, ...]) -> None:
    """Score what is not scored yet, so that the shares can be told; begun once, without a click."""
    if progress.recall(state.OVERVIEW_JOB) is None:
        if (
            not datasets
            or resources.model().status != READY
            or gather.scored_by(current.policy, datasets) is not None
        ):
            return
        if not saved_policies.fits_model(current.policy):
            return
        progress.remember(state.OVERVIEW_JOB, scoring.start(datasets, scoring_options(current.policy)))
    if progress.follow(state.OVERVIEW_JOB, t("Scoring the labelled pairs")) is not None:
        progress.forget(state.OVERVIEW_JOB)
        st.rerun()


def _total(rows: list[Standing], said: savings.Assumptions | None) -> None:
    """What all domains save a month together."""
    if said is None:
        return
    month = savings.total(rows, said)
    left, middle, right = st.columns(3)
    left.metric(t("Checks saved a month"), t("{hours} hours", hours=f"{month.hours:,.0f}") if month else "–")
    middle.metric(t("Money saved a month"), savings.price(month.money, said) if month else "–")
    right.metric(
        t("Domains that merge safely"),
        t("{count} of {total}", count=sum(r.certified for r in rows), total=len(rows)),
    )
