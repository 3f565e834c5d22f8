"""A session's pairs as files for those who label elsewhere, and their labels back."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

from calibration.columns import DOMAIN, LABEL, LABEL_MAX, NOTE, TEXT_A, TEXT_B
from calibration.errors import SimTierError
from calibration.fitting.names import label_name as name_of
from calibration.pairs import read_pairs, write_pairs
from calibration.store.answers import Answer
from calibration.store.sessions.records import LABEL as LABEL_ACTION
from calibration.store.sessions.records import LabellingSession
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.guard import show as show_error
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared import tables
from dashboard.components.shared.uploads import TYPES, speak_here
from dashboard.i18n import joined, t, tn

AT_ONCE: Final = 500
ID: Final = "id"
ROUND: Final = "session_round"


def menu(session: LabellingSession) -> None:
    """Files out and in."""
    with st.popover(t("Label elsewhere"), icon=":material/swap_horiz:"):
        st.caption(t("Pairs that have no label yet; scores are left out, since they would lead those who label."))
        makers = (
            ("CSV", "csv", "text/csv", csv_file),
            ("XLSX", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
            ("Label Studio JSON", "json", "application/json", label_studio_file),
        )
        with st.container(horizontal=True):
            for name, ending, mime, make in makers:
                st.download_button(
                    name, partial(make, session), f"to-label-{session.id}.{ending}", mime,
                    key=f"session_file_{ending}", icon=":material/download:", on_click="ignore",
                )  # fmt: skip
        st.code(label_studio_config(session.kind), language="xml")
        st.caption(t("The labelling interface for Label Studio, as its project settings take it."))
        _upload(session)


def _upload(session: LabellingSession) -> None:
    """Labels that come back."""
    speak_here()
    key = f"session_labels_{state.get(ROUND, 0)}"
    file = st.file_uploader(t("File with labels"), type=list(TYPES), key=key)
    who = st.text_input(t("Labelled by"), actor(), key="session_labeller")
    st.button(
        t("Import these labels"), key="session_labels_take", type="primary",
        disabled=file is None or not who.strip(),
        on_click=_take, args=(session, file, who),
    )  # fmt: skip


@attempting
def _take(session: LabellingSession, file: UploadedFile, who: str) -> None:
    """Keep the labels of a file, as a callback."""
    content = file.getvalue()
    try:
        taken, unknown, unlabelled = take_labels(session, content, file.name, who)
    except SimTierError as error:
        show_error(error)
        raise
    state.put(ROUND, state.get(ROUND, 0) + 1)
    said = tn("{count} label was imported.", "{count} labels were imported.", taken)
    if unknown:
        more = tn(
            "{count} pair is not in this session and was left out.",
            "{count} pairs are not in this session and were left out.",
            unknown,
        )
        said = joined(said, more)
    if unlabelled:
        said = joined(
            said,
            tn(
                "{count} row has no usable label; that pair still waits here.",
                "{count} rows have no usable label; those pairs still wait here.",
                unlabelled,
            ),
        )
    say(said)


def take_labels(session: LabellingSession, content: bytes, name: str, who: str) -> tuple[int, int, int]:
    """How many labels of a file were taken over, how many pairs are not of this session, how many had no label.

    A pair is known by its texts. The same file again changes nothing.

    :raises SimTierError: the file cannot be read.
    """
    report = read_pairs(content, name=name, kind=session.kind)
    places = {_key(row): int(row["position"]) for row in _records(resources.store().sessions.frame(session.id))}
    digest = hashlib.sha256(content).hexdigest()[:24]
    answers, unknown = [], 0
    for row in _records(report.frame):
        place = places.get(_key(row))
        if place is None:
            unknown += 1
            continue
        note = row.get(NOTE)
        said = note if isinstance(note, str) and "drawn at random" not in note else ""
        answers.append(Answer(f"file-{digest}-{place}", place, LABEL_ACTION, float(row[LABEL]), said))
    sessions = resources.store().sessions
    for begin in range(0, len(answers), AT_ONCE):
        sessions.answer(session.id, who, answers[begin : begin + AT_ONCE])
    return len(answers), unknown, len({problem.row for problem in report.problems})


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return str(row[TEXT_A]).strip(), str(row[TEXT_B]).strip()


def _records(frame: pd.DataFrame) -> Sequence[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def to_label(session: LabellingSession) -> pd.DataFrame:
    """The pairs that have no label, as a file's columns."""
    rows = resources.store().sessions.frame(session.id)
    rows = rows[rows[LABEL].isna()]
    ids = [f"{session.id}-{place + 1}" for place in rows["position"]]
    shown = rows[[TEXT_A, TEXT_B, LABEL, DOMAIN]].assign(**{ID: ids, LABEL: ""})
    return shown[[ID, TEXT_A, TEXT_B, LABEL, DOMAIN]]


def csv_file(session: LabellingSession) -> bytes:
    """As CSV."""
    return tables.csv_bytes(to_label(session))


def xlsx_file(session: LabellingSession) -> bytes:
    """As a workbook whose texts are never formulas."""
    buffer = io.BytesIO()
    write_pairs(to_label(session), buffer, "xlsx")
    return buffer.getvalue()


def label_studio_file(session: LabellingSession) -> bytes:
    """As tasks of Label Studio."""
    rows = _records(to_label(session).drop(columns=LABEL))
    return json.dumps([{"data": row} for row in rows], ensure_ascii=False, indent=1).encode()


def label_studio_config(kind: str) -> str:
    """Label Studio's labelling interface: two texts, and a choice by hotkey whose value is the label."""
    highest = int(LABEL_MAX[kind])
    values = list(range(highest, -1, -1))
    hotkeys = [str(place + 1) for place in range(len(values))] if kind != "binary" else ["1", "0"]
    choices = "\n".join(
        f'    <Choice value="{value}" hint="{name_of(float(value), kind, "en")}" hotkey="{hotkey}"/>'
        for value, hotkey in zip(values, hotkeys, strict=True)
    )
    return (
        '<View>\n  <Text name="text_a" value="$text_a"/>\n  <Text name="text_b" value="$text_b"/>\n'
        f'  <Choices name="label" toName="text_a" choice="single">\n{choices}\n  </Choices>\n</View>'
    )
