"""Where editing the table of costs begins: the four amounts, a preset, or the costs behind a saved policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from calibration.columns import LABEL_KINDS
from calibration.costs.matrix import UnitCosts
from calibration.costs.pair_costs import Costs, costs_from_json, matrix_for
from calibration.errors import N_, BadArgument
from calibration.policies.policy import Policy
from dashboard import resources, state
from dashboard.components.frame.notices import offer_undo
from dashboard.components.shared.saved_policies import title
from dashboard.i18n import naming, t

AMOUNTS: Final = "amounts"
PRESETS: Final[Mapping[str, tuple[str, UnitCosts]]] = {
    "usual": (N_("As usual"), UnitCosts()),
    "careful": (N_("False merges cost most"), UnitCosts(false_merge=50.0)),
    "thorough": (N_("Missed merges cost most"), UnitCosts(false_merge=5.0, missed_merge=20.0)),
}
"""A name, and the amounts that make the table."""


def amounts() -> UnitCosts:
    """The four amounts of the session, where they were set."""
    begin = UnitCosts().to_json()
    return UnitCosts(**{name: state.get(state.cost(name), value) for name, value in begin.items()})


def policy_costs(policy: Policy) -> Costs | None:
    """The costs that a policy's thresholds rest on; None where it names none. Settings may hold anything."""
    try:
        return costs_from_json(policy.settings["costs"])
    except (KeyError, BadArgument):
        return None


def offer(kinds: Sequence[str]) -> None:
    """A choice of beginnings, for labels of these kinds; what it replaces can be had back."""
    saved = {stored.id: stored for stored in resources.store().policies.list()}
    known = {key: costs for key, stored in saved.items() if (costs := policy_costs(stored.policy)) is not None}
    beginnings: dict[str, Costs] = {
        AMOUNTS: amounts(),
        **{key: costs for key, (_, costs) in PRESETS.items()},
        **known,
    }

    def name(key: str) -> str:
        if key in saved:
            return title(saved[key])
        return t(PRESETS[key][0]) if key in PRESETS else t("The four amounts")

    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("Reset from"),
            list(beginnings),
            key=state.COST_BEGIN,
            format_func=naming(beginnings, name),
            width=320,
        )
        st.button(
            t("Reset the table"),
            key="cost_reset",
            icon=":material/restart_alt:",
            on_click=begin,
            args=(kinds, beginnings[chosen], name(chosen)),
        )


def begin(kinds: Sequence[str], costs: Costs, name: str) -> None:
    """Reset the tables of these kinds, as a callback, with undo."""
    before = {kind: state.get(state.cost_matrix(kind)) for kind in kinds}
    given = {kind: matrix_for(costs, kind).rows for kind in kinds if isinstance(costs, UnitCosts) or kind in costs}
    put(given)
    offer_undo(t("The table of costs was set from “{name}”.", name=name), put, before)


def put(rows: Mapping[str, Any]) -> None:
    """Set the tables of some kinds of label and reset their editors."""
    for kind, values in rows.items():
        if kind in LABEL_KINDS:
            state.put(state.cost_matrix(kind), values)
    state.put(state.COST_EDITION, state.get(state.COST_EDITION, 0) + 1)
