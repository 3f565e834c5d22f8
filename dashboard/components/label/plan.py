"""Which pairs to label: drawn at random above a floor from a file without labels."""

from __future__ import annotations

import threading
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, SCORE, TEXT_A, TEXT_B
from calibration.labels.plan import SamplingPlan, plan_labels
from calibration.scoring.score_pairs import MODEL_FACTS, ScoringOptions, score_pairs
from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.components.frame.guard import guarding
from dashboard.components.label import begin_session, pool_source
from dashboard.components.shared import tables, unlabelled_upload
from dashboard.components.shared.tiers import limit, percent, threshold
from dashboard.i18n import escaped, t
from dashboard.jobs.queue import Progress

DRAWN: Final = 200
"""Pairs drawn unless the user wants another number."""


def planning(options: ScoringOptions) -> None:
    """The section: a file, its scores, the draw, the download."""
    st.subheader(t("Draw pairs to label"), anchor=False)
    st.markdown(
        t(
            "Labels at high scores are the most useful for certificates. Upload live pairs without labels: they "
            "are scored here, and pairs are drawn **at random** from the highest-scoring ones, so that "
            "certificates can use their labels."
        )
    )
    given = pool_source.given()
    if given is not None:
        asked = st.button(
            t("Score {count} pairs", count=f"{len(given.frame):,}"), key="plan_score", icon=":material/play_arrow:"
        )
        if asked:
            progress.remember(state.POOL_JOB, start(given, options))
    finished = progress.follow(state.POOL_JOB, t("Scoring"))
    if finished is not None:
        if given is not None:
            progress.compare(finished, key(given, options))
        _draw(resources.jobs().result(finished.id), given.name if given else "")


def key(given: unlabelled_upload.Pool, options: ScoringOptions) -> str:
    """The job's key: whatever its result depends on."""
    return f"pool {given.digest} {options.key()}"


def start(given: unlabelled_upload.Pool, options: ScoringOptions) -> str:
    """Queue the scoring of a file; returns the job's id."""
    encoder = resources.encoder()

    def work(progress: Progress, cancel: threading.Event) -> pd.DataFrame:
        return score_pairs(given.frame, encoder, options, progress=progress, cancel=cancel)

    return resources.jobs().submit(key(given, options), work)


@st.fragment
@guarding
def _draw(scored: pd.DataFrame, name: str) -> None:
    """How many, from how far down, by which seed; and what comes of it."""
    begin_session.go_on()
    with st.container(border=True):
        left, middle, right = st.columns([1, 2, 1], gap="large")
        count = left.number_input(t("Pairs to draw"), 1, len(scored), min(DRAWN, len(scored)), key=state.PLAN_COUNT)
        share = middle.slider(
            t("Drawn from the highest-scoring"),
            1,
            100,
            30,
            format="%d%%",
            key=state.PLAN_SHARE,
            help=t("Labels drawn from the top can only certify thresholds in the top; set this before you label."),
        )
        seed = right.number_input(t("Seed"), 0, 2**31 - 1, 0, key=state.PLAN_SEED)
    plan = plan_labels(scored, int(count), top=share / 100, labelled=labelled(scored), seed=int(seed))
    _describe(plan, share)
    if len(plan.pairs) < int(count):
        _too_few(plan, int(count), share)
    st.table(draws_table(plan), border="horizontal", hide_index=True)
    columns = {TEXT_A: tables.text(t("Text A"), "large"), TEXT_B: tables.text(t("Text B"), "large")}
    tables.paged(plan.pairs, "plan_page", columns, t("Pairs to label"), size=5)
    begin_session.ask(plan, scored, name)
    with st.expander(t("Label elsewhere"), icon=":material/download:"):
        st.caption(t("Fill the column *label* of every row, then upload the file on the data page."))
        st.download_button(
            t("Download {count} pairs to label", count=f"{len(plan.pairs):,}"),
            lambda: tables.csv_bytes(to_label(plan)),
            "to-label.csv",
            "text/csv",
            key="plan_download",
            icon=":material/download:",
            on_click="ignore",
        )


def labelled(scored: pd.DataFrame) -> pd.DataFrame | None:
    """The pairs of these domains that any dataset here has labelled, chosen on the page or not; None for none."""
    domains = set(scored[DOMAIN])
    known = [
        resources.dataset_frame(dataset)[[TEXT_A, TEXT_B, DOMAIN]]
        for dataset in resources.store().datasets.list()
        if domains & set(dataset.domains)
    ]
    return pd.concat(known) if known else None


def _describe(plan: SamplingPlan, share: int) -> None:
    """The plan in sentences."""
    st.markdown(
        t(
            "Label **all** of these {count} pairs and no others: they were drawn at random from the {share} of "
            "each domain's pairs that score highest. Each row records seed and floor.",
            count=f"{len(plan.pairs):,}",
            share=percent(share / 100, 0),
        )
    )
    if plan.repeated or plan.labelled or plan.unscored:
        st.caption(
            t(
                "Left out: {repeated} repeated, {labelled} labelled already, {unscored} without a score.",
                repeated=f"{plan.repeated:,}",
                labelled=f"{plan.labelled:,}",
                unscored=f"{plan.unscored:,}",
            )
        )


def _too_few(plan: SamplingPlan, asked: int, share: int) -> None:
    """Fewer pairs than asked for: how many there are, and what gives more."""
    there = f"{len(plan.pairs):,}"
    if share == 100:
        st.warning(
            t(
                "You asked for {asked} pairs, but the file has only {there} unlabelled ones.",
                asked=f"{asked:,}",
                there=there,
            ),
            icon=":material/production_quantity_limits:",
        )
        return
    st.warning(
        t(
            "You asked for {asked} pairs, but only {there} unlabelled ones score so high. Draw from a larger "
            "share, or upload more pairs.",
            asked=f"{asked:,}",
            there=there,
        ),
        icon=":material/production_quantity_limits:",
    )


def draws_table(plan: SamplingPlan) -> pd.DataFrame:
    """What was drawn in each domain, in words."""
    lines = [
        {
            t("Domain"): escaped(draw.domain),
            t("Pairs not labelled yet"): f"{draw.pool:,}",
            t("Floor"): limit("≥", threshold(draw.floor)),
            t("Pairs above the floor"): f"{draw.eligible:,}",
            t("Drawn"): f"{draw.n:,}",
        }
        for draw in plan.draws.values()
    ]
    return pd.DataFrame(lines)


def to_label(plan: SamplingPlan) -> pd.DataFrame:
    """The file for those who label: without scores, which would lead them."""
    return plan.pairs.drop(columns=[SCORE, *MODEL_FACTS], errors="ignore")
