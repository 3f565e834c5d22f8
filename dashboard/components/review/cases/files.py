"""Bad cases as files: the list as it is, and labelled pairs to look at again."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from calibration.pairs import write_pairs
from calibration.store import BadCase, BadCaseFilter
from dashboard import resources
from dashboard.components.shared import tables
from dashboard.i18n import t

SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS: Final = [field.name for field in fields(BadCase)]


def downloads(wanted: BadCaseFilter) -> None:
    """The filtered cases as a list, and as labelled pairs to look at again."""
    with st.container(horizontal=True):
        _download(t("Download list"), "bad-cases.csv", partial(list_csv, wanted))
        _download(t("Download list (XLSX)"), "bad-cases.xlsx", partial(list_xlsx, wanted))
        _download(t("Download as labelled pairs"), "bad-case-pairs.csv", partial(pairs_csv, wanted))
    st.caption(
        t(
            "Exported as pairs, they have the purpose “review”: they were picked by hand, so no "
            "certificate uses them."
        )
    )


def _download(label: str, file: str, make: Any) -> None:
    kind = "text/csv" if file.endswith(".csv") else SHEET
    st.download_button(label, make, file, kind, key=file, icon=":material/download:", on_click="ignore")


def list_csv(wanted: BadCaseFilter) -> bytes:
    """Everything that is known of each case, newest first, however many there are."""
    buffer = io.BytesIO()
    buffer.write(tables.csv_bytes(pd.DataFrame(columns=COLUMNS)))
    for part in resources.store().bad_cases.parts(wanted):
        frame = pd.DataFrame([_cells(case) for case in part], columns=COLUMNS, dtype=object)
        frame.to_csv(buffer, index=False, header=False)
    return buffer.getvalue()


def list_xlsx(wanted: BadCaseFilter) -> bytes:
    """The same as a workbook whose texts are never formulas. Raises TooLarge beyond the rows of a sheet."""
    cases = [case for part in resources.store().bad_cases.parts(wanted) for case in part]
    cells = [_cells(case) for case in cases]
    buffer = io.BytesIO()
    write_pairs(pd.DataFrame(cells, columns=COLUMNS, dtype=object), buffer, "xlsx")
    return buffer.getvalue()


def _cells(case: BadCase) -> list[str | float | None]:
    return [_cell(value) for value in vars(case).values()]


def _cell(value: Any) -> str | float | None:
    """A value as people write it in a file: moments to the second in UTC, several words with commas between."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def pairs_csv(wanted: BadCaseFilter) -> bytes:
    """The cases as pairs with the expected label."""
    buffer = io.BytesIO()
    write_pairs(resources.store().bad_cases.frame(wanted), buffer, "csv")
    return buffer.getvalue()
