"""Live comparison of several sentences: every one against every line, as a heat map."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import streamlit as st

from calibration.columns import TIERS
from calibration.decide import decide_grid, published_tier
from calibration.encoding import Encoder
from calibration.report.charts import PICKED
from calibration.report.heat_map import ROW, HeatTexts, heat_chart, heat_frame
from calibration.report.palette import SHOWN_COLORS
from calibration.scoring.score_grid import score_grid
from dashboard import resources, state
from dashboard.components.compare.form import Query
from dashboard.components.shared import figure
from dashboard.components.shared.saved_policies import judges
from dashboard.components.shared.tiers import percent
from dashboard.i18n import escaped, naming, t, tier_name

MOST_SOURCES: Final = 20
MOST_TARGETS: Final = 20


def choose(query: Query) -> Query:
    """Draw every sentence against every line, and return the query of the one to look at."""
    if len(query.sources) == 1:
        return query
    picked = _draw(query, resources.encoder(), "heat")
    numbers = [str(number) for number in range(len(query.sources))]
    if picked is not None and str(picked) in numbers and state.get(state.LIVE_PICKED) != picked:
        state.put(state.LIVE_PICKED, picked)
        state.put(state.LIVE_ONE, str(picked))
    if state.get(state.LIVE_ONE) not in numbers:
        state.drop(state.LIVE_ONE)
    names = naming(numbers, lambda number: f"{int(number) + 1} · {query.sources[int(number)]}")
    one = st.selectbox(t("Sentence to look at"), numbers, key=state.LIVE_ONE, format_func=names)
    return replace(query, source=query.sources[int(one or 0)])


def _draw(query: Query, encoder: Encoder, key: str) -> int | None:
    """The heat map; returns the row that was clicked."""
    sources, targets = query.sources[:MOST_SOURCES], query.targets[:MOST_TARGETS]
    policy = query.policy if query.policy is not None and judges(query.policy, query.options) else None
    if policy is None:
        scores = score_grid(sources, targets, encoder, query.options).scores
        tiers = [[tier_name(published_tier(float(score))) for score in row] for row in scores]
    else:
        decided = decide_grid(policy, sources, targets, encoder, query.domain)
        scores = decided.grid.scores
        tiers = [[tier_name(policy.shown(tier, query.domain)) for tier in row] for row in decided.tiers]
    frame = heat_frame(sources, targets, scores, tiers)
    keys = dict.fromkeys(policy.shown(tier, query.domain) if policy else tier for tier in TIERS)
    names = [(tier_name(key), SHOWN_COLORS[key]) for key in keys]
    texts = HeatTexts(t("Sentence"), t("Compare with"), t("Score (cosine)"), t("Tier"))
    spec = heat_chart(len(sources), names, float(scores.min()), float(scores.max()), texts)
    alt = t("Scores of every sentence with every line, coloured by tier")
    event = figure.show(frame, spec, key, alt, _message(sources, targets, scores), clicks=True)
    if len(query.sources) > MOST_SOURCES or len(query.targets) > MOST_TARGETS:
        st.caption(t("The chart shows the first {n} sentences and {m} lines.", n=len(sources), m=len(targets)))
    chosen = event["selection"].get(PICKED) or []
    return int(chosen[0][ROW]) if chosen and ROW in chosen[0] else None


def _message(sources: tuple[str, ...], targets: tuple[str, ...], scores: np.ndarray) -> str:
    """The closest pair of all."""
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    return t(
        "Closest of {count}: “{source}” and “{target}” with similarity **{score}**. Click a cell to see its "
        "sentence below.",
        count=scores.size,
        source=escaped(sources[int(row)]),
        target=escaped(targets[int(column)]),
        score=percent(float(scores.max())),
    )
