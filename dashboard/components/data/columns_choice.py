"""How a file is to be read, where it does not say it itself: its columns, labels, worksheet and encoding."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.typing import UploadedFile

from calibration.columns import BINARY, TIER
from calibration.corpus.rows import open_rows
from calibration.errors import SimTierError
from calibration.pairs.reading import AS_FOUND, PairReading
from calibration.tables.table import Reading
from dashboard import state
from dashboard.components.shared.tiers import kind_name
from dashboard.i18n import naming, t

FIELDS: Final = ("text_a", "text_b", "label", "domain_column")
SHEET: Final = "sheet"
ENCODING: Final = "encoding"
ENCODINGS: Final = ("utf-8", "gb18030", "big5", "shift-jis", "euc-kr", "utf-16-le", "utf-16-be", "latin-1")
ROWS: Final = ("csv", "tsv", "txt")
BOOK: Final = "xlsx"


def chosen(file: UploadedFile) -> PairReading:
    """What was chosen for a file; as it is found where nothing was."""
    given = {field: _said(file, field) for field in (*FIELDS, SHEET, ENCODING)}
    given["label_scale"] = _said(file, "scale")
    no_header = bool(state.get(_key(file, "no_header")))
    return PairReading(**given, no_header=no_header) if no_header or any(given.values()) else AS_FOUND


def ask_scale(file: UploadedFile) -> None:
    """What the labels mean."""
    names = {
        "": t("Recognise automatically"),
        BINARY: kind_name(BINARY),
        TIER: kind_name(TIER),
        "0-5": t("degrees from 0 to 5"),
        "0-1": t("degrees from 0 to 1"),
        "0-100": t("degrees from 0 to 100"),
    }
    st.selectbox(
        t("Kind of labels"), list(names), key=_key(file, "scale"), persist_state="session",
        format_func=naming(names, lambda name: names[name]),
    )  # fmt: skip


def ask(file: UploadedFile, *, opened: bool) -> None:
    """The choices; opened where the file could not be read without them."""
    with st.expander(t("Columns"), icon=":material/view_column:", expanded=opened):
        _columns(file)
        ending = file.name.casefold().rpartition(".")[2]
        if ending == BOOK:
            st.text_input(
                t("Worksheet"), key=_key(file, SHEET), persist_state="session",
                placeholder=t("Name or number; the first visible one otherwise"),
            )  # fmt: skip
        elif ending in ROWS:
            automatic = t("Recognise automatically")
            st.selectbox(
                t("Encoding"), ["", *ENCODINGS], key=_key(file, ENCODING), persist_state="session",
                format_func=lambda name: name or automatic,
            )  # fmt: skip


def _columns(file: UploadedFile) -> None:
    no_header = bool(state.get(_key(file, "no_header")))
    how = Reading(_said(file, SHEET), _said(file, ENCODING), no_header)
    try:
        found = open_rows(file.getvalue(), name=file.name, reading=how).columns
    except SimTierError:  # no table at all: there is nothing to choose from
        return
    names = [str(number) for number in range(1, len(found) + 1)] if no_header else [str(name) for name in found]
    titles = {
        "text_a": t("Text A"),
        "text_b": t("Text B"),
        "label": t("Label"),
        "domain_column": t("Column of domains"),
    }
    automatic = t("Recognise automatically")
    for column, field in zip(st.columns(len(FIELDS)), FIELDS, strict=True):
        key = _key(file, field)
        if state.get(key) not in (None, "", *names):
            state.drop(key)
        column.selectbox(
            titles[field], ["", *names], key=key, persist_state="session",
            format_func=lambda name: name or automatic,
        )  # fmt: skip
    st.checkbox(t("The first row holds data"), key=_key(file, "no_header"), persist_state="session")


def _said(file: UploadedFile, field: str) -> str | None:
    return str(state.get(_key(file, field)) or "").strip() or None


def _key(file: UploadedFile, field: str) -> str:
    return f"columns_{field}_{file.file_id}"
