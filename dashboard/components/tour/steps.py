"""The guided tour: from two sentences that fool the model to a calibrated policy, on the sample data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from calibration.columns import SAME, SCORE
from calibration.errors import N_
from calibration.evaluate import evaluate_thresholds
from calibration.fit import PUBLISHED
from calibration.score import ScoringOptions
from dashboard import resources, roles, scoring, state
from dashboard.components.comparison import form as comparison_form
from dashboard.components.frame import walk
from dashboard.components.frame.presentation import presenting
from dashboard.components.shared.tiers import badge, percent
from dashboard.components.tour import deeds
from dashboard.i18n import t

COOKIE: Final = "simtier_tour"
SEEN: Final = "seen"
OVER: Final = -1
"""The step of who has ended the tour, or never began it."""


@dataclass(frozen=True)
class Step:
    """One station: its page, what it says, the button that leads on, and what that button does first."""

    view: str
    url: str
    title: str
    text: Callable[[], str]
    onward: str
    deed: Callable[[], None]


def _opposites() -> str:
    return t(
        "The first line below means the **opposite** of the sentence, and the model gives it almost 100%. "
        "Try the other examples, or type your own."
    )


def _published() -> str:
    """What the published thresholds do on the samples, with the numbers."""
    rows = scoring.scored(deeds.sampled(), ScoringOptions())
    if rows is None:
        return t("The sample pairs are being scored; this takes a few seconds.")
    found = evaluate_thresholds(rows, PUBLISHED).tier(SAME)
    if found is None:
        return ""
    return t(
        "The published thresholds take **{share}** of these {n} pairs for {tier}, and only **{right}** of them "
        "are. Where scores end depends on the model and the domain: move the sliders and see.",
        share=percent(float((rows[SCORE] >= PUBLISHED[SAME]).mean()), 0),
        n=f"{len(rows):,}",
        tier=badge(SAME),
        right=percent(found.precision.value, 0),
    )


def _fit() -> str:
    return t(
        "For each domain SimTier looks for the lowest threshold that keeps the promise of {precision}, and says "
        "what it cannot promise. Keep the result as a policy.",
        precision=percent(deeds.PRECISION / 100, 0),
    )


def _result() -> str:
    return t(
        "Your policy judges now, beside the published thresholds: the opposite is no longer {tier}. Next, do the "
        "same with pairs of your own.",
        tier=badge(SAME),
    )


STEPS: Final = (
    Step("views/live.py", "", N_("Opposites that score alike"), _opposites, N_("Why fixed thresholds fail"),
         deeds.bring_samples),
    Step("views/distribution.py", "distribution", N_("One threshold for all does not do"), _published,
         N_("Calibrate on these pairs"), deeds.begin_fit),
    Step("views/calibration.py", "calibration", N_("A promise for each domain"), _fit,
         N_("Keep this policy and compare"), deeds.keep_policy),
    Step("views/live.py", "", N_("Judged by your own thresholds"), _result, N_("Bring my own pairs"),
         deeds.nothing),
)  # fmt: skip
"""Each step but the last leads to the page of the next one."""


def switch() -> None:
    """In the sidebar: begins the tour, or goes on with it."""
    under_way = step() is not None
    label = t("Go on with the tour") if under_way else t("Guided tour")
    if st.sidebar.button(label, key="tour_open", icon=":material/tour:", type="tertiary"):
        if not under_way:
            state.put(state.TOUR, 0)
        walk.go(STEPS[state.get(state.TOUR)].view)


def step() -> Step | None:
    """The step that the tour is at, None while there is no tour; a first visit begins one."""
    if state.get(state.TOUR) is None:
        state.put(state.TOUR, 0 if _first_visit() else OVER)
    return STEPS[state.get(state.TOUR)] if state.get(state.TOUR) != OVER else None


def _first_visit() -> bool:
    """Whether nobody has worked here yet, and this browser has not sent the tour away."""
    if st.context.cookies.get(COOKIE) == SEEN or not roles.allowed(roles.WORK):
        return False
    return not resources.store().datasets.list() and not resources.store().policies.list()


def panel(url: str) -> None:
    """The step's words and buttons, on its own page only."""
    if state.get(state.TOUR_ENDED):
        state.drop(state.TOUR_ENDED)
        _remember()
    now = step()
    if now is None or now.url != url or presenting():
        return
    number = int(state.get(state.TOUR))
    if now.view == STEPS[0].view and not state.get(state.LIVE_SOURCE):
        comparison_form.fill(*comparison_form.EXAMPLES[0][1:])
    with st.container(border=True, key="tour"):
        st.markdown(f":material/tour: **{number + 1}/{len(STEPS)} · {t(now.title)}**")
        st.markdown(now.text())
        with st.container(horizontal=True, vertical_alignment="center"):
            _onward(now, number)
            st.button(t("End the tour"), key="tour_end", type="tertiary", on_click=end)


def _onward(now: Step, number: int) -> None:
    """The button that does the step's deed and leads to the next one."""
    waits = number == deeds.FITTING and not deeds.fitted()
    if not st.button(
        t(now.onward), key="tour_next", type="primary", icon=":material/arrow_forward:", disabled=waits
    ):
        return
    now.deed()
    if number + 1 == len(STEPS):
        end()
        walk.go("views/data.py")
    state.put(state.TOUR, number + 1)
    walk.go(STEPS[number + 1].view, **deeds.query())


def end() -> None:
    """Send the tour away, as a callback; the sidebar brings it back."""
    state.put(state.TOUR, OVER)
    state.put(state.TOUR_ENDED, True)


def _remember() -> None:
    """Let the browser know that its reader has seen the tour."""
    cookie = f"{COOKIE}={SEEN}; path=/; max-age=31536000; SameSite=Lax"
    st.html(f"<script>document.cookie = '{cookie}'</script>", unsafe_allow_javascript=True)
