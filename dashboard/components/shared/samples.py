"""Sample data that comes with the product: written for it, so its certificates are illustrations."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from calibration.drawn import MINED
from calibration.errors import N_
from calibration.pairs import read_pairs
from calibration.store import uploaded
from dashboard import resources
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, say
from dashboard.i18n import t, tn

FOLDER: Final = Path(__file__).resolve().parents[3] / "datasets"
SOURCE: Final = "sample"
NAMES: Final = {"ecommerce": N_("E-commerce service"), "bank": N_("Bank service"), "legal": N_("Legal texts")}


def available() -> dict[str, Path]:
    """The sample files there are, by name."""
    return {name: path for name in NAMES if (path := FOLDER / name / "pairs.csv").is_file()}


@attempting
def load(names: list[str]) -> None:
    """Put samples into the store, as a callback; those that are there already stay as they are."""
    files = available()
    rows = 0
    for name in names:
        read = read_pairs(files[name])
        origins = uploaded(f"{name}/{read.file}", read.lines)
        kept = {"source": SOURCE, "drawn": MINED, "actor": actor()}
        dataset = resources.store().datasets.add(t(NAMES[name]), read.frame, origins=origins, **kept)
        rows += dataset.rows
    say(tn("Loaded {count} labelled pair.", "Loaded {count} labelled pairs.", rows))


def offer(key: str) -> None:
    """One button for all samples and one for each."""
    files = available()
    if not files:
        return
    with st.container(border=True, height="stretch"):
        st.markdown(t("**Nothing at hand? Try the samples**"))
        st.caption(
            t(
                "Chinese pairs over all four tiers, written for this project and not drawn from real traffic: "
                "what is certified on them illustrates the method and promises nothing about your users."
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
