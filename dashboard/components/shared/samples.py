"""Sample data that comes with the product: written for it, so its certificates are illustrations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from calibration.certificates.sampling_design import MINED, RANDOM_LIVE
from calibration.errors import N_
from calibration.pairs import read_pairs
from calibration.pairs.samples import sample_folder
from calibration.store import Dataset, uploaded
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, say
from dashboard.i18n import t, tn

FOLDER: Final = sample_folder()
SOURCE: Final = "sample"
NAMES: Final = {
    "service": N_("Customer service FAQ"),
    "ecommerce": N_("E-commerce service"),
    "bank": N_("Bank service"),
    "legal": N_("Legal texts"),
}
RANDOM: Final = frozenset({"service"})
"""Samples that were drawn at random, as their cards say; the others were picked to be hard."""


def among(datasets: Sequence[Dataset]) -> bool:
    """Whether sample data is among some datasets."""
    return any(dataset.source == SOURCE for dataset in datasets)


def available() -> dict[str, Path]:
    """The sample files there are, by name."""
    return {name: path for name in NAMES if (path := FOLDER / name / "pairs.csv").is_file()}


@attempting
def load(names: list[str]) -> None:
    """Put samples into the store, as a callback; those that are there, in whatever language, stay as they are."""
    stored = [one for one in resources.store().datasets.list() if one.source == SOURCE]
    there = {domain: one for one in stored for domain in one.domains}
    found = [there.get(name) or _add(name) for name in names]
    for dataset in found:
        state.work_with(dataset.name)
    rows = sum(dataset.rows for dataset in found)
    say(tn("Loaded {count} labelled pair.", "Loaded {count} labelled pairs.", rows))


def _add(name: str) -> Dataset:
    read = read_pairs(available()[name])
    origins = uploaded(f"{name}/{read.file}", read.lines)
    way = RANDOM_LIVE if name in RANDOM else MINED
    kept = {"source": SOURCE, "drawn": way, "actor": actor()}
    return resources.store().datasets.add(t(NAMES[name]), read.frame, origins=origins, **kept)


def offer(key: str) -> None:
    """One button for all samples and one for each."""
    files = available()
    if not files:
        return
    with st.container(border=True, height="stretch"):
        st.markdown(t("**No data yet? Try the samples**"))
        st.caption(
            t(
                "**Customer service FAQ** looks like real traffic: customers' messages, drawn at random, and what "
                "a search found for them. The other three are stress tests: pairs over all four tiers, picked to "
                "fool the model. All are Chinese, written for this project and not drawn from real traffic: what "
                "is certified on them illustrates the method and promises nothing about your users."
            )
        )
        st.button(
            t("Load all samples"),
            key=f"{key}_all",
            icon=":material/library_add:",
            type="primary",
            on_click=load,
            args=(list(files),),
        )
        with st.container(horizontal=True):
            for name in files:
                st.button(t(NAMES[name]), key=f"{key}_{name}", on_click=load, args=([name],))
