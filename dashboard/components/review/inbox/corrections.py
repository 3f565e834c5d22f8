"""Wrong labels that reviews have found: shown, corrected in their datasets in one step, with a way back."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from calibration.columns import LABEL
from calibration.store import CONFIRMED, LABEL_WRONG, BadCaseFilter, Edit
from calibration.store.reviews.labels import EVALUATION, WrongLabel
from dashboard import resources
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, offer_undo
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import escaped, t, tn

LOOKED_AT: int = 500


def show() -> None:
    """What is wrong in which dataset, and the button that corrects it."""
    store = resources.store()
    wanted = BadCaseFilter(status=(LABEL_WRONG, CONFIRMED), source=EVALUATION)
    found = store.reviews.wrong_labels(store.bad_cases.search(wanted, LOOKED_AT).rows)
    if not found:
        return
    title = tn("{count} wrong label in your data", "{count} wrong labels in your data", len(found))
    with st.expander(title, icon=":material/label_important:"):
        st.caption(t("Reviews have found that these labels are wrong. Correcting them changes the datasets."))
        st.table(_table(found), border="horizontal", hide_index=True)
        label = tn("Correct this label", "Correct these {count} labels", len(found))
        st.button(label, key="labels_correct", icon=":material/edit:", on_click=correct, args=(found,))


def _table(found: Sequence[WrongLabel]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                t("Dataset"): escaped(one.dataset),
                t("Row"): f"{one.row + 1:,}",
                t("Label"): label_name(one.label, one.kind),
                t("Right"): label_name(one.right, one.kind),
                t("Bad case"): str(one.case_id),
            }
            for one in found[:20]
        ]
    )


@attempting
def correct(found: Sequence[WrongLabel]) -> None:
    """Write the right labels into their datasets, as a callback."""
    _write([(one, one.right, one.label) for one in found])
    done = tn("Corrected {count} label.", "Corrected {count} labels.", len(found))
    offer_undo(done, _write, [(one, one.label, one.right) for one in found])


def _write(changes: Sequence[tuple[WrongLabel, float, float]]) -> None:
    """Each label as given, where the dataset still says what was seen."""
    edits: dict[int, list[Edit]] = {}
    for one, value, was in changes:
        edits.setdefault(one.dataset_id, []).append(Edit(one.row, LABEL, value, was))
    for dataset_id, rows in edits.items():
        resources.store().datasets.edit(dataset_id, rows, actor=actor())
