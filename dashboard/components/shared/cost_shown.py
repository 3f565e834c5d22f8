"""Costs in words and as a table to read: what a pair is, the tier that it is given, what that costs."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from calibration.columns import LABEL_KINDS, TIERS
from calibration.cost_matrix import NOT_SAME, UnitCosts
from calibration.pair_costs import Costs, matrix_for
from dashboard.components.shared.tiers import kind_name
from dashboard.i18n import t, tier_name


def true_name(true: str) -> str:
    """What a pair is, as a row says it."""
    return t("not the same") if true == NOT_SAME else tier_name(true)


def column_names() -> dict[str, str]:
    """The column of each tier given."""
    return {tier: t("given “{tier}”", tier=tier_name(tier)) for tier in TIERS}


def cell_name(true: str, tier: str) -> str:
    """A cell in words."""
    return t("“{true}” given “{tier}”", true=true_name(true), tier=tier_name(tier))


def show(costs: Costs, kinds: Iterable[str] = LABEL_KINDS) -> None:
    """A table for every one of these kinds of label that has one."""
    for kind in (kind for kind in kinds if isinstance(costs, UnitCosts) or kind in costs):
        st.caption(t("Labels: {kind}", kind=kind_name(kind)))
        st.table(table(costs, kind), border="horizontal", hide_index=True)


def table(costs: Costs, kind: str) -> pd.DataFrame:
    """One matrix, in words."""
    matrix, names = matrix_for(costs, kind), column_names()
    return pd.DataFrame(
        [
            {t("What the pair is"): true_name(true), **{names[tier]: f"{cost:g}" for tier, cost in row.items()}}
            for true, row in matrix.to_json().items()
        ]
    )
