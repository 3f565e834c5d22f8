"""Uploaded files: read, reported on, saved as datasets."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

from calibration.columns import DOMAIN, KIND, LABEL, LABEL_KINDS, TEXT_A, TEXT_B
from calibration.errors import SimTierError
from calibration.pairs import PairsReport, read_pairs
from calibration.pairs.rules import explain_note, explain_rule
from dashboard import resources, state
from dashboard.components import tables
from dashboard.components.guard import show
from dashboard.components.notices import attempting, say
from dashboard.components.tiers import kind_name, label_name
from dashboard.i18n import escaped, naming, t, tn
from dashboard.theme import MAX_UPLOAD_MB

TYPES: Final = ("csv", "tsv", "txt", "jsonl", "json", "xlsx", "parquet")
PARSED: Final = "data_parsed"
UPLOAD: Final = "data_upload"
ROUND: Final = "data_round"
READ_AT_MOST: Final = 12
"""How many readings of files a session keeps."""


def uploader() -> list[UploadedFile]:
    """The place to drop files on."""
    with st.container(border=True, height="stretch"):
        _speak_here()
        st.markdown(t("**Upload labelled pairs**"))
        st.caption(
            t(
                "CSV, TSV, JSONL, XLSX or Parquet in UTF-8 or GB18030, with two texts and a label in each row: "
                "0/1, the four tiers, or grades from 0 to 5."
            )
        )
        return st.file_uploader(
            t("Files"),
            type=list(TYPES),
            accept_multiple_files=True,
            key=f"{UPLOAD}_{state.get(ROUND, 0)}",
            label_visibility="collapsed",
        )


def _speak_here() -> None:
    """Put the uploader's own English words, which Streamlit cannot translate, into the session's language."""
    zone = "[data-testid=stFileUploaderDropzone]"
    words = {
        f"{zone} [data-testid=stBaseButton-secondary] p": t("Choose files"),
        f"{zone} [data-testid=stFileUploaderDropzoneInstructions] span": t(
            "or drop them here, up to {limit} MB each", limit=MAX_UPLOAD_MB
        ),
    }
    rules = [
        f'{place} {{font-size: 0}} {place}::before {{font-size: 0.875rem; content: "{text}"}}'
        for place, text in words.items()
    ]
    st.html(f"<style>{' '.join(rules)}</style>")


def reading(file: UploadedFile, domain: str, kind: str) -> PairsReport:
    """The file as read with these choices; read once, not on every run of the page."""
    parsed: dict[tuple[str, str, str], PairsReport] = st.session_state.setdefault(PARSED, {})
    key = (file.file_id, domain, kind)
    if key not in parsed:
        while len(parsed) >= READ_AT_MOST:
            parsed.pop(next(iter(parsed)))
        parsed[key] = read_pairs(file.getvalue(), domain or None, name=file.name, kind=kind or None)
    return parsed[key]


def report(file: UploadedFile) -> None:
    """One file: what was found, what cannot be used, and how to save it."""
    with st.container(border=True, key=f"file_{file.file_id}"):
        st.subheader(escaped(file.name), anchor=False)
        place = st.container()
        left, right = st.columns(2)
        domain = left.text_input(
            t("Domain"),
            key=f"domain_{file.file_id}",
            placeholder=t("As in the file"),
            help=t("The field that these pairs come from, say bank. Each domain gets thresholds of its own."),
        )
        kind = right.selectbox(
            t("Kind of labels"),
            ["", *LABEL_KINDS],
            key=f"kind_{file.file_id}",
            format_func=naming(
                ("", *LABEL_KINDS), lambda kind: kind_name(kind) if kind else t("Recognise automatically")
            ),
        )
        try:
            with st.spinner(t("Reading {file}…", file=escaped(file.name))):
                read = reading(file, (domain or "").strip(), kind)
        except SimTierError as error:
            show(error)
            return
        with place:
            _summary(read)
        _problems(file.file_id, read)
        if len(read.frame):
            _duplicates(file.file_id, read)
            _contents(file.file_id, read)
            _save_form(file, read)


def _summary(read: PairsReport) -> None:
    """The file in one line and four numbers."""
    locale = state.locale()
    found = read.duplicates
    how = " · ".join(part for part in (read.format.upper(), read.encoding, kind_name(read.kind)) if part)
    st.caption(how)
    for item in read.notes:
        st.caption(f":material/info: {escaped(explain_note(item, locale))}")
    a, b, c, d = st.columns(4)
    a.metric(t("Usable pairs"), f"{len(read.frame):,}")
    b.metric(t("Rows with problems"), f"{len({problem.row for problem in read.problems}):,}")
    c.metric(
        t("Duplicates"), f"{found.exact + found.swapped:,}", help=t("The same two texts again, in either order.")
    )
    d.metric(
        t("Conflicting labels"),
        f"{found.conflicting:,}",
        help=t("The same two texts with different labels. Calibration leaves these pairs out."),
    )


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


def _problems(file_id: str, read: PairsReport) -> None:
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


def _duplicates(file_id: str, read: PairsReport) -> None:
    """Duplicate and conflicting rows, on demand."""
    rows = read.duplicates.rows
    if rows.empty:
        return
    opened = st.expander(t("Duplicates and conflicts"), icon=":material/content_copy:")
    with opened:
        st.caption(t("Calibration counts each pair once, and leaves out pairs whose labels contradict each other."))
        columns = {TEXT_A: tables.text(t("Text A")), TEXT_B: tables.text(t("Text B")), LABEL: t("Label")}
        shown = rows.assign(reason=[t(str(reason)) for reason in rows["reason"]])
        tables.paged(shown, f"duplicates_{file_id}", columns | {"reason": t("Reason")}, t("Duplicates"), size=10)


def _contents(file_id: str, read: PairsReport) -> None:
    """Counts by domain and label, and the pairs themselves."""
    counts, preview = st.tabs([t("By domain and label"), t("Preview")])
    with counts:
        st.table(count_table(read.frame), border="horizontal", width="content")
    with preview:
        pairs_table(read.frame, f"preview_{file_id}")


def count_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Pairs by domain (rows) and label (columns, high to low), in words."""
    labels = frame[[KIND, LABEL]].drop_duplicates().sort_values([KIND, LABEL], ascending=[True, False])
    if len(labels) > 12:
        frame = frame.assign(**{LABEL: frame[LABEL] // 1})
        labels = frame[[KIND, LABEL]].drop_duplicates().sort_values([KIND, LABEL], ascending=[True, False])
    names = {(kind, label): label_name(label, kind) for kind, label in labels.itertuples(index=False)}
    named = pd.Series([names[key] for key in zip(frame[KIND], frame[LABEL], strict=True)], index=frame.index)
    table = pd.crosstab(frame[DOMAIN], named)[list(dict.fromkeys(names.values()))]
    table[t("Total")] = table.sum(axis=1)
    return table.rename_axis(index=None, columns=None)


def pairs_table(frame: pd.DataFrame, key: str, size: int = 10) -> None:
    """Pairs as given, a page at a time."""
    named = [label_name(label, kind) for label, kind in zip(frame[LABEL], frame[KIND], strict=True)]
    columns = {
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
        "named": tables.text(t("Label"), "small"),
        DOMAIN: tables.text(t("Domain"), "small"),
    }
    tables.paged(frame.assign(named=named), key, columns, t("Labelled pairs"), size)


def _save_form(file: UploadedFile, read: PairsReport) -> None:
    """Name the dataset and save it; bad rows are left out only if the user says so."""
    bad = len({problem.row for problem in read.problems})
    accepted = True
    if bad:
        accepted = st.checkbox(
            t("Save only the {good} good rows and leave out {bad}", good=f"{len(read.frame):,}", bad=f"{bad:,}"),
            key=f"accept_{file.file_id}",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            t("Name of the dataset"), value=Path(file.name).stem, key=f"name_{file.file_id}", width=360
        )
        st.button(
            t("Save as dataset"),
            key=f"save_{file.file_id}",
            type="primary",
            icon=":material/save:",
            disabled=not accepted,
            on_click=_save,
            args=(file.name, f"name_{file.file_id}", name, read.frame),
        )


@attempting
def _save(file: str, key: str, name: str, frame: pd.DataFrame) -> None:
    """Store a file's good rows, as a callback; an empty uploader follows once nothing else waits in it."""
    added = resources.store().datasets.add(str(state.get(key, name)), frame, source=file)
    if added.reused:
        say(t("“{name}” holds these pairs already.", name=escaped(added.name)))
    else:
        say(t("Saved “{name}”: {rows} pairs.", name=escaped(added.name), rows=f"{added.rows:,}"))
