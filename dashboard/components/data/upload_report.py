"""One uploaded file: what was found, what cannot be used, how to save it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.typing import UploadedFile

from calibration.certificates.sampling_design import RANDOM_LIVE, UNKNOWN
from calibration.certificates.score_floor import has_floor_record, missing_of_draws
from calibration.columns import DEFAULT_DOMAIN, DOMAIN, GRADED, KIND, NOTE
from calibration.errors import SimTierError
from calibration.pairs import PairsReport
from calibration.pairs.reading import PairReading
from calibration.pairs.rules import NOTE_GRADED_TIERS, explain_note
from calibration.store import Dataset, uploaded
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.data import columns_choice, duplicates
from dashboard.components.data.words import grades_as_tiers
from dashboard.components.frame import navigation, unsaved
from dashboard.components.frame.guard import show
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared import drawn
from dashboard.components.shared.pairs_view import count_table, pairs_table
from dashboard.components.shared.tiers import kind_name
from dashboard.components.shared.upload_problems import problems
from dashboard.components.shared.uploads import reading
from dashboard.i18n import escaped, t, tn


@dataclass(frozen=True)
class Savable:
    """A file that is not saved yet. accepted: nothing in it is lost without its user's word."""

    file: UploadedFile
    name: str
    read: PairsReport
    accepted: bool


def report(file: UploadedFile) -> Savable | None:
    """One file: what was found, what cannot be used, and how to save it; what could be saved and is not."""
    with st.container(border=True, key=f"file_{file.file_id}"):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.subheader(escaped(file.name), anchor=False, width="content")
        place = st.container()
        left, right = st.columns(2)
        domain = left.text_input(
            t("Domain"),
            key=f"domain_{file.file_id}",
            persist_state="session",
            placeholder=t("As in the file"),
            help=t("The business domain of these pairs, for example bank. Each domain gets its own thresholds."),
        )
        with right:
            columns_choice.ask_scale(file)
        try:
            with st.spinner(t("Reading {file}…", file=escaped(file.name))):
                read = reading(file, (domain or "").strip(), columns_choice.chosen(file))
        except SimTierError as error:
            show(error)
            columns_choice.ask(file, opened=True)
            _unsaved(file, head)
            return None
        savable = None
        with place:
            _summary(read)
        columns_choice.ask(file, opened=not len(read.frame))
        problems(file.file_id, read)
        if len(read.frame):
            duplicates.show(file.file_id, read)
            _contents(file.file_id, read)
            saved = _saved(file)
            if saved is None:
                unsaved.note(unsaved.PAIRS, file)
                savable = _save_form(file, read)
            else:
                _go_on(file, saved)
        _unsaved(file, head)
        return savable


def _unsaved(file: UploadedFile, place: DeltaGenerator) -> None:
    """Beside its name: that it is not saved yet, where it is not."""
    if unsaved.waiting(unsaved.PAIRS, file):
        with place:
            unsaved.mark(unsaved.PAIRS, file)


def _summary(read: PairsReport) -> None:
    """The file in one line and four numbers."""
    locale = state.locale()
    found = read.duplicates
    how = " · ".join(part for part in (read.format.upper(), read.encoding, kind_name(read.kind)) if part)
    st.caption(how)
    for item in read.notes:
        if item.message == NOTE_GRADED_TIERS:
            continue  # said below, of rows that name their kind too
        st.caption(f":material/info: {escaped(explain_note(item, locale))}")
    if set(read.frame[DOMAIN]) == {DEFAULT_DOMAIN}:
        said = t("The file names no domain, so its pairs are in the domain “{domain}”.", domain=DEFAULT_DOMAIN)
        st.caption(f":material/info: {said}")
    if GRADED in set(read.frame[KIND]):
        st.caption(f":material/info: {grades_as_tiers()}")
    if missing := missing_of_draws(read.frame):
        st.warning(
            tn(
                "{count} pair of this draw is not in the file. Label all of a draw: those who leave out the hard "
                "ones certify too much.",
                "{count} pairs of this draw are not in the file. Label all of a draw: those who leave out the hard "
                "ones certify too much.",
                missing,
            ),
            icon=":material/rule:",
        )
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


