"""Datasets made of a dataset: split by domain, split at random, merged with others."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from calibration.columns import DOMAIN, KIND
from calibration.stats.group_folds import group_splits
from calibration.store import MERGE, SPLIT, Dataset, Part
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, say
from dashboard.i18n import escaped, naming, t, tn

FOLDS: Final = {"2": "50%", "3": "33%", "4": "25%", "5": "20%", "10": "10%"}
"""One part in so many is held out."""


def offers(dataset: Dataset) -> None:
    """The three ways, side by side; the dataset itself stays as it is."""
    st.caption(t("New datasets are created; this one does not change, and every row records where it came from."))
    left, middle, right = st.columns(3, gap="medium")
    with left, st.container(border=True, height="stretch"):
        _by_domain(dataset)
    with middle, st.container(border=True, height="stretch"):
        _holdout(dataset)
    with right, st.container(border=True, height="stretch"):
        _merge(dataset)


def _by_domain(dataset: Dataset) -> None:
    """One dataset a domain."""
    st.markdown(t("**Split by domain**"))
    counted = tn("{count} domain", "{count} domains", len(dataset.domains))
    st.caption(t("One dataset is made for each: {domains}.", domains=counted))
    one = len(dataset.domains) < 2
    st.button(t("Split by domain"), key="split_domain", disabled=one, on_click=_split_by_domain, args=(dataset,))


def _holdout(dataset: Dataset) -> None:
    """A part held out at random."""
    st.markdown(t("**Hold out a random part**"))
    st.caption(t("Pairs that share a text stay on one side; both sides keep their share of labels where they can."))
    key = f"holdout_{dataset.id}"
    st.selectbox(t("Held out"), list(FOLDS), index=3, format_func=naming(FOLDS, lambda name: FOLDS[name]), key=key)
    st.button(t("Split at random"), key="split_holdout", on_click=_split_holdout, args=(dataset, key))


def _merge(dataset: Dataset) -> None:
    """This one and others behind it."""
    st.markdown(t("**Merge with others**"))
    others = {other.id: other for other in resources.store().datasets.list() if other.id != dataset.id}
    key, name = f"merge_{dataset.id}", f"merge_name_{dataset.id}"
    chosen = st.multiselect(
        t("Datasets"),
        list(others),
        format_func=lambda number: others[number].name if number in others else "",
        key=key,
        placeholder=t("Choose at least one"),
    )
    st.text_input(t("Name of the dataset"), value=resources.store().datasets.free_name(dataset.name), key=name)
    parts = [dataset.id, *chosen]
    st.button(t("Merge"), key="merge_go", disabled=not chosen, on_click=_merge_them, args=(parts, name))


@attempting
def _split_by_domain(dataset: Dataset) -> None:
    """Split by domain, as a callback."""
    store = resources.store().datasets
    domains = store.frame(dataset.id, dataset.version)[DOMAIN].to_numpy(dtype=object)
    _split(dataset, {domain: np.flatnonzero(domains == domain).tolist() for domain in dataset.domains})


@attempting
def _split_holdout(dataset: Dataset, key: str) -> None:
    """Hold a part out, as a callback. Labels are balanced within each domain, texts kept together across all."""
    frame = resources.store().datasets.frame(dataset.id, dataset.version)
    found = group_splits(frame.assign(**{KIND: frame[KIND] + frame[DOMAIN]}), int(state.get(key)))
    if not found.splits:
        say(t("All pairs are linked by shared texts: any split would put a text on both sides."))
        return
    rest, held = found.splits[0]
    _split(dataset, {t("to fit on"): rest.tolist(), t("held out"): held.tolist()})


def _split(dataset: Dataset, parts: dict[str, list[int]]) -> None:
    """Make a dataset of each part."""
    store = resources.store().datasets
    makings = {
        store.free_name(f"{dataset.name} · {name}"): [Part(dataset.id, rows, dataset.version)]
        for name, rows in parts.items()
    }
    made = store.derive(makings, SPLIT, actor=actor())
    say(t("Made: {names}.", names=", ".join(f"{escaped(one.name)} ({one.rows:,})" for one in made)))


@attempting
def _merge_them(numbers: list[int], key: str) -> None:
    """Merge, as a callback."""
    store = resources.store().datasets
    (made,) = store.derive({str(state.get(key)): [Part(number) for number in numbers]}, MERGE, actor=actor())
    say(t("Saved “{name}”: {rows} pairs.", name=escaped(made.name), rows=f"{made.rows:,}"))
