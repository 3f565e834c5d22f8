"""Bad cases as files: the list as it is, and labelled pairs to look at again."""

from __future__ import annotations

import io
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from calibration.pairs import write_pairs
from calibration.store import BadCaseFilter
from dashboard import resources
from dashboard.components import tables
from dashboard.i18n import t

ALL: Final = 100_000
"""How many cases a download holds at most."""


def downloads(wanted: BadCaseFilter) -> None:
    """The filtered cases as a list, and as labelled pairs to look at again."""
    with st.container(horizontal=True):
        _download(t("Download list"), "bad-cases.csv", partial(list_csv, wanted))
        _download(t("Download as labelled pairs"), "bad-case-pairs.csv", partial(pairs_csv, wanted))
    st.caption(t("As pairs they carry purpose “review”: picked by hand, they never enter a certificate."))


def _download(label: str, file: str, make: Any) -> None:
    st.download_button(label, make, file, "text/csv", key=file, icon=":material/download:", on_click="ignore")


def list_csv(wanted: BadCaseFilter) -> bytes:
    """Everything that is known of each case."""
    found = resources.store().bad_cases.search(wanted, limit=ALL).rows
    return tables.csv_bytes(pd.DataFrame([vars(case) for case in found]))


def pairs_csv(wanted: BadCaseFilter) -> bytes:
    """The cases as pairs with the expected label."""
    buffer = io.BytesIO()
    write_pairs(resources.store().bad_cases.frame(wanted), buffer, "csv")
    return buffer.getvalue()
