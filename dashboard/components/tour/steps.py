"""The guided tour: from two sentences that fool the model to a calibrated policy, on the sample data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from calibration.columns import SAME, SCORE
from calibration.errors import N_
from calibration.evaluation.tier_metrics import evaluate_thresholds
from calibration.policies.tiers import PUBLISHED
from calibration.scoring.score_pairs import ScoringOptions, score_texts
from dashboard import resources, roles, state
from dashboard.components.compare import form as comparison_form
from dashboard.components.frame import navigation
from dashboard.components.frame.presentation import presenting
from dashboard.components.shared.glosses import gloss
from dashboard.components.shared.tiers import percent
from dashboard.components.tour import actions, found
from dashboard.i18n import escaped, t
from dashboard.jobs import score as scoring
from dashboard.model import READY

COOKIE: Final = "simtier_tour"
SEEN: Final = "seen"
OVER: Final = -1
"""The step of who has ended the tour, or never began it."""


@dataclass(frozen=True)
class Step:
    """One station: its place, what it says, the button that leads on, and what that button does first."""

    place: str
    title: str
    text: Callable[[], str]
    onward: str
    deed: Callable[[], None]


def _opposites() -> str:
    return t(
        "The first line below means the **opposite** of the sentence, and the model gives it a similarity of "
        "{score}: by the published thresholds they would be merged. Try the other examples, or type your own.",
        score=_first_score(),
    )


def _first_score() -> str:
    """What the model gives the line that is shown first; in words until the model is there."""
    if resources.model().status != READY:
        return t("almost 100%")
    _, _, source, targets = comparison_form.EXAMPLES[0]
    return percent(score_texts(source, targets.split("\n")[:1], resources.encoder())[0].score)


def _published() -> str:
    """What the published thresholds do on the samples, with the numbers."""
    rows = scoring.scored(actions.sampled(), ScoringOptions())
    if rows is None:
        return t("The sample pairs are being scored; this takes up to a minute.")
    taken = evaluate_thresholds(rows, PUBLISHED).tier(SAME)
    if taken is None:
        return ""
    return t(
        "The published thresholds would merge **{share}** of these {n} pairs, and only **{right}** of these mean "
        "the same. The range of scores depends on the model and the domain: move the sliders to see.",
        share=percent(float((rows[SCORE] >= PUBLISHED[SAME]).mean()), 0),
        n=f"{len(rows):,}",
        right=percent(taken.precision.value, 0),
    )


def _fit() -> str:
    said = t(
        "For each domain, SimTier finds the lowest threshold that is certified for {precision} precision, and "
        "reports what it cannot promise. Save the result as a policy.",
        precision=percent(actions.PRECISION / 100, 0),
    )
    outcome, rows = actions.fitted(), scoring.scored(actions.sampled(), ScoringOptions())
    if outcome is None or rows is None:
        return said
    policy = outcome.run.policy
    return "\n\n".join(filter(None, (said, found.mergeable(rows, policy), found.indistinct(rows, policy))))


def _result() -> str:
    return t(
        "Results now show your policy next to the published thresholds: the opposite, at {score}, is no longer "
        "merged. Next, do the same with your own pairs.",
        score=_first_score(),
    )


STEPS: Final = (
    Step("compare", N_("Opposites that score alike"), _opposites, N_("Why fixed thresholds fail"),
         actions.bring_samples),
    Step("calibrate/distribution", N_("One threshold does not fit all"), _published,
         N_("Calibrate on these pairs"), actions.begin_fit),
    Step("calibrate/fit", N_("A promise for each domain"), _fit,
         N_("Keep this policy and compare"), actions.keep_policy),
    Step("compare", N_("Judged by your own thresholds"), _result, N_("Upload my own pairs"),
         actions.leave_samples),
)  # fmt: skip
"""Each step but the last leads to the page of the next one."""


def switch() -> None:
    """In the sidebar: begins the tour, or goes on with it."""
    under_way = step() is not None
    label = t("Resume the tour") if under_way else t("Guided tour")
    if st.sidebar.button(label, key="tour_open", icon=":material/tour:", type="tertiary"):
        if not under_way:
            state.put(state.TOUR, 0)
        navigation.go(STEPS[state.get(state.TOUR)].place)


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


def panel(shown: str) -> None:
    """The step's words and buttons, at its own place only."""
    if state.get(state.TOUR_ENDED):
        state.drop(state.TOUR_ENDED)
        _remember()
    now = step()
    if now is None or not navigation.at(shown, now.place) or presenting():
        return
    number = int(state.get(state.TOUR))
    if now.place == STEPS[0].place and not state.get(state.LIVE_SOURCE):
        comparison_form.fill(*comparison_form.EXAMPLES[0][1:])
    with st.container(border=True, key="tour"):
        st.markdown(f":material/tour: **{number + 1}/{len(STEPS)} · {t(now.title)}**")
        st.markdown(now.text())
        asked = str(state.get(state.LIVE_SOURCE) or "")
        if now.place == STEPS[0].place and (english := gloss(asked)):
            st.caption(t("{text}: “{english}”", text=escaped(asked), english=escaped(english)))
        with st.container(horizontal=True, vertical_alignment="center"):
            _onward(now, number)
            st.button(t("End the tour"), key="tour_end", type="tertiary", on_click=end)


def _onward(now: Step, number: int) -> None:
    """The button that does the step's deed and leads to the next one."""
    waits = number == actions.FITTING and actions.fitted() is None
    if not st.button(
        t(now.onward), key="tour_next", type="primary", icon=":material/arrow_forward:", disabled=waits
    ):
        return
    now.deed()
    if number + 1 == len(STEPS):
        end()
        navigation.go("data/datasets")
    state.put(state.TOUR, number + 1)
    navigation.go(STEPS[number + 1].place, **actions.query())


def end() -> None:
    """Send the tour away, as a callback; the sidebar brings it back."""
    state.put(state.TOUR, OVER)
    state.put(state.TOUR_ENDED, True)


def _remember() -> None:
    """Let the browser know that its reader has seen the tour."""
    cookie = f"{COOKIE}={SEEN}; path=/; max-age=31536000; SameSite=Lax"
    st.html(f"<script>document.cookie = '{cookie}'</script>", unsafe_allow_javascript=True)
