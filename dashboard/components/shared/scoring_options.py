"""How texts are cleaned and cut before they are scored: the user's choice, or what a policy lays down."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.clean import CleaningOptions
from calibration.decide import scoring_options
from calibration.errors import N_
from calibration.policy import Policy
from calibration.score import ScoringOptions, Segments
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
        segments = st.selectbox(
            t("Texts longer than the model reads"),
            list(SEGMENTS),
            format_func=naming(SEGMENTS, segments_name),
            key=segments_key,
            persist_state="session",
        )
        mapping = st.toggle(t("Map punctuation to ASCII"), key=punctuation_key, persist_state="session")
    return ScoringOptions(cleaning=CleaningOptions(map_punctuation=mapping), segments=segments)


def fixed(policy: Policy) -> ScoringOptions:
    """What a policy lays down, shown and not to be changed."""
    options = scoring_options(policy)
    mapped = t("Punctuation is mapped to ASCII") if options.cleaning.map_punctuation else t("Punctuation is kept")
    with st.expander(t("Long texts and cleaning"), icon=":material/tune:"):
        st.caption(t("These belong to the policy: its thresholds hold only for scores made this way."))
        st.markdown(f"- {segments_name(options.segments)}\n- {mapped}")
    return options