def _contents(file_id: str, read: PairsReport) -> None:
    """Counts by domain and label, and the pairs themselves."""
    counts, preview = st.tabs([t("By domain and label"), t("Preview")])
    with counts:
        st.table(count_table(read.frame), border="horizontal", width="content")
    with preview:
        pairs_table(read.frame, f"preview_{file_id}")


def _choices(file: UploadedFile) -> tuple[str, PairReading]:
    """How the file was to be read: the domain, and its columns and labels."""
    return str(state.get(f"domain_{file.file_id}") or "").strip(), columns_choice.chosen(file)


def _saved(file: UploadedFile) -> Dataset | None:
    """The dataset that this file was saved as, read as it is read now; None once that is deleted."""
    number, choices = state.get(f"saved_{file.file_id}", (None, None))
    if choices != _choices(file):
        return None
    return next((dataset for dataset in resources.store().datasets.list() if dataset.id == number), None)


def _go_on(file: UploadedFile, saved: Dataset) -> None:
    """In place of the form: that it is done, and what comes next."""
    with st.container(horizontal=True, vertical_alignment="center"):
        said = t("Saved as “{name}”.", name=escaped(saved.name))
        st.markdown(f":green[:material/check_circle:] {said}", width="content")
        if st.button(t("Open"), key=f"saved_open_{file.file_id}", icon=":material/open_in_new:"):
            navigation.go("data/dataset", **{state.DATASET: str(saved.id)})
        navigation.link("calibrate/fit", label=t("Calibrate on your data"), icon=":material/verified:")


def _save_form(file: UploadedFile, read: PairsReport) -> Savable:
    """Name the dataset and save it; bad rows are left out only if the user says so."""
    bad = len({problem.row for problem in read.problems})
    accepted = True
    if bad:
        accepted = st.checkbox(
            t("Save only the {good} good rows and leave out {bad}", good=f"{len(read.frame):,}", bad=f"{bad:,}"),
            key=f"accept_{file.file_id}",
            persist_state="session",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            t("Name of the dataset"),
            value=Path(file.name).stem,
            key=f"name_{file.file_id}",
            persist_state="session",
            width=360,
        )
        drawn.choice(f"drawn_{file.file_id}", _recorded_draw(read))
        st.button(
            t("Save as dataset"),
            key=f"save_{file.file_id}",
            type="primary",
            icon=":material/save:",
            disabled=not accepted,
            on_click=_save,
            args=(file, name, read),
        )
    return Savable(file, name, read, accepted)


def _recorded_draw(read: PairsReport) -> str:
    """How the pairs were drawn, to begin with: at random where the note of each says so, else nobody knows."""
    noted = read.frame.get(NOTE)
    return RANDOM_LIVE if noted is not None and has_floor_record(noted).all() else UNKNOWN


@attempting
def _save(file: UploadedFile, name: str, read: PairsReport) -> None:
    """Store a file's good rows, as a callback."""
    added = save(file, name, read)
    if added.reused:
        say(t("“{name}” already contains these pairs.", name=escaped(added.name)))
    else:
        say(t("Saved “{name}”: {rows} pairs.", name=escaped(added.name), rows=f"{added.rows:,}"))


def save(file: UploadedFile, name: str, read: PairsReport) -> Dataset:
    """Store a file's good rows under the name and with the sampling that its form says."""
    chosen = str(state.get(f"name_{file.file_id}", name))
    added = resources.store().datasets.add(
        chosen,
        read.frame,
        source=file.name,
        origins=uploaded(file.name, read.lines),
        drawn=state.get(f"drawn_{file.file_id}"),
        actor=actor(),
    )
    state.put(f"saved_{file.file_id}", (added.id, _choices(file)))
    state.work_with(added.name)
    unsaved.forget(unsaved.PAIRS, file.file_id)
    return added
