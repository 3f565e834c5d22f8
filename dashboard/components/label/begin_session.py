"""A labelling session begun from a draw: which labels, how many people, how large a batch."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from calibration.columns import BINARY, DOMAIN, SCORE, TIER
from calibration.errors import N_
from calibration.labels.plan import SamplingPlan
from calibration.scoring.score_pairs import MODEL_FACTS
from calibration.store.sessions.records import BATCH, DomainSampling
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame import navigation
from dashboard.components.frame.notices import attempting
from dashboard.i18n import naming, t, tn

KINDS: Final = {BINARY: N_("same or not (keys 1 and 0)"), TIER: N_("four tiers (keys 1 to 4)")}
OVERLAP: Final = 10
KEPT_SCORES: Final = 2000


def ask(plan: SamplingPlan, scored: pd.DataFrame, name: str) -> None:
    """How the pairs are to be labelled here, and the button that begins."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            t("Labels"), list(KINDS), key=state.SESSION_KIND, persist_state="session", width=260,
            format_func=naming(KINDS, lambda one: t(KINDS[one])),
        )  # fmt: skip
        overlap = st.number_input(
            t("Labelled by two people (%)"), 0, 100, OVERLAP, 5, key=state.SESSION_OVERLAP, width=220,
            persist_state="session",
            help=t("This share of pairs goes to two people, to measure how well they agree. Set 0 if you label "
                   "alone."),
        )  # fmt: skip
        size = st.number_input(
            t("Pairs of a batch"), 5, 500, BATCH, 5, key=state.SESSION_BATCH, width=160, persist_state="session",
            help=t("After each finished batch, the page shows how far the certificate is."),
        )  # fmt: skip
        st.button(
            tn("Label this pair here", "Label these {count} pairs here", len(plan.pairs)),
            key="session_begin",
            type="primary",
            icon=":material/keyboard:",
            on_click=begin,
            args=(plan, scored, name, str(kind), int(overlap) / 100, int(size)),
        )


@attempting
def begin(plan: SamplingPlan, scored: pd.DataFrame, name: str, kind: str, overlap: float, size: int) -> None:
    """Keep the draw as a session, as a callback; the run that follows goes to it."""
    title = name.rsplit(".", 1)[0] or t("Labels")
    session = resources.store().sessions.add(
        title,
        plan.pairs.drop(columns=list(MODEL_FACTS), errors="ignore"),
        kind,
        sampling(plan, scored),
        batch_size=size,
        overlap=overlap,
        source=name,
        fingerprint=resources.encoder().fingerprint,
        actor=actor(),
    )
    state.put(state.SESSION, session.id)
    state.put(state.SESSION_BEGUN, session.id)


def go_on() -> None:
    """Go where the session that was just begun is labelled."""
    begun = state.get(state.SESSION_BEGUN)
    if begun is not None:
        state.drop(state.SESSION_BEGUN)
        navigation.go("label/session", **{state.SESSION: str(begun)})


def sampling(plan: SamplingPlan, scored: pd.DataFrame) -> dict[str, DomainSampling]:
    """How each domain was drawn, with the scores of its pool."""
    found = {}
    for domain, draw in plan.draws.items():
        scores = scored.loc[scored[DOMAIN] == domain, SCORE].to_numpy(dtype=np.float64)
        kept = thinned(scores[np.isfinite(scores)])
        found[domain] = DomainSampling(draw.pool, draw.eligible, draw.floor, draw.n, kept)
    return found


def thinned(scores: np.ndarray) -> tuple[float, ...]:
    """At most KEPT_SCORES of the scores, evenly over their ranks, highest first.

    >>> len(thinned(np.arange(10_000) / 10_000)), thinned(np.array([0.5, 0.7]))
    (2000, (0.7, 0.5))
    """
    falling = np.sort(scores)[::-1]
    if falling.size > KEPT_SCORES:
        falling = falling[np.linspace(0, falling.size - 1, KEPT_SCORES).round().astype(int)]
    return tuple(round(float(score), 6) for score in falling)
