"""Rows of a file that repeat or contradict another one, with the places of both."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.columns import KIND, LABEL, TEXT_A, TEXT_B
from calibration.pairs import PairsReport
from dashboard.components.shared import tables
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import t


def show(file_id: str, read: PairsReport) -> None:
    """Duplicate and conflicting rows, on demand."""
    rows = read.duplicates.rows
    if rows.empty:
        return
    opened = st.expander(t("Duplicates and conflicts"), icon=":material/content_copy:")
    with opened:
        st.caption(t("Calibration counts each pair once, and leaves out pairs whose labels contradict each other."))
        columns = {
            "row": tables.text(t("Row"), "small"),
            TEXT_A: tables.text(t("Text A")),
            TEXT_B: tables.text(t("Text B")),
            LABEL: tables.text(t("Label"), "small"),
            "reason": tables.text(t("Reason")),
            "other": tables.text(t("Same pair in row"), "small"),
        }
        tables.paged(rows_of(read), f"duplicates_{file_id}", columns, t("Duplicates"), size=10)


def rows_of(read: PairsReport) -> pd.DataFrame:
    """Repeated and contradicting rows with both rows' places in the file, labels in words."""
    rows = read.duplicates.rows
    at, first = rows.index.to_numpy(), rows["first"].to_numpy()
    names = [label_name(label, kind) for label, kind in zip(rows[LABEL], rows[KIND], strict=True)]
    others = [_others(read, int(here), int(there)) for here, there in zip(at, first, strict=True)]
    reasons = [t(str(reason)) for reason in rows["reason"]]
    shown = rows.assign(row=[f"{line:,}" for line in read.lines[at]], reason=reasons, other=others)
    return shown.assign(**{LABEL: names})


def _others(read: PairsReport, at: int, first: int) -> str:
    """The first row of the same pair; for the first one of a contradiction, the next one."""
    if at != first:
        return f"{read.lines[first]:,}"
    rows = read.duplicates.rows
    later = rows.index[(rows["first"] == first) & (rows.index != at)]
    return f"{read.lines[int(later[0])]:,}" if len(later) else ""
