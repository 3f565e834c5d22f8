"""Second labels: pair by pair, by keyboard, without a look at the first."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.columns import BINARY, GRADED, TIER
from calibration.store import BlindPair, Dataset, Progress
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import escaped, t

KEYS: Final = {
    BINARY: {"1": 1.0, "0": 0.0},
    TIER: {"1": 3.0, "2": 2.0, "3": 1.0, "4": 0.0},
    GRADED: {str(grade): float(grade) for grade in range(5, -1, -1)},
}
"""Which key gives which label; tiers are counted from the top."""
SKIP: Final = "S"
BACK: Final = "B"
SAMPLE: Final = 100


def label(dataset: Dataset) -> None:
    """Whose turn it is, how far they are, and the pair before them."""
    name = actor()
    if not name:
        st.info(
            t("Enter your name in the sidebar first, so that your labels are kept apart from those of others."),
            icon=":material/badge:",
        )
        return
    size = st.number_input(
        t("How many pairs, drawn at random"),
        1,
        dataset.rows,
        min(SAMPLE, dataset.rows),
        key=f"{state.SAMPLE_SIZE}_{dataset.id}",
        persist_state="session",
        help=t(
            "Each person gets them in a different order. A few hundred are enough to show how well people agree."
        ),
        width=280,
    )
    labels = resources.store().labellings
    pair, progress = labels.next(dataset.id, name, int(size))
    again = state.get(state.SECOND_ROW)
    if again is not None and again[0] == dataset.id:
        pair = labels.pair(dataset.id, again[1])
    _progress(progress)
    if pair is None:
        st.success(
            t("You have labelled them all. See how well you agree under “Disagreements”."), icon=":material/check:"
        )
    else:
        _pair(pair)
    _buttons(dataset, name, pair, progress)


def _progress(progress: Progress) -> None:
    """How far the labeller is."""
    text = t("{done} of {total} labelled", done=f"{progress.done:,}", total=f"{progress.total:,}")
    if progress.skipped:
        text += " · " + t("{count} skipped; they come last", count=progress.skipped)
    st.progress(progress.done / max(progress.total, 1), text=text)


def _pair(pair: BlindPair) -> None:
    """The two texts, large."""
    with st.container(border=True):
        st.caption(escaped(pair.domain))
        left, right = st.columns(2, gap="large")
        left.markdown(f"#### {escaped(pair.text_a)}")
        right.markdown(f"#### {escaped(pair.text_b)}")


def _buttons(dataset: Dataset, name: str, pair: BlindPair | None, progress: Progress) -> None:
    """A button and a key for each label, to skip, and to go back."""
    with st.container(horizontal=True):
        for key, value in KEYS[pair.kind].items() if pair else ():
            st.button(
                label_name(value, pair.kind) if pair else "",
                key=f"second_{key}",
                shortcut=key,
                on_click=_say,
                args=(dataset.id, pair, name, value),
            )
        if pair:
            arguments = (dataset.id, pair, name, None)
            st.button(t("Skip"), key="second_skip", shortcut=SKIP, on_click=_say, args=arguments)
        if progress.done:
            st.button(t("Back"), key="second_back", shortcut=BACK, on_click=_back, args=(dataset.id, name))


@attempting
def _say(dataset_id: int, pair: BlindPair, name: str, value: float | None) -> None:
    """Keep a label, as a callback."""
    state.drop(state.SECOND_ROW)
    resources.store().labellings.label(dataset_id, pair.row, name, value)


@attempting
def _back(dataset_id: int, name: str) -> None:
    """Take the last label back and show its pair again, as a callback."""
    row = resources.store().labellings.back(dataset_id, name)
    if row is not None:
        state.put(state.SECOND_ROW, (dataset_id, row))
