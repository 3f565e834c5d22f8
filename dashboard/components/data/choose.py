"""Which dataset its page is about, and which side of it; the dataset is in the URL."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

import streamlit as st

from calibration.errors import N_
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.data.listing import exports
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared import drawn, samples
from dashboard.i18n import moment, naming, t, tn

PAIRS: Final = "pairs"
HISTORY: Final = "history"
SECOND: Final = "second"
DISAGREE: Final = "disagreements"
MAKE: Final = "make"
SECTIONS: Final = {
    PAIRS: N_("Pairs"),
    HISTORY: N_("History"),
    SECOND: N_("Second labels"),
    DISAGREE: N_("Disagreements"),
    MAKE: N_("Split and merge"),
}


def chosen() -> Dataset | None:
    """The dataset to work on, with what is known of it; where there is none, what to do about it."""
    saved = {dataset.id: dataset for dataset in resources.store().datasets.list()}
    if not saved:
        samples.offer("samples_dataset")
        return None
    _take_from_url(saved)
    if state.get(state.DATASET) not in saved:
        state.put(state.DATASET, next(iter(saved)))
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    with left:
        number = st.selectbox(
            t("Dataset"),
            list(saved),
            format_func=lambda key: f"{saved[key].name} · {saved[key].rows:,}" if key in saved else "",
            key=state.DATASET,
            on_change=_forget_place,
            persist_state="session",
        )
    dataset = saved[number]
    st.query_params[state.DATASET] = str(number)
    state.put(state.DATASET_SEEN, str(number))
    with middle:
        _ask_draw(dataset)
    with right, st.popover(t("Export"), icon=":material/download:", width="stretch"):
        exports(dataset)
    st.caption(
        " · ".join(
            (
                tn("{count} pair", "{count} pairs", dataset.rows),
                t("version {version}", version=dataset.version),
                t("content {hash}", hash=dataset.content_hash[:12]),
                t("last changed {when}", when=moment(dataset.updated_at)),
            )
        )
    )
    return dataset


def _take_from_url(saved: Container[int]) -> None:
    """The dataset that a link asks for; a link is what the URL says and this page has not put there."""
    asked = st.query_params.get(state.DATASET, "")
    if asked != state.get(state.DATASET_SEEN) and asked.isdecimal() and int(asked) in saved:
        state.put(state.DATASET, int(asked))


def section() -> str:
    """Which side of the dataset is looked at."""
    found = st.segmented_control(
        t("Section"),
        list(SECTIONS),
        default=PAIRS,
        required=True,
        format_func=naming(SECTIONS, lambda name: t(SECTIONS[name])),
        key=state.SECTION,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(found)


def _forget_place() -> None:
    """Another dataset begins at its first page, without the filters of the one before; as a callback."""
    state.drop(state.ROWS_PAGE, state.HISTORY_PAGE, state.QUEUE_PAGE, state.SECOND_ROW, state.LABELLER)
    state.drop(state.ROWS_DOMAIN, state.ROWS_LABEL, state.ROWS_PURPOSE, state.ROWS_TEXT)


def _ask_draw(dataset: Dataset) -> None:
    """How its pairs were drawn, kept with the dataset."""
    key = f"dataset_drawn_{dataset.id}_{dataset.version}"
    drawn.choice(key, dataset.drawn, _keep_draw, dataset, key)


@attempting
def _keep_draw(dataset: Dataset, key: str) -> None:
    """Keep how the pairs were drawn, as a callback."""
    wanted = str(state.get(key))
    resources.store().datasets.set_drawn(dataset.id, wanted, version=dataset.version, actor=actor())
    say(t("Kept with the dataset."))
