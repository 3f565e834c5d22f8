"""Bad cases found in labelled data: how many of how many, by how wrong or how dear, to be ticked and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import BINARY, DEFAULT_CONFIDENCE, DOMAIN, KIND, SCORE, TEXT_A, TEXT_B, shown_tier
from calibration.costs.find_mistakes import COST, EXPECTED, GIVEN, MARGIN, SIDE, THRESHOLDS, FoundCases
from calibration.costs.mistake import FALSE_MERGE, MISSED_MERGE, SIDE_NAMES, SIDES
from calibration.scoring.score_pairs import TRUNCATED
from calibration.stats.intervals import proportion
from calibration.store import FIXED, BadCaseDraft
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.frame import navigation
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.notices import attempting, say, tell_from_fragment
from dashboard.components.review.cases.names import expectation_name
from dashboard.components.review.find.run import FindOutcome
from dashboard.components.shared import tables
from dashboard.components.shared.tiers import percents
from dashboard.i18n import escaped, joined, naming, t, tier_name, tn

PAGE: Final = 20
AT_ONCE: Final = 100
"""How many of the first cases are added by one press where none is ticked."""
ORDERS: Final = (MARGIN, COST)


@st.fragment
@guarding
def show(outcome: FindOutcome) -> None:
    """One domain's cases; only this part runs again when something on it changes."""
    tell_from_fragment()
    for name in outcome.unknown:
        st.caption(t("The policy does not cover the domain {domain}, so it was left out.", domain=escaped(name)))
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
    cases, known = _fresh(found.cases[found.cases[SIDE] == side] if side else found.cases, name)
    if known:
        st.caption(
            tn(
                "{count} more is left out: it is open, or was reviewed and rejected.",
                "{count} more are left out: they are open, or were reviewed and rejected.",
                known,
            )
        )
    if by == COST:
        cases = cases.sort_values([COST, MARGIN], ascending=False, kind="stable")
    if len(cases):
        _listing(cases, outcome)


def _fresh(cases: pd.DataFrame, domain: str) -> tuple[pd.DataFrame, int]:
    """The cases that are neither open nor rejected, and how many of those there are: so that the list goes on."""
    pairs = [(str(a), str(b), domain) for a, b in zip(cases[TEXT_A], cases[TEXT_B], strict=True)]
    known = resources.store().bad_cases.known(pairs)
    closed = [pair in known and known[pair].status != FIXED for pair in pairs]
    return cases[[not one for one in closed]], sum(closed)


def _order_name(by: str) -> str:
    return t("by distance") if by == MARGIN else t("by cost")


def sentence(found: FoundCases) -> str:
    """How many of the judged pairs are mistakes, with intervals, and who judged."""
    shares = {
        side: proportion(found.count(side), found.n, DEFAULT_CONFIDENCE) for side in (FALSE_MERGE, MISSED_MERGE)
    }
    judge = (
        t("Each pair was judged by thresholds fitted without its texts.")
        if found.out_of_fold
        else t("The policy's own thresholds were used.")
    )
    counted = t(
        "In **{domain}**, {merged} of {n} labelled pairs are false merges, {merged_share}, and {missed} are "
        "missed merges, {missed_share} (in brackets the 90% interval).",
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
                want=[
                    expectation_name(shown_tier(value, kind == BINARY))
                    for value, kind in zip(shown[EXPECTED], shown[KIND], strict=True)
                ],
                given=[
                    tier_name(shown_tier(value, kind == BINARY, lines))
                    for value, kind, lines in zip(shown[GIVEN], shown[KIND], shown[THRESHOLDS], strict=True)
                ],
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
        navigation.link("review/inbox", label=t("Review by keyboard"), icon=":material/keyboard:")


def _add_label(ticked: Sequence[int], chosen: pd.DataFrame, cases: pd.DataFrame) -> str:
    """What the button does: it adds those that are ticked, else the first ones in the order shown."""
    if ticked:
        return tn("Add {count} selected", "Add {count} selected", len(chosen))
    if len(chosen) == len(cases):
        return tn("Add the one case", "Add all {count} cases", len(cases))
    return t("Add the first {count}", count=len(chosen))


def drafts(chosen: pd.DataFrame, outcome: FindOutcome) -> list[BadCaseDraft]:
    """The chosen cases as reports."""
    homes = labelled_in(chosen, outcome.names)
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
            t("labelled in {names}", names=t(", ").join(homes[place])),
            "evaluation",
            actor(),
            row[THRESHOLDS],
            bool(row.get(TRUNCATED, False)),
        )
        for place, row in enumerate(chosen.to_dict("records"))
    ]


def labelled_in(chosen: pd.DataFrame, names: Sequence[str]) -> list[list[str]]:
    """For each row the datasets of these names that hold its pair; all names where none does any more."""
    asked = list(zip(chosen[TEXT_A], chosen[TEXT_B], chosen[DOMAIN], strict=True))
    found: list[list[str]] = [[] for _ in asked]
    for dataset in resources.store().datasets.list():
        if dataset.name not in names:
            continue
        frame = resources.dataset_frame(dataset)
        near = frame[frame[TEXT_A].isin(set(chosen[TEXT_A]))]
        there = set(zip(near[TEXT_A], near[TEXT_B], near[DOMAIN], strict=True))
        for place, pair in enumerate(asked):
            if pair in there:
                found[place].append(dataset.name)
    return [homes or list(names) for homes in found]


@attempting
def add(chosen: pd.DataFrame, outcome: FindOutcome) -> None:
    """Keep the chosen cases, as a callback."""
    new, known = resources.store().bad_cases.add_many(drafts(chosen, outcome))
    say(added(len(new), len(known)))


def added(new: int, known: int) -> str:
    """How many cases were recorded, and how many were there."""
    said = tn("Recorded {count} bad case.", "Recorded {count} bad cases.", new)
    if known:
        said = joined(said, tn("{count} was already open.", "{count} were already open.", known))
    return said
