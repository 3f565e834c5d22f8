"""How labelled pairs were drawn: asked once for all pages, and what it lets a result claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from calibration.certificates.sampling import Sampling
from calibration.certificates.sampling_design import (
    ADJUSTED,
    DATA_DRAWS,
    HOLDS,
    LABELS_ONLY,
    LIVE,
    OF_SAMPLE,
    UNKNOWN,
    UNVERIFIED,
    DataDraw,
    data_draw,
    of_sample,
)
from calibration.store import Dataset
from dashboard import state
from dashboard.components.shared import samples
from dashboard.i18n import naming, t

ICONS: Final[Mapping[str, str]] = {
    LIVE: ":material/check_circle:",
    ADJUSTED: ":material/science:",
    LABELS_ONLY: ":material/science:",
    UNVERIFIED: ":material/help:",
    OF_SAMPLE: ":material/science:",
}


def choice(key: str, value: str, then: Callable[..., None] | None = None, *arguments: object) -> None:
    """Ask how some pairs were drawn, `value` to begin with; `then` is called when the answer changes."""
    names = list(DATA_DRAWS)
    shown = naming(names, lambda name: t(DATA_DRAWS[name].title))
    question, first = t("How were these pairs sampled?"), names.index(value)
    st.selectbox(question, names, first, format_func=shown, key=key, on_change=then, args=arguments)


def _follow(datasets: Sequence[Dataset]) -> None:
    """Start from what the chosen datasets declare, again whenever they or their declarations change."""
    said = tuple((dataset.id, dataset.drawn) for dataset in datasets)
    if not said or state.get(state.DRAWN_SAID) == said:
        return
    state.put(state.DRAWN_SAID, said)
    ways = {drawn for _, drawn in said}
    state.put(state.DRAWN, ways.pop() if len(ways) == 1 else UNKNOWN)


def asked(datasets: Sequence[Dataset] = ()) -> DataDraw:
    """How the chosen pairs were drawn, as the user says; to begin with, as their datasets say."""
    _follow(datasets)
    if state.get(state.DRAWN) not in DATA_DRAWS:
        state.put(state.DRAWN, UNKNOWN)
    return data_draw(state.get(state.DRAWN))


def ask(datasets: Sequence[Dataset] = ()) -> None:
    """The widgets; where the labels cannot tell the live share of positives, but results can use it, that too."""
    draw, names = asked(datasets), list(DATA_DRAWS)
    st.selectbox(
        t("How were these pairs sampled?"),
        names,
        format_func=naming(names, lambda name: t(DATA_DRAWS[name].title)),
        key=state.DRAWN,
        persist_state="session",
        help=t(
            "A promise holds for pairs sampled like the labelled ones, so this decides what the results can claim."
        ),
    )
    if by_dataset(datasets, draw):
        st.caption(
            t("These datasets were sampled in different ways; for each domain, what its own dataset says is used.")
        )
    else:
        st.caption(t(of_sample(draw, samples.among(datasets)).explanation))
    if draw.claims == ADJUSTED:
        st.number_input(
            t("Share of live pairs that mean the same (%)"),
            0.1,
            99.9,
            None,
            0.5,
            format="%.1f",
            placeholder=t("Not known"),
            key=state.KNOWN_SHARE,
            persist_state="session",
            help=t("The compare page needs it to show how likely a pair means the same."),
        )


def by_dataset(datasets: Sequence[Dataset], draw: DataDraw) -> bool:
    """Whether each domain keeps what its own dataset says, since they differ and nobody said otherwise."""
    return draw.name == UNKNOWN and mixed(datasets)


def words(datasets: Sequence[Dataset], draw: DataDraw) -> str:
    """How the pairs were drawn, in two words."""
    if by_dataset(datasets, draw):
        return t("sampling by dataset")
    return t(of_sample(draw, samples.among(datasets)).title)


def mixed(datasets: Sequence[Dataset]) -> bool:
    """Whether the datasets were drawn in different ways."""
    return len({dataset.drawn for dataset in datasets}) > 1


def by_domain(datasets: Sequence[Dataset], draw: DataDraw) -> dict[str, DataDraw]:
    """How the pairs of each domain were drawn: as their own datasets say while nobody said otherwise on the page.

    A domain in datasets that were drawn in several ways is of unknown draw; one with a sample was never live.
    """
    ways: dict[str, set[str]] = {}
    written: set[str] = set()
    for dataset in datasets:
        for domain in dataset.domains:
            ways.setdefault(domain, set()).add(dataset.drawn)
        written |= set(dataset.domains if dataset.source == samples.SOURCE else ())
    found = dict.fromkeys(ways, draw)
    if by_dataset(datasets, draw):
        found = {domain: data_draw(said.pop() if len(said) == 1 else UNKNOWN) for domain, said in ways.items()}
    return {domain: of_sample(way, domain in written) for domain, way in found.items()}


def recorded(draw: DataDraw) -> Sampling:
    """What a policy keeps of it: how pairs were drawn, and the live share where it was asked for."""
    share = state.get(state.KNOWN_SHARE) if draw.claims == ADJUSTED else None
    return Sampling(draw.name, None if share is None else share / 100)


def holds(draw: DataDraw) -> str:
    """For whom a result on labels drawn so holds, in a line of Markdown."""
    return f"{ICONS[draw.claims]} {t(HOLDS[draw.claims])}"
