"""What mistakes cost, as the user says, and the job that finds the cheapest thresholds."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from calibration.certificates.sampling_design import DataDraw
from calibration.columns import BINARY, DEFAULT_CONFIDENCE, DOMAIN, SCORE
from calibration.costs.curve import CostCurve, cost_curve
from calibration.costs.evaluate import CostEvaluation, evaluate_costs
from calibration.costs.matrix import MOST, UnitCosts
from calibration.costs.pair_costs import Costs, costs_to_json, pair_costs
from calibration.costs.suggest_policy import SuggestRun, suggest_policy
from calibration.errors import N_
from calibration.pairs.purpose import calibration_rows
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import PolicySource, StoredPolicy
from dashboard import resources, state
from dashboard.components.calibrate.costs import table
from dashboard.components.shared import drawn, samples
from dashboard.components.shared.choose import Datasets
from dashboard.components.shared.saved_policies import judges, sources_of
from dashboard.i18n import t
from dashboard.jobs import score as scoring
from dashboard.jobs.queue import Progress

"""Of every interval on the page."""

QUANTITIES: Final = {
    "false_merge": (N_("A false merge"), N_("Two different texts are merged, and nobody checks.")),
    "check": (N_("A manual check"), N_("A person checks a pair that needs no check.")),
    "missed_merge": (
        N_("A missed merge"),
        N_("A pair that is the same, or needs a check, goes unseen."),
    ),
    "weak_link": (N_("Unneeded suggestion"), N_("A weak match is shown for no reason, or is missing.")),
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
        st.markdown(t("**What does each mistake cost you?** Any unit will do: only the ratios matter."))
        place = st.container()
        whole = st.toggle(
            t("Edit the whole table of costs"),
            key=state.COST_WHOLE,
            persist_state="session",
            help=t("For each true tier, the cost of giving each tier, including the right one."),
        )
        with place:
            return table.matrices(datasets) if whole else quantities(datasets)


def quantities(datasets: Datasets) -> UnitCosts:
    """The amounts as the user sets them; only their ratios matter. Binary labels know no weak match."""
    begin, given = UnitCosts().to_json(), {}
    binary = all(dataset.kinds == (BINARY,) for dataset in datasets)
    asked = {name: words for name, words in QUANTITIES.items() if name != "weak_link" or not binary}
    for column, (quantity, (name, happens)) in zip(
        st.columns(len(asked), gap="medium"), asked.items(), strict=True
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


def key(datasets: Datasets, options: ScoringOptions, costs: Costs, draw: DataDraw) -> str:
    """The job's key: whatever its result depends on."""
    hashes, current = sorted(dataset.content_hash for dataset in datasets), _current(options)
    used = current.id if current else None
    return f"cost {hashes} {options.key()} {costs_to_json(costs)} {drawn.recorded(draw)} {used}"


def start(datasets: Datasets, options: ScoringOptions, costs: Costs, draw: DataDraw) -> str:
    """Queue the search for the cheapest thresholds; returns the job's id."""
    encoder, current = resources.encoder(), _current(options)
    score, binding = scoring.work(datasets, options, encoder), scoring.binding(options, encoder)
    recorded = drawn.recorded(draw)

    def work(progress: Progress, cancel: threading.Event) -> CostOutcome:
        run = suggest_policy(
            scoring.calibratable(score(progress, cancel)), costs, binding=binding, sampling=recorded
        )
        on_samples = samples.among(datasets)
        return CostOutcome(
            run, _curves(run), current, _judged(run, current), on_samples, draw, sources_of(datasets)
        )

    return resources.jobs().submit(key(datasets, options, costs, draw), work)


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
        for domain, rows in ((name, calibration_rows(rows)) for name, rows in _rows(run).items())
    }


def _judged(run: SuggestRun, current: StoredPolicy | None) -> dict[str, CostEvaluation]:
    """What the policy in use costs on the same pairs, where it knows their domain."""
    known = current.policy.domains if current is not None else {}
    return {
        name: evaluate_costs(rows, known[name].thresholds, run.costs, DEFAULT_CONFIDENCE, name)
        for name, rows in _rows(run).items()
        if name in known
    }
