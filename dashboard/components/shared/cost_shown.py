"""Costs in words and as a table to read: what a pair is, the tier that it is given, what that costs."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from calibration.columns import BINARY, LABEL_KINDS, RELATED, SAME, TIERS, UNRELATED, shown_tier
from calibration.costs.matrix import UnitCosts
from calibration.costs.pair_costs import Costs, matrix_for
from dashboard.components.shared.tiers import kind_name, label_name
from dashboard.i18n import t, tier_name


def true_name(true: str, kind: str) -> str:
    """What a pair is, as a row says it."""
    if kind == BINARY:
        return label_name(float(true == SAME), kind)
    return tier_name(true)


def column_names(kind: str) -> dict[str, str]:
    """The column of each tier given that labels of a kind tell."""
    given = (SAME, RELATED, UNRELATED) if kind == BINARY else TIERS
    return {tier: t("given “{tier}”", tier=_given(tier, kind)) for tier in given}


def cell_name(true: str, tier: str, kind: str) -> str:
    """A cell in words."""
    return t("“{true}” given “{tier}”", true=true_name(true, kind), tier=_given(tier, kind))


def _given(tier: str, kind: str) -> str:
    return tier_name(shown_tier(tier, kind == BINARY))


def show(costs: Costs, kinds: Iterable[str] = LABEL_KINDS) -> None:
    """A table for every one of these kinds of label that has one."""
    for kind in (kind for kind in kinds if isinstance(costs, UnitCosts) or kind in costs):
        st.caption(t("Labels: {kind}", kind=kind_name(kind)))
        st.table(table(costs, kind), border="horizontal", hide_index=True)


def table(costs: Costs, kind: str) -> pd.DataFrame:
    """One matrix, in words."""
    matrix, names = matrix_for(costs, kind), column_names(kind)
    return pd.DataFrame(
        [
            {t("True tier"): true_name(true, kind)}
            | {names[tier]: f"{cost:g}" for tier, cost in row.items() if tier in names}
            for true, row in matrix.to_json().items()
        ]
    )
