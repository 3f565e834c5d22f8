"""Report a pair as a bad case, from wherever a score is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from calibration.columns import DEFAULT_DOMAIN, NOT_SAME, TIERS, UNRELATED
from calibration.policies.tiers import PUBLISHED
from calibration.store import BadCaseDraft
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.notices import attempting, say
from dashboard.components.review.cases.names import case_words, expectation_name, status_name
from dashboard.i18n import escaped, naming, t, tier_name

if TYPE_CHECKING:
    from dashboard.components.compare.form import Query
    from dashboard.components.compare.verdict import Verdict

DRAFT: Final = "report_draft"
EXPECTED: Final = "report_expected"
NOTE: Final = "report_note"
ROUND: Final = "report_round"


def report_button(number: int, query: Query, verdict: Verdict) -> None:
    """A small button that opens the report of one answer; where the pair is reported already, that is said."""
    pair = (query.source, verdict.text.target, query.domain or DEFAULT_DOMAIN)
    known = resources.store().bad_cases.known([pair]).get(pair)
    if known is not None:
        st.caption(t("already reported: {status}", status=status_name(known.status)))
    answered = query.policy.domain(query.domain).thresholds if query.policy and verdict.tier else PUBLISHED
    draft = BadCaseDraft(
        text_a=query.source,
        text_b=verdict.text.target,
        expected=verdict.tier or verdict.published,
        domain=query.domain or DEFAULT_DOMAIN,
        score=verdict.text.score,
        tier_given=verdict.tier or verdict.published,
        policy_id=query.policy.id if query.policy else None,
        fingerprint=resources.encoder().fingerprint,
        source="live",
        thresholds=dict(answered),
        truncated=bool(verdict.text.cut_source or verdict.text.cut_target),
    )
    st.button(
        t("Wrong?"),
        key=f"report_{number}",
        icon=":material/flag:",
        type="tertiary",
        help=t("Report this as a bad case"),
        on_click=open_report,
        args=(draft,),
    )


def open_report(draft: BadCaseDraft) -> None:
    """Begin a report, as a callback; a late keystroke in the last one reaches none of its widgets."""
    state.put(DRAFT, draft)
    state.put(ROUND, int(state.get(ROUND) or 0) + 1)


def _key(name: str) -> str:
    return f"{name}_{state.get(ROUND)}"


def _close() -> None:
    state.drop(DRAFT)


@attempting
def _save(draft: BadCaseDraft) -> None:
    """Keep the report, as a callback."""
    filled = replace(
        draft, expected=state.get(_key(EXPECTED)), note=(state.get(_key(NOTE)) or "").strip(), reporter=actor()
    )
    case, created = resources.store().bad_cases.add(filled)
    _close()
    if created:
        say(t("Bad case {id} is recorded.", id=case.id))
    else:
        say(t("This pair is already open as bad case {id}; your report was added to its history.", id=case.id))


@guarding
def _body() -> None:
    """Inside the dialog: the pair, what it should have been, why."""
    draft: BadCaseDraft | None = state.get(DRAFT)
    if draft is None:
        st.rerun()
    with st.container(border=True):
        st.markdown(escaped(draft.text_a))
        st.markdown(escaped(draft.text_b))
    words = case_words()
    given = tier_name(words(draft.tier_given or "", draft.domain, draft.thresholds))
    st.caption(t("It was judged: {tier}. What should it have been?", tier=given))
    answers = words.expectations(draft.domain) if words.binary(draft.domain) else TIERS
    expected = st.segmented_control(
        t("Expected"),
        answers,
        key=_key(EXPECTED),
        format_func=naming(answers, lambda one: expectation_name(words(one, draft.domain))),
    )
    agreed = expected == draft.tier_given or (expected == NOT_SAME and draft.tier_given == UNRELATED)
    if agreed:
        st.caption(t("This is the tier it already has; choose another one."))
    st.text_area(t("Note"), key=_key(NOTE), height=80, placeholder=t("Why is it wrong? Optional."))
    ready = expected is not None and not agreed
    if st.button(t("Report"), key="report_save", type="primary", disabled=not ready, on_click=_save, args=(draft,)):
        st.rerun()


def show_report() -> None:
    """The report's dialog, while one is open."""
    if state.get(DRAFT) is not None:
        st.dialog(t("Report a bad case"), on_dismiss=_close)(_body)()
