"""The whole table of costs, edited cell by cell, where four amounts do not say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from calibration.columns import KIND, RELATED, TIERS, UNRELATED, WEAK
from calibration.costs.matrix import MOST, CostMatrix, UnitCosts
from calibration.costs.matrix_order import inversions
from dashboard import resources, state
from dashboard.components.shared import cost_presets
from dashboard.components.shared.choose import Datasets
from dashboard.components.shared.cost_shown import cell_name, column_names, true_name
from dashboard.components.shared.tiers import kind_name
from dashboard.i18n import t

TRUE: Final = "true"
WARNINGS: Final = 3
"""No more of one table are spelled out."""


def matrices(datasets: Datasets) -> Mapping[str, CostMatrix] | None:
    """A matrix for every kind of label in the datasets, as edited; None, and why, while one makes no sense."""
    kinds = sorted({str(kind) for dataset in datasets for kind in resources.dataset_frame(dataset)[KIND].unique()})
    cost_presets.offer(kinds)
    edited = {kind: _editor(kind) for kind in kinds}
    wrong = [problem for kind, frame in edited.items() for problem in problems(kind, frame)]
    if wrong:
        st.error("\n".join(f"- {problem}" for problem in wrong), icon=":material/error:")
        return None
    found = {kind: CostMatrix(tuple(map(tuple, frame.to_numpy().tolist()))) for kind, frame in edited.items()}
    for doubt in (doubt for kind, matrix in found.items() for doubt in doubts(matrix, kind)):
        st.warning(doubt, icon=":material/swap_vert:")
    return found


def problems(kind: str, frame: pd.DataFrame) -> list[str]:
    """What is wrong with an edited matrix (true tiers, tiers given), in words; nothing where it can be used."""
    given = list(column_names(kind))
    costs = frame[given].to_numpy(dtype=np.float64)
    found = [
        t(
            "{cell}: the cost must be a number from 0 to 1,000,000.",
            cell=cell_name(str(frame.index[row]), given[column], kind),
        )
        for row, column in np.argwhere(~((costs >= 0.0) & (costs <= MOST))).tolist()
    ]
    if not found and (costs == costs[:, :1]).all():
        name = kind_name(kind)
        found.append(t("{kind}: every tier costs the same, so no threshold is better than another.", kind=name))
    return found


def doubts(matrix: CostMatrix, kind: str) -> list[str]:
    """Mistakes that cost less than one nearer the truth, in words; at most WARNINGS of them."""
    costs = matrix.to_json()
    return [
        t(
            "{far} costs {less}, although {near}, which is closer to the truth, costs {more}. Is that intended?",
            far=cell_name(*far, kind),
            near=cell_name(*near, kind),
            less=f"{costs[far[0]][far[1]]:g}",
            more=f"{costs[near[0]][near[1]]:g}",
        )
        for far, near in inversions(matrix)[:WARNINGS]
    ]


def _editor(kind: str) -> pd.DataFrame:
    """One matrix, (true tiers, tiers given) as typed; kept for the next visit of the page."""
    kept, widget = state.cost_matrix(kind), f"cost_editor_{kind}_{state.get(state.COST_EDITION, 0)}"
    base = state.cost_base(kind)
    if state.get(widget) is None or state.get(base) is None:
        # The editor lays its edits over the frame that it began with, so that one must not change under it.
        state.put(base, state.get(kept) or cost_presets.amounts().matrix(kind).rows)
    true = list(UnitCosts().matrix(kind).true)
    frame = pd.DataFrame(state.get(base), index=true, columns=list(TIERS), dtype=np.float64)
    frame.insert(0, TRUE, [true_name(name, kind) for name in true])
    names = column_names(kind)
    columns = {
        tier: st.column_config.NumberColumn(name, min_value=0.0, max_value=MOST) for tier, name in names.items()
    }
    st.caption(t("Labels: {kind}", kind=kind_name(kind)))
    edited = st.data_editor(
        frame[[TRUE, *names]],
        key=widget,
        hide_index=True,
        disabled=[TRUE],
        column_config={TRUE: st.column_config.TextColumn(t("True tier"), width="medium"), **columns},
        alt=t("Cost of a pair by true and given tier"),
    )[list(names)]
    if WEAK not in names:
        edited.insert(len(names) - 1, WEAK, edited[[RELATED, UNRELATED]].max(axis=1))  # never the cheapest
    state.put(kept, tuple(map(tuple, edited.to_numpy(dtype=np.float64).tolist())))
    return edited
