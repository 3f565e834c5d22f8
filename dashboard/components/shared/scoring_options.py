"""How texts are cleaned and cut before they are scored: the user's choice, or what a policy lays down."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.decide import scoring_options
from calibration.errors import N_
from calibration.policies.policy import Policy
from calibration.scoring.score_pairs import ScoringOptions, Segments
from calibration.text.cleaning import CleaningOptions
from dashboard import state
from dashboard.i18n import naming, t

SEGMENTS: Final[dict[Segments, str]] = {
    "none": N_("Cut off what is too long"),
    "max": N_("By sentence: the best match counts"),
    "mean": N_("By sentence: the average counts"),
}


def segments_name(mode: str) -> str:
    """A way to compare long texts in words."""
    return t(next(name for key, name in SEGMENTS.items() if key == mode))


def choose(segments_key: str, punctuation_key: str) -> ScoringOptions:
    """The user's choice, kept under these keys."""
    with st.expander(t("Long texts and cleaning"), icon=":material/tune:"):
        ask(segments_key, punctuation_key)
    return chosen(segments_key, punctuation_key)


def ask(segments_key: str, punctuation_key: str) -> None:
    """The widgets."""
    st.selectbox(
        t("Texts longer than the model reads"),
        list(SEGMENTS),
        format_func=naming(SEGMENTS, segments_name),
        key=segments_key,
        persist_state="session",
    )
    st.toggle(t("Map punctuation to ASCII"), key=punctuation_key, persist_state="session")


def chosen(segments_key: str, punctuation_key: str) -> ScoringOptions:
    """What was chosen under these keys, without asking."""
    segments = state.get(segments_key) or next(iter(SEGMENTS))
    return ScoringOptions(CleaningOptions(map_punctuation=bool(state.get(punctuation_key))), segments=segments)


def fixed(policy: Policy) -> ScoringOptions:
    """What a policy lays down, shown and not to be changed."""
    options = scoring_options(policy)
    mapped = t("Punctuation is mapped to ASCII") if options.cleaning.map_punctuation else t("Punctuation is kept")
    with st.expander(t("Long texts and cleaning"), icon=":material/tune:"):
        st.caption(t("These belong to the policy: its thresholds hold only for scores made this way."))
        st.markdown(f"- {segments_name(options.segments)}\n- {mapped}")
    return options
