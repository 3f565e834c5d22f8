"""Ten labelled pairs near the threshold of a domain."""

from __future__ import annotations

import streamlit as st

from calibration.columns import KIND, LABEL, SCORE, TEXT_A, TEXT_B
from dashboard import resources
from dashboard.components.frame import navigation
from dashboard.components.frame.guard import guarding
from dashboard.components.overview import gather
from dashboard.components.overview.standing import near_the_line
from dashboard.components.shared import glosses, tables
from dashboard.components.shared.tiers import label_name, threshold
from dashboard.i18n import escaped, t


@st.dialog(" ", width="large")
@guarding
def show(domain: str, line: float) -> None:
    """Ten labelled pairs whose scores are nearest to the threshold."""
    store = resources.store()
    current = store.policies.current()
    scored = gather.scored_by(current.policy, store.datasets.list()) if current else None
    st.subheader(
        t("{domain}: ten pairs nearest to {line}", domain=escaped(domain), line=threshold(line)), anchor=False
    )
    if scored is None:
        st.caption(t("The pairs are not scored yet."))
        return
    rows = near_the_line(scored, domain, line)
    given = [t("above the threshold") if score >= line else t("below the threshold") for score in rows[SCORE]]
    more = glosses.column(rows, TEXT_A, TEXT_B)
    named = [label_name(label, str(kind)) for label, kind in zip(rows[LABEL], rows[KIND], strict=True)]
    rows = glosses.with_english(rows.assign(given=given, named=named), TEXT_A, TEXT_B)
    st.dataframe(
        rows[[SCORE, "given", "named", TEXT_A, TEXT_B, *more]],
        hide_index=True,
        column_config={
            SCORE: tables.score(t("Score")),
            "given": tables.text(t("Decision"), "small"),
            "named": tables.text(t("Label"), "small"),
            TEXT_A: tables.text(t("Text A"), "medium"),
            TEXT_B: tables.text(t("Text B"), "medium"),
            **more,
        },
    )
    navigation.link("calibrate/distribution", t("See all of them"), icon=":material/bar_chart:")
