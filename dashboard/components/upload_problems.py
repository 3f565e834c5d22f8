"""Rows of an uploaded file that cannot be used: where they stand, which rule they break."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from calibration.pairs import PairsReport
from calibration.pairs.rules import explain_rule
from dashboard import state
from dashboard.components import tables
from dashboard.i18n import t, tn


def problems_frame(read: PairsReport) -> pd.DataFrame:
    """Every problem as a row, its rule in the session's language."""
    locale = state.locale()
    return pd.DataFrame(
        [
            {"file": p.file, "row": p.row, "column": p.column, "rule": explain_rule(p, locale), "value": p.value}
            for p in read.problems
        ],
        columns=["file", "row", "column", "rule", "value"],
    )


def problems(file_id: str, read: PairsReport) -> None:
    """What cannot be used, and where it stands."""
    if not read.problems:
        return
    frame = problems_frame(read)
    st.warning(
        tn("{count} row cannot be used.", "{count} rows cannot be used.", int(frame["row"].nunique())),
        icon=":material/rule:",
    )
    tables.paged(
        frame,
        f"problems_{file_id}",
        {
            "file": tables.text(t("File")),
            "row": st.column_config.NumberColumn(t("Row"), width="small"),
            "column": tables.text(t("Column"), "small"),
            "rule": tables.text(t("Rule"), "large"),
            "value": tables.text(t("Value")),
        },
        alt=t("Rows that cannot be used"),
        size=10,
    )
    st.download_button(
        t("Download problems"),
        tables.csv_bytes(frame),
        f"{Path(read.file).stem}-problems.csv",
        "text/csv",
        key=f"problems_csv_{file_id}",
        icon=":material/download:",
    )
