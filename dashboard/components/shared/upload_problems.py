"""Rows of an uploaded file that cannot be used: where they are, which rule they break."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import pandas as pd
import streamlit as st

from calibration.errors.rows import PairProblem
from calibration.pairs.rules import explain_rule
from dashboard import state
from dashboard.components.shared import tables
from dashboard.i18n import t, tn

SHOWN: Final = 10
"""Problems on a page."""


def problems_frame(found: Sequence[PairProblem], locale: str) -> pd.DataFrame:
    """Problems as rows, their rules in a language."""
    return pd.DataFrame(
        [
            {"file": p.file, "row": p.row, "column": p.column, "rule": explain_rule(p, locale), "value": p.value}
            for p in found
        ],
        columns=["file", "row", "column", "rule", "value"],
    )


class Reading(Protocol):
    """A file as it was read."""

    @property
    def file(self) -> str:
        """Its name."""

    @property
    def problems(self) -> tuple[PairProblem, ...]:
        """What is wrong with its rows."""


def problems(file_id: str, read: Reading) -> None:
    """What cannot be used, and where it is."""
    if not read.problems:
        return
    locale = state.locale()
    rows = len({problem.row for problem in read.problems})
    st.warning(tn("{count} row cannot be used.", "{count} rows cannot be used.", rows), icon=":material/rule:")
    place = st.container()
    shown = tables.page_of(len(read.problems), f"problems_{file_id}", SHOWN)
    place.dataframe(
        problems_frame(read.problems[shown], locale),
        column_config={
            "file": tables.text(t("File")),
            "row": st.column_config.NumberColumn(t("Row"), width="small"),
            "column": tables.text(t("Column"), "small"),
            "rule": tables.text(t("Rule"), "large"),
            "value": tables.text(t("Value")),
        },
        hide_index=True,
        alt=t("Rows that cannot be used"),
        lazy=False,
    )
    st.download_button(
        t("Download problems"),
        lambda: tables.csv_bytes(problems_frame(read.problems, locale)),
        f"{Path(read.file).stem}-problems.csv",
        "text/csv",
        key=f"problems_csv_{file_id}",
        icon=":material/download:",
        on_click="ignore",
    )
