"""One bad case in full, with what happened to it."""

from __future__ import annotations

import streamlit as st

from calibration.store import BadCase
from dashboard import resources
from dashboard.components.case_names import ACTION_NAMES, FIELD_NAMES, value_name
from dashboard.i18n import escaped, t


def details(case: BadCase) -> None:
    """One case in full, with its history."""
    with st.container(border=True):
        st.subheader(t("Bad case {id}", id=case.id), anchor=False)
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown(escaped(case.text_a))
            st.markdown(escaped(case.text_b))
            if case.note:
                st.caption(escaped(case.note))
        with right:
            st.markdown(f"**{t('History')}**")
            for line in history_lines(case.id):
                st.caption(line)


def history_lines(case_id: int) -> list[str]:
    """What happened to a case, oldest first, a line each."""
    lines = []
    for entry in resources.store().bad_cases.history(case_id):
        when = entry.at.astimezone().strftime("%Y-%m-%d %H:%M")
        what = t(ACTION_NAMES[entry.action])
        field = t(FIELD_NAMES.get(entry.field, entry.field))
        change = f"{field}: {value_name(entry.field, entry.old)} → {value_name(entry.field, entry.new)}"
        actor = escaped(entry.actor) if entry.actor else t("somebody")
        lines.append(
            f"{when} · {actor} · {what}" + ("" if entry.action in ("created", "reported") else f" · {change}")
        )
    return lines
