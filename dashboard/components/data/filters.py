"""Which rows of a dataset are wanted, and a new dataset of those that were found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from calibration.certificates.sampling_design import UNKNOWN
from calibration.columns import PURPOSE_CALIBRATE, PURPOSE_REVIEW
from calibration.errors import N_
from calibration.store import FILTER, Dataset, Part, RowFilter
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.data.listing import exports
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import escaped, naming, t

PURPOSES = {PURPOSE_CALIBRATE: N_("calibration"), PURPOSE_REVIEW: N_("review only")}


def purpose_name(purpose: str) -> str:
    """What a row may be used for, in words."""
    return t(PURPOSES.get(purpose, purpose))


def filters(dataset: Dataset) -> RowFilter:
    """The filters above the pairs; they last as long as the session."""
    labels = {
        f"{c.kind}:{c.label}": (c.kind, float(c.label)) for c in sorted(dataset.counts, key=lambda c: -c.label)
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        domain = _choice(t("Domain"), state.ROWS_DOMAIN, dataset.domains, str)
        label = _choice(t("Label"), state.ROWS_LABEL, list(labels), lambda key: _in_words(*labels[key]))
        purpose = _choice(t("Purpose"), state.ROWS_PURPOSE, list(PURPOSES), purpose_name)
        text = st.text_input(
            t("Search"),
            key=state.ROWS_TEXT,
            type="search",
            placeholder=t("In texts and notes"),
            persist_state="session",
            width=230,
        )
    kind, value = labels.get(label, (None, None))
    return RowFilter(domain or None, kind, value, purpose or None, (text or "").strip())


def _in_words(kind: str, label: float) -> str:
    return label_name(label, kind)


def _choice(label: str, key: str, options: Sequence[str], name: Callable[[str], str]) -> str:
    """One filter; empty for all."""
    everything = ["", *options]
    if state.get(key) not in everything:
        state.drop(key)
    words = naming(everything, lambda option: name(option) if option else t("all"))
    chosen: Any = st.selectbox(label, everything, key=key, format_func=words, persist_state="session", width=170)
    return str(chosen or "")


def keep_found(dataset: Dataset, wanted: RowFilter, total: int) -> None:
    """Offer the rows that the filter finds as a new dataset, and as files."""
    with st.popover(t("Keep these as a dataset"), icon=":material/filter_alt:"):
        key = f"filter_name_{dataset.id}"
        st.text_input(t("Name of the dataset"), value=resources.store().datasets.free_name(dataset.name), key=key)
        label = t("Make a dataset of {count} pairs", count=f"{total:,}")
        st.button(label, key="filter_go", type="primary", on_click=_keep, args=(dataset, wanted, key))
    with st.popover(t("Export these"), icon=":material/download:"):
        exports(dataset, wanted, t("{name} (found)", name=dataset.name))


@attempting
def _keep(dataset: Dataset, wanted: RowFilter, key: str) -> None:
    """Make it, as a callback. Only pairs picked by domain alone stay drawn as they were."""
    store = resources.store().datasets
    rows = store.find_rows(dataset.id, wanted)
    way = dataset.drawn if wanted == RowFilter(domain=wanted.domain) else UNKNOWN
    part = Part(dataset.id, rows, dataset.version)
    (made,) = store.derive({str(state.get(key)): [part]}, FILTER, drawn=way, actor=actor())
    say(t("Saved “{name}”: {rows} pairs.", name=escaped(made.name), rows=f"{made.rows:,}"))
