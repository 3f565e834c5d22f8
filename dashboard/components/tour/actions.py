"""What the buttons of the guided tour do: load the samples, score them, fit, keep the policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from calibration.certificates.certificate import CLAIM_DOMAIN
from calibration.certificates.sampling_design import UNKNOWN, data_draw
from calibration.fitting.fit import FitSettings
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.calibrate.fit import run as calibration_run
from dashboard.components.frame import progress
from dashboard.components.shared import promise, samples
from dashboard.i18n import t
from dashboard.jobs import score as scoring

PRECISION: Final = 90
"""Percent to promise: enough to merge on, and kept by the sample that looks like real traffic."""
DOMAIN: Final = "ecommerce"
"""Of the question that the tour begins with."""
FITTING: Final = 2
"""Number of the step that waits for the fit."""
OPTIONS: Final = ScoringOptions()


def sampled() -> tuple[Dataset, ...]:
    """The samples that are in the store."""
    return tuple(one for one in resources.store().datasets.list() if one.source == samples.SOURCE)


def bring_samples() -> None:
    """Load the samples where they are not, and begin to score them."""
    samples.load(list(samples.available()))
    chosen = sampled()
    if chosen and scoring.scored(chosen, OPTIONS) is None:
        progress.remember(state.SCORE_JOB, scoring.start(chosen, OPTIONS))


def begin_fit() -> None:
    """Begin a calibration of the samples; each domain keeps how its own sample was drawn."""
    promise.set_precision(PRECISION)
    asked = FitSettings(PRECISION / 100, claim=CLAIM_DOMAIN)
    chosen = sampled()
    ways = {one.drawn for one in chosen}
    draw = data_draw(ways.pop() if len(ways) == 1 else UNKNOWN)
    progress.remember(state.FIT_JOB, calibration_run.start(chosen, asked, OPTIONS, draw))


def fitted() -> calibration_run.Outcome | None:
    """The calibration, None until it is there."""
    found = progress.recall(state.FIT_JOB)
    if found is None or not found.finished or found.error is not None:
        return None
    outcome: calibration_run.Outcome = resources.jobs().result(found.id)
    return outcome


def keep_policy() -> None:
    """Save the policy and judge by it here, in this session alone: the tour publishes nothing."""
    outcome = fitted()
    if outcome is None:
        return
    policies = resources.store().policies
    named = replace(outcome.run.policy, name=t("tour"))
    stored = policies.save(named, sources=outcome.sources, actor=actor())
    current = policies.current()
    state.put(state.LIVE_POLICY_SEEN, current.id if current else "")
    state.put(state.LIVE_POLICY, stored.id)
    state.put(state.LIVE_DOMAIN, DOMAIN)


def leave_samples() -> None:
    """Go on without the samples: what is uploaded next is worked with alone."""
    state.put(state.DATASETS, [])


def query() -> dict[str, str]:
    """The jobs of the next page, for its URL."""
    slots = (state.SCORE_JOB, state.FIT_JOB)
    return {slot: str(state.get(slot)) for slot in slots if state.get(slot)}
