"""Bad cases as files: the list as it is, and labelled pairs to look at again."""

from __future__ import annotations

import io
from dataclasses import fields
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from calibration.pairs import write_pairs
from calibration.store import BadCase, BadCaseFilter
from dashboard import resources
from dashboard.components.shared import tables
from dashboard.i18n import t

COLUMNS: Final = [field.name for field in fields(BadCase)]


def downloads(wanted: BadCaseFilter) -> None:
    """The filtered cases as a list, and as labelled pairs to look at again."""
    with st.container(horizontal=True):
        _download(t("Download list"), "bad-cases.csv", partial(list_csv, wanted))
        _download(t("Download as labelled pairs"), "bad-case-pairs.csv", partial(pairs_csv, wanted))
    st.caption(t("As pairs they carry purpose “review”: picked by hand, they never enter a certificate."))


def _download(label: str, file: str, make: Any) -> None:
    st.download_button(label, make, file, "text/csv", key=file, icon=":material/download:", on_click="ignore")


def list_csv(wanted: BadCaseFilter) -> bytes:
    """Everything that is known of each case, newest first, however many there are."""
    buffer = io.BytesIO()
    buffer.write(tables.csv_bytes(pd.DataFrame(columns=COLUMNS)))
    for part in resources.store().bad_cases.parts(wanted):
        frame = pd.DataFrame([vars(case) for case in part], columns=COLUMNS)
        frame.to_csv(buffer, index=False, header=False)
    return buffer.getvalue()


def pairs_csv(wanted: BadCaseFilter) -> bytes:
    """The cases as pairs with the expected label."""
    buffer = io.BytesIO()
    write_pairs(resources.store().bad_cases.frame(wanted), buffer, "csv")
    return buffer.getvalue()
