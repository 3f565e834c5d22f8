"""What the buttons of the guided tour do: load the samples, score them, fit, keep the policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from calibration.drawn import MINED, data_draw
from calibration.fit import CLAIM_DOMAIN, FitSettings
from calibration.score import ScoringOptions
from calibration.store import Dataset
from dashboard import resources, roles, scoring, state
from dashboard.actor import actor
from dashboard.components.calibration import run as calibration_run
from dashboard.components.frame import progress
from dashboard.components.shared import samples
from dashboard.i18n import t

PRECISION: Final = 70
"""Percent to promise on the samples, which are hard on purpose."""
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
    """Begin a calibration of the samples with a promise that some of their tiers can keep."""
    state.put(state.PRECISION, PRECISION)
    state.put(state.TARGET, calibration_run.PRECISION)
    asked = FitSettings(PRECISION / 100, claim=CLAIM_DOMAIN)
    progress.remember(state.FIT_JOB, calibration_run.start(sampled(), asked, OPTIONS, data_draw(MINED)))


def fitted() -> bool:
    """Whether the calibration is there."""
    found = progress.recall(state.FIT_JOB)
    return found is not None and found.finished and found.error is None


def keep_policy() -> None:
    """Save the policy and judge by it here; for everybody only where nothing is in use yet."""
    found = progress.recall(state.FIT_JOB)
    if found is None:
        return
    outcome: calibration_run.Outcome = resources.jobs().result(found.id)
    policies = resources.store().policies
    named = replace(outcome.run.policy, name=t("tour"))
    stored = policies.save(named, sources=outcome.sources, actor=actor())
    if policies.current() is None and roles.allowed(roles.PUBLISH):
        policies.publish(stored.id, actor=actor())
    current = policies.current()
    state.put(state.LIVE_POLICY_SEEN, current.id if current else "")
    state.put(state.LIVE_POLICY, stored.id)


def nothing() -> None:
    """The last step only leads on."""


def query() -> dict[str, str]:
    """The jobs of the next page, for its URL."""
    slots = (state.SCORE_JOB, state.FIT_JOB)
    return {slot: str(state.get(slot)) for slot in slots if state.get(slot)}
