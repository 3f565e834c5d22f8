"""Bad cases found in labelled data: how many of how many, by how wrong or how dear, to be ticked and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from calibration.bad_cases_found import COST, EXPECTED, GIVEN, MARGIN, SIDE, THRESHOLDS, FoundCases
from calibration.columns import SCORE, TEXT_A, TEXT_B
from calibration.intervals import proportion
from calibration.score import TRUNCATED
from calibration.store import BadCaseDraft
from calibration.wrong_side import FALSE_MERGE, MISSED_MERGE, SIDE_NAMES, SIDES
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.cases.names import expectation_name
from dashboard.components.find_cases.run import FindOutcome
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.notices import attempting, say, tell_from_fragment
from dashboard.components.shared import tables
from dashboard.components.shared.tiers import percents
from dashboard.i18n import escaped, joined, naming, t, tier_name, tn

PAGE: Final = 20
AT_ONCE: Final = 100
"""How many of the first cases are added by one press where none is ticked."""
CONFIDENCE: Final = 0.9
ORDERS: Final = (MARGIN, COST)


@st.fragment
@guarding
def show(outcome: FindOutcome) -> None:
    """One domain's cases; only this part runs again when something on it changes."""
    tell_from_fragment()
    for name in outcome.unknown:
        st.caption(t("The policy does not know the domain {domain}, so it was left out.", domain=escaped(name)))
    names = list(outcome.found)
    if not names:
        return
    if state.get(state.FIND_DOMAIN) not in names:
        state.drop(state.FIND_DOMAIN)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(t("Domain"), names, key=state.FIND_DOMAIN, persist_state="session", width=220)
        sides = ("", *SIDES)
        words = naming(sides, lambda side: t(SIDE_NAMES[side]) if side else t("all"))
        side = st.selectbox(
            t("Mistake"), sides, key=state.FIND_SIDE, format_func=words, persist_state="session", width=200
        )
        by = st.segmented_control(
            t("Order"), ORDERS, default=MARGIN, key=state.FIND_ORDER, format_func=naming(ORDERS, _order_name)
        )
    found = outcome.found[name]
    st.markdown(sentence(found))
    for note in found.notes:
        st.caption(note.explain(state.locale()))
    cases = found.cases[found.cases[SIDE] == side] if side else found.cases
    if by == COST:
        cases = cases.sort_values([COST, MARGIN], ascending=False, kind="stable")
    if len(cases):
        _listing(cases, outcome)


def _order_name(by: str) -> str:
    return t("by how far wrong") if by == MARGIN else t("by cost")


def sentence(found: FoundCases) -> str:
    """How many of the judged pairs are mistakes, with intervals, and who judged."""
    shares = {side: proportion(found.count(side), found.n, CONFIDENCE) for side in (FALSE_MERGE, MISSED_MERGE)}
    judge = (
        t("Each pair was judged by thresholds fitted without its texts.")
        if found.out_of_fold
        else t("The thresholds were taken as they are.")
    )
    counted = t(
        "In **{domain}**, of {n} labelled pairs {merged} were merged falsely, {merged_share}, and the merge of "
        "{missed} was missed, {missed_share} (in brackets the 90% interval).",
        domain=escaped(found.domain),
        n=f"{found.n:,}",
        merged=f"**{found.count(FALSE_MERGE):,}**",
        merged_share=percents(shares[FALSE_MERGE], 1),
        missed=f"**{found.count(MISSED_MERGE):,}**",
        missed_share=percents(shares[MISSED_MERGE], 1),
    )
    return joined(counted, judge)


def _listing(cases: pd.DataFrame, outcome: FindOutcome) -> None:
    """A page of cases to tick."""
    bar, place = st.container(), st.container()
    rows = tables.page_of(len(cases), state.FIND_PAGE, PAGE)
    shown = cases.iloc[rows]
    with place:
        event = st.dataframe(
            shown.assign(
                want=[expectation_name(value) for value in shown[EXPECTED]],
                given=[tier_name(value) for value in shown[GIVEN]],
                side=[t(SIDE_NAMES[value]) for value in shown[SIDE]],
            )[[TEXT_A, TEXT_B, "given", "want", SCORE, MARGIN, COST, "side"]],
            key=f"find_table_{hash(tuple(shown.index))}_{rows.start}_{shown[TEXT_A].iloc[0]}",
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            lazy=False,
            alt=t("Bad cases found"),
            column_config={
                TEXT_A: tables.text(t("Text A"), 205),
                TEXT_B: tables.text(t("Text B"), 205),
                "given": tables.text(t("Judged"), 80),
                "want": tables.text(t("Expected"), 95),
                SCORE: tables.score(t("Score")),
                MARGIN: st.column_config.NumberColumn(t("Off by"), format="%.4f", width=70),
                COST: st.column_config.NumberColumn(t("Cost"), format="%.1f", width=55),
                "side": tables.text(t("Mistake"), 110),
            },
        )
    ticked = [row for row in event["selection"]["rows"] if row < len(shown)]
    with bar, st.container(horizontal=True, vertical_alignment="center"):
        st.caption(tn("{count} case.", "{count} cases.", len(cases)), width="content")
        chosen = shown.iloc[ticked] if ticked else cases.head(AT_ONCE)
        label = _add_label(ticked, chosen, cases)
        st.button(label, key="find_add", type="primary", on_click=add, args=(chosen, outcome))
        st.page_link("views/triage.py", label=t("Sort out by keyboard"), icon=":material/keyboard:")


def _add_label(ticked: Sequence[int], chosen: pd.DataFrame, cases: pd.DataFrame) -> str:
    """What the button does: it adds those that are ticked, else the first ones in the order shown."""
    if ticked:
        return tn("Add {count} selected", "Add {count} selected", len(chosen))
    if len(chosen) == len(cases):
        return tn("Add the one case", "Add all {count} cases", len(cases))
    return t("Add the first {count}", count=len(chosen))


def drafts(chosen: pd.DataFrame, outcome: FindOutcome) -> list[BadCaseDraft]:
    """The chosen cases as reports."""
    names = t(", ").join(outcome.names)
    return [
        BadCaseDraft(
            row[TEXT_A],
            row[TEXT_B],
            row[EXPECTED],
            row["domain"],
            float(row[SCORE]),
            row[GIVEN],
            outcome.policy.id if outcome.policy else None,
            outcome.fingerprint,
            t("labelled in {names}", names=names),
            "evaluation",
            actor(),
            row[THRESHOLDS],
            bool(row.get(TRUNCATED, False)),
        )
        for row in chosen.to_dict("records")
    ]


@attempting
def add(chosen: pd.DataFrame, outcome: FindOutcome) -> None:
    """Keep the chosen cases, as a callback."""
    new, known = resources.store().bad_cases.add_many(drafts(chosen, outcome))
    say(added(len(new), len(known)))


def added(new: int, known: int) -> str:
    """How many cases were recorded, and how many were there."""
    said = tn("Recorded {count} bad case.", "Recorded {count} bad cases.", new)
    if known:
        said = joined(said, tn("{count} was open already.", "{count} were open already.", known))
    return said
