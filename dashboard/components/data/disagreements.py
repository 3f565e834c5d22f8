"""Pairs on which two people disagree, to be settled one by one."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, KIND, LABEL_MAX, TEXT_A, TEXT_B
from calibration.labels.agreement import differing
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.data.agreement import agreements
from dashboard.components.frame.notices import attempting, offer_undo
from dashboard.components.shared import tables
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import escaped, joined, t, tn

SIZE: Final = 10


def review(dataset: Dataset) -> None:
    """How well a labeller agrees with the dataset, and what to decide."""
    people = resources.store().labellings.labellers(dataset.id)
    if not people:
        text = t("These pairs have no second labels yet. Start under “Second labels”.")
        st.info(text, icon=":material/group:")
        return
    name = st.selectbox(
        t("Second labels by"),
        list(people),
        format_func=lambda person: f"{person} · {people.get(person, 0):,}",
        key=state.LABELLER,
        width=280,
    )
    found = resources.store().labellings.compare(dataset.id, name)
    agreements(found)
    _queue(waiting(found))


def waiting(found: pd.DataFrame) -> pd.DataFrame:
    """Those that differ, are not settled, and have not been edited into agreement meanwhile."""
    apart = differing(found["first"], found["second"]) & differing(found["now"], found["second"])
    return found[apart & found["chosen"].isna().to_numpy()]


def _queue(rows: pd.DataFrame) -> None:
    """What is still to be decided, a page at a time."""
    st.subheader(t("To decide"), anchor=False)
    if rows.empty:
        st.success(t("There is nothing left to decide."), icon=":material/check:")
        return
    waits = tn("{count} pair waits.", "{count} pairs wait.", len(rows))
    st.caption(joined(waits, t("Pairs you do not decide stay here.")))
    place = st.container()
    shown = tables.page_of(len(rows), state.QUEUE_PAGE, SIZE)
    with place:
        st.caption(t("Keys 1 and 2 decide the first pair of the page."))
        for number, row in enumerate(rows.iloc[shown].to_dict("records")):
            _decide({str(key): value for key, value in row.items()}, keys=number == 0)


def _decide(row: dict[str, Any], keys: bool) -> None:
    """One pair with both labels: which is right, or is it neither? keys: by keyboard too."""
    number = int(row["labelling"])
    with st.container(border=True, key=f"queue_{number}"):
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            st.markdown(f"{escaped(row[TEXT_A])}\n\n{escaped(row[TEXT_B])}")
            st.caption(escaped(row[DOMAIN]) + " · " + t("row {row}", row=f"{row['row'] + 1:,}"))
        with right, st.container(horizontal=True):
            for key, shortcut, words, value in (
                ("first", "1", t("First: {label}", label=label_name(row["now"], row[KIND])), row["now"]),
                ("second", "2", t("Second: {label}", label=label_name(row["second"], row[KIND])), row["second"]),
            ):
                st.button(
                    words, key=f"{key}_{number}", on_click=settle, args=(number, float(value), float(row["now"])),
                    shortcut=shortcut if keys else None,
                )  # fmt: skip
            _neither(row, number)


def _neither(row: dict[str, Any], number: int) -> None:
    """The labels that nobody gave, where the kind has more than two."""
    given = {round(float(row["now"])), round(float(row["second"]))}
    others = [grade for grade in range(int(LABEL_MAX[row[KIND]]), -1, -1) if grade not in given]
    if not others:
        return
    with st.popover(t("Neither"), key=f"neither_{number}"):
        for grade in others:
            st.button(
                label_name(float(grade), row[KIND]), key=f"third_{number}_{grade}", on_click=settle,
                args=(number, float(grade), float(row["now"])), width="stretch",
            )  # fmt: skip


@attempting
def settle(labelling: int, chosen: float, was: float) -> None:
    """Take one label as right, as a callback, with a way back."""
    labels = resources.store().labellings
    labels.settle(labelling, chosen, was=was, actor=actor())
    done = t("The first label stays.") if chosen == was else t("The label was changed.")
    offer_undo(done, _reopen, labelling)


def _reopen(labelling: int) -> None:
    """Take a decision back."""
    resources.store().labellings.reopen(labelling, actor=actor())
