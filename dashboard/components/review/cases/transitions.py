"""What is done to bad cases: moved to another status, corrected, taken back, added to a dataset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Final

import streamlit as st

from calibration.certificates.sampling_design import MINED
from calibration.columns import PURPOSE, PURPOSE_REVIEW
from calibration.errors import N_, AlreadyExists, Conflict, SimTierError
from calibration.store import BadCase, BadCaseFilter, from_bad_cases
from calibration.store.bad_cases.read import cases_frame
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, offer_undo, say
from dashboard.components.review.cases.names import status_name
from dashboard.i18n import escaped, t, tn

DATASET: Final = "case_dataset"
DATASET_NAME: Final = "case_dataset_name"
NEW_DATASET: Final = 0
MOST: Final = 5_000
"""Cases that are added at once at most: more would keep the page waiting."""


class ChangedSince(SimTierError):
    """Some of what was to be taken back was changed by somebody else meanwhile."""

    template = N_("undone, except for {count} that somebody has changed since")

    def __init__(self, count: int) -> None:
        super().__init__(count=count)


@attempting
def move(versions: Mapping[int, int], status: str) -> None:
    """Set the status of these cases, as a callback, with a way back."""
    cases = resources.store().bad_cases
    moved = cases.set_status(list(versions), status, versions=versions, actor=actor())
    changed = {case.id: case.version for case in moved if case.version != versions[case.id]}
    text = tn(
        "{count} case is now: {status}.", "{count} cases are now: {status}.", len(moved), status=status_name(status)
    )
    if changed:
        offer_undo(text, _take_back, changed)
    else:
        say(text)


def _take_back(versions: Mapping[int, int]) -> None:
    """Take these changes back one by one: what somebody has changed since stays as it is, and is counted."""
    cases, kept = resources.store().bad_cases, 0
    for case_id, version in versions.items():
        try:
            cases.undo([case_id], field="status", versions={case_id: version}, actor=actor())
        except (Conflict, AlreadyExists):
            kept += 1
    if kept:
        raise ChangedSince(kept)


@attempting
def move_all(wanted: BadCaseFilter, status: str) -> None:
    """Set the status of every case that matches, on all pages, as a callback, with a way back."""
    cases = resources.store().bad_cases
    moved = cases.set_status_of_all(wanted, status, actor=actor())
    text = tn(
        "{count} case is now: {status}.", "{count} cases are now: {status}.", len(moved), status=status_name(status)
    )
    if moved:
        offer_undo(text, _take_back, {case.id: case.version for case in moved})
    else:
        say(text)


@attempting
def correct(case: BadCase, field: str, key: str, then: Callable[[BadCase], None] | None = None) -> None:
    """Correct the note or what was expected, as a callback, with a way back; `then` hears of the changed case."""
    cases, given = resources.store().bad_cases, str(state.get(key) or "")
    change = cases.update_note if field == "note" else cases.update_expected
    changed = change(case.id, given, actor=actor(), version=case.version)
    if then is not None:
        then(changed)
    if changed.version != case.version:
        take_back = partial(cases.undo, field=field, versions={case.id: changed.version}, actor=actor())
        offer_undo(t("Bad case {id} is corrected.", id=case.id), take_back, [case.id])


def dataset_form(chosen: Sequence[BadCase], wanted: BadCaseFilter, total: int) -> None:
    """Add these cases, or all that the filters find, to a dataset, there already or new."""
    saved = {dataset.id: dataset.name for dataset in resources.store().datasets.list()}
    with st.popover(t("Add to dataset"), icon=":material/playlist_add:"):
        options = [NEW_DATASET, *saved]
        target = st.selectbox(
            t("Dataset"),
            options,
            key=DATASET,
            format_func=naming_ids({**saved, NEW_DATASET: t("A new dataset")}),
        )
        if target == NEW_DATASET:
            st.text_input(t("Name of the dataset"), key=DATASET_NAME, placeholder=t("Bad cases"))
        st.caption(t("They are kept there for review only: picked by hand, they move no threshold."))
        number = len(chosen) or min(total, MOST)
        label = tn("Add {count} case", "Add {count} cases", number)
        if not chosen:
            st.caption(t("None is selected: all cases that match the filters are added."))
        if number < total and not chosen:
            once = t("At most {count} at once, the newest first; repeat for the others.", count=f"{MOST:,}")
            st.caption(once)
        arguments = (tuple(chosen), wanted)
        st.button(label, key="case_dataset_add", type="primary", on_click=add_to_dataset, args=arguments)


def naming_ids(names: Mapping[int, str]) -> Callable[[int], str]:
    """A widget's `format_func` for ids."""
    return lambda key: names.get(key, str(key))


@attempting
def add_to_dataset(chosen: tuple[BadCase, ...], wanted: BadCaseFilter) -> None:
    """Add cases to the chosen dataset, each row traceable to its case and none twice, as a callback."""
    store, target = resources.store(), state.get(DATASET)
    there = store.datasets.bad_cases_of(target) if target else frozenset()
    new, known = _new(chosen or chain.from_iterable(store.bad_cases.parts(wanted)), there)
    if not new:
        say(t("They are in this dataset already."))
        return
    ids = [case.id for case in new]
    origins, frame = from_bad_cases(ids), cases_frame(new).assign(**{PURPOSE: PURPOSE_REVIEW})
    if target:
        dataset = store.datasets.append(target, frame, source=t("Bad cases"), origins=origins, actor=actor())
    else:
        name = store.datasets.free_name(str(state.get(DATASET_NAME) or "").strip() or t("Bad cases"))
        kept = {"source": t("Bad cases"), "drawn": MINED, "actor": actor()}
        dataset = store.datasets.add(name, frame, origins=origins, **kept)
    store.bad_cases.note_use(ids, dataset.name, actor=actor())
    name = escaped(dataset.name)
    text = tn("Added {count} case to “{name}”.", "Added {count} cases to “{name}”.", len(ids), name=name)
    say(text + (" " + tn("{count} was there already.", "{count} were there already.", known) if known else ""))


def _new(cases: Iterable[BadCase], there: Collection[int]) -> tuple[list[BadCase], int]:
    """The first MOST cases that are not there yet, and how many that are were passed."""
    new: list[BadCase] = []
    known = 0
    for case in cases:
        if case.id in there:
            known += 1
        elif len(new) < MOST:
            new.append(case)
        else:
            break
    return new, known
