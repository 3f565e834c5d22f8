"""What mistakes cost, as the user says, and the job that finds the cheapest thresholds."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd
import streamlit as st

from calibration.borrow import drawn_at_random
from calibration.columns import DOMAIN, SCORE
from calibration.cost_curve import CostCurve, cost_curve
from calibration.cost_evaluation import CostEvaluation, evaluate_costs
from calibration.cost_matrix import MOST, UnitCosts
from calibration.drawn import DataDraw
from calibration.errors import N_
from calibration.pair_costs import Costs, costs_to_json, pair_costs
from calibration.score import ScoringOptions
from calibration.store import PolicySource, StoredPolicy
from calibration.suggest import SuggestRun, suggest_policy
from dashboard import resources, scoring, state
from dashboard.components.costs import table
from dashboard.components.shared import drawn, samples
from dashboard.components.shared.choose import Datasets
from dashboard.components.shared.saved_policies import judges, sources_of
from dashboard.i18n import t
from dashboard.jobs import Progress

CONFIDENCE: Final = 0.9
"""Of every interval on the page."""

QUANTITIES: Final = {
    "false_merge": (N_("A false merge"), N_("Two texts are taken for the same, unseen, and are not.")),
    "check": (N_("A manual check"), N_("A person looks at a pair that need not be looked at.")),
    "missed_merge": (
        N_("A missed merge"),
        N_("A pair that is the same, or needs a person, and nobody looks at it."),
    ),
    "weak_link": (N_("A useless loose link"), N_("A loose link is shown without need, or left out.")),
}
"""Every quantity of `UnitCosts`: its name, and what happens."""


@dataclass(frozen=True)
class CostOutcome:
    """What the job returns.

    current: the policy in use, where it judges scores made so, else None; its thresholds judged on the same pairs,
    by domain. curves: cost by threshold of `same`, on each domain's own labels. samples: there is sample data.
    sources: the datasets behind it.
    """

    run: SuggestRun
    curves: Mapping[str, CostCurve]
    current: StoredPolicy | None
    judged: Mapping[str, CostEvaluation]
    samples: bool
    drawn: DataDraw
    sources: tuple[PolicySource, ...] = ()


def ask(datasets: Datasets) -> Costs | None:
    """What mistakes cost, as four amounts or as a whole table; None where what was typed makes no sense."""
    with st.container(border=True):
        st.markdown(t("**What does each mistake cost you?** Any unit will do, for only the ratios count."))
        place = st.container()
        whole = st.toggle(
            t("Edit the whole table of costs"),
            key=state.COST_WHOLE,
            persist_state="session",
            help=t("For each thing that a pair can be, what it costs to give it each tier; also the right one."),
        )
        with place:
            return table.matrices(datasets) if whole else quantities()


def quantities() -> UnitCosts:
    """The amounts as the user sets them; only their ratios matter."""
    begin, given = UnitCosts().to_json(), {}
    for column, (quantity, (name, happens)) in zip(
        st.columns(len(QUANTITIES), gap="medium"), QUANTITIES.items(), strict=True
    ):
        given[quantity] = column.number_input(
            t(name),
            0.0,
            MOST,
            begin[quantity],
            0.5,
            format="%.2f",
            key=state.cost(quantity),
            persist_state="session",
        )
        column.caption(t(happens))
    return UnitCosts(**given)


def start(datasets: Datasets, options: ScoringOptions, costs: Costs, draw: DataDraw) -> str:
    """Queue the search for the cheapest thresholds; returns the job's id."""
    encoder, current = resources.encoder(), _current(options)
    score, binding = scoring.work(datasets, options, encoder), scoring.binding(options, encoder)
    recorded = drawn.recorded(draw)

    def work(progress: Progress, cancel: threading.Event) -> CostOutcome:
        run = suggest_policy(score(progress, cancel), costs, confidence=CONFIDENCE, binding=binding)
        run = replace(run, policy=replace(run.policy, settings={**run.policy.settings, **recorded}))
        on_samples = any(dataset.source == samples.SOURCE for dataset in datasets)
        return CostOutcome(
            run, _curves(run), current, _judged(run, current), on_samples, draw, sources_of(datasets)
        )

    hashes = sorted(dataset.content_hash for dataset in datasets)
    asked = f"{options.key()} {costs_to_json(costs)} {recorded} {current.id if current else None}"
    return resources.jobs().submit(f"cost {hashes} {asked}", work)


def _current(options: ScoringOptions) -> StoredPolicy | None:
    """The policy in use, where it judges scores that are made so."""
    stored = resources.store().policies.current()
    return stored if stored is not None and judges(stored.policy, options) else None


def _rows(run: SuggestRun) -> dict[str, pd.DataFrame]:
    """The pairs by domain."""
    return {str(name): rows for name, rows in run.scored.groupby(DOMAIN, sort=True)}


def _curves(run: SuggestRun) -> dict[str, CostCurve]:
    """The cost of every threshold of `same`, on each domain's own pairs."""
    return {
        domain: cost_curve(rows[SCORE].to_numpy(), pair_costs(rows, run.costs))
        for domain, rows in ((name, drawn_at_random(rows)) for name, rows in _rows(run).items())
    }


def _judged(run: SuggestRun, current: StoredPolicy | None) -> dict[str, CostEvaluation]:
    """What the policy in use costs on the same pairs, where it knows their domain."""
    known = current.policy.domains if current is not None else {}
    return {
        name: evaluate_costs(rows, known[name].thresholds, run.costs, CONFIDENCE, name)
        for name, rows in _rows(run).items()
        if name in known
    }
