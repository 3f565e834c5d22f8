"""The table in which pairs are edited."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from calibration.columns import (
    DOMAIN,
    GRADED,
    KIND,
    LABEL,
    LABEL_MAX,
    NOTE,
    PURPOSE,
    PURPOSE_CALIBRATE,
    PURPOSE_REVIEW,
    TEXT_A,
    TEXT_B,
)
from dashboard import roles
from dashboard.components.data.edit_session import Edition, store_typed
from dashboard.components.data.filters import purpose_name
from dashboard.components.shared import tables
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import naming, t

SHOWN: Final = (TEXT_A, TEXT_B, LABEL, DOMAIN, PURPOSE, NOTE)
WIDE: Final = 240
FIXED: Final = ("row", TEXT_A, TEXT_B)


def editor(edition: Edition) -> None:
    """The table."""
    page = edition.page
    shown = page[[*SHOWN]].assign(**{PURPOSE: page[PURPOSE].fillna(PURPOSE_CALIBRATE), NOTE: page[NOTE].fillna("")})
    shown.insert(0, "row", page.index + 1)
    kinds = page[KIND].unique()
    st.data_editor(
        shown,
        key=edition.key,
        hide_index=True,
        disabled=list(FIXED) if roles.allowed(roles.WORK) else True,
        on_change=store_typed,
        row_height=tables.row_height([*page[TEXT_A], *page[TEXT_B]], WIDE),
        alt=t("Labelled pairs"),
        column_config=_columns(str(kinds[0]) if len(kinds) == 1 else ""),
    )


def _columns(kind: str) -> dict[str, Any]:
    """The columns' names; labels in words where all rows have one kind that has words."""
    if kind in ("", GRADED):
        label = st.column_config.NumberColumn(t("Label"), min_value=0, max_value=LABEL_MAX[GRADED], required=True)
    else:
        options = [float(value) for value in range(int(LABEL_MAX[kind]), -1, -1)]
        words = {str(value): label_name(value, kind) for value in options}

        def name(value: str | int | float | bool) -> str:
            return words.get(str(float(value)), str(value))

        label = st.column_config.SelectboxColumn(t("Label"), options=options, format_func=name, required=True)
    purposes = (PURPOSE_CALIBRATE, PURPOSE_REVIEW)
    return {
        "row": st.column_config.NumberColumn(t("Row"), width=60),
        TEXT_A: tables.text(t("Text A"), WIDE),
        TEXT_B: tables.text(t("Text B"), WIDE),
        LABEL: label,
        DOMAIN: tables.text(t("Domain"), "small"),
        PURPOSE: st.column_config.SelectboxColumn(
            t("Purpose"), options=purposes, format_func=naming(purposes, purpose_name), width="small", required=True
        ),
        NOTE: tables.text(t("Note"), 120),
    }
