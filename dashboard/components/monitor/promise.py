"""Does the promise of the policy in use still hold? Tests it on accepted live pairs, reviewed by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import shown_tier
from calibration.evaluation.watched_policy import WatchedTier
from calibration.policies.policy import Policy
from calibration.stats.formatting import asked_percent
from calibration.store import StoredPolicy
from calibration.store.answers import Answer, Taken
from calibration.store.live_pairs import LABEL, NOTE, SKIP, PairToReview
from dashboard import resources
from dashboard.actor import actor
from dashboard.api.pair_sampling import kept_a_day
from dashboard.components.frame.guard import guarding
from dashboard.components.frame.notices import tell_from_fragment
from dashboard.components.shared import answer_queue
from dashboard.components.shared.answer_queue import Board, Item, Key
from dashboard.components.shared.ask_name import ask_name
from dashboard.components.shared.saved_policies import title
from dashboard.components.shared.tiers import badge, percent
from dashboard.i18n import escaped, t, tier_name, tn

YES: Final = ("1", 1.0)
NO: Final = ("0", 0.0)


def show() -> None:
    """The section, top to bottom."""
    stored = resources.store().policies.current()
    if stored is None:
        st.info(t("No policy is in use yet, so there is no promise to watch."), icon=":material/policy:")
        return
    if not kept_a_day():
        st.info(
            t(
                "Live pairs are not kept: they are texts of users. The operator switches it on with "
                "`SIMTIER_KEEP_PAIRS=20`, the number of accepted pairs to review a day in each domain; "
                "`simtier watch` judges pairs that were reviewed elsewhere."
            ),
            icon=":material/visibility_off:",
        )
    if actor():
        _watching(stored)
    elif _promises(stored):  # outside of the fragment, so that the sidebar shows the name at once
        ask_name(t("Enter your name first, so that your labels are kept apart from those of others."))


@st.fragment
@guarding
def _watching(stored: StoredPolicy) -> None:
    """Only this part runs again when answers come in."""
    tell_from_fragment()
    if _promises(stored):
        _queue(stored)


def _promises(stored: StoredPolicy) -> bool:
    """What is known of each promise; whether there is any."""
    found = resources.service().promise.look()
    if not found:
        st.info(
            t("The policy in use promises no precision, so there is nothing to watch."), icon=":material/policy:"
        )
        return False
    st.caption(escaped(title(stored)))
    for one in found:
        st.markdown("- " + sentence(one))
    st.table(table(found), border="horizontal", hide_index=True)
    st.caption(
        t(
            "Accepted pairs are drawn at random each day. The interval holds however often you look; of "
            "policies that "
            "keep their promise at most one in ten is ever accused. An alarm goes to the log, to `/metrics` and to "
            "the webhooks."
        )
    )
    return True


def sentence(one: WatchedTier) -> str:
    """One promise in a line."""
    rate = one.rate
    fields = {
        "domain": f"**{escaped(one.domain)}**",
        "tier": badge(shown_tier(one.tier, one.binary)),
        "promised": asked_percent(rate.precision),
    }
    if not rate.n:
        return t(
            ":gray[:material/hourglass_empty:] {domain}: {tier} promises {promised}; no accepted pair is "
            "reviewed yet.",
            **fields,
        )
    fields |= {"n": f"{rate.n:,}", "wrong": f"{rate.wrong:,}"}
    if rate.broken:
        return t(
            ":red[:material/warning:] {domain}: {tier} promises {promised}, and **the promise is broken**: "
            "{wrong} of "
            "{n} reviewed pairs are wrong. Take the policy back or calibrate on new labels.",
            **fields,
        )
    return t(
        ":green[:material/check_circle:] {domain}: {tier} promises {promised}, and it holds so far: {wrong} of {n} "
        "reviewed pairs are wrong.",
        **fields,
    )


def table(found: Sequence[WatchedTier]) -> pd.DataFrame:
    """The numbers behind the sentences."""
    return pd.DataFrame(
        [
            {
                t("Domain"): escaped(one.domain),
                t("Tier"): badge(shown_tier(one.tier, one.binary)),
                t("Promised"): asked_percent(one.rate.precision),
                t("Reviewed"): f"{one.rate.n:,}",
                t("Wrong"): f"{one.rate.wrong:,}",
                t("Precision in use"): f"{percent(one.rate.low)} – {percent(one.rate.high)}" if one.rate.n else "–",
            }
            for one in found
        ]
    )


def _queue(stored: StoredPolicy) -> None:
    """The accepted pairs that nobody has reviewed, by keyboard."""
    st.subheader(t("Review accepted pairs"), anchor=False)
    name = actor()
    pairs = resources.store().live_pairs
    taken = pairs.take(stored.id, name)
    total, held = pairs.waiting(stored.id, name)
    answer_queue.show(
        "watch_queue",
        answer_queue.place("watch", stored.publication or stored.id),
        [_item(one, stored.policy) for one in taken],
        board(total, held),
        lambda answers: _take(name, answers),
    )


def _take(name: str, answers: Sequence[Answer]) -> Taken:
    return resources.store().live_pairs.answer(name, answers)


def _item(one: PairToReview, policy: Policy) -> Item:
    tier = tier_name(policy.shown(one.tier, one.domain))
    head = t("{domain} · accepted as {tier}", domain=one.domain, tier=tier)
    return Item(one.id, one.text_a, one.text_b, head + (" · " + t("skipped before") if one.skipped else ""))


def board(waiting: int, held: int) -> Board:
    """Right or wrong, and the rest."""
    empty = (
        t("Other people are labelling the remaining pairs. Check again later.")
        if held
        else tn(
            "No pair waits; {count} a day and domain is kept.",
            "No pair waits; {count} a day and domain are kept.",
            kept_a_day(),
        )
    )
    return Board(
        keys=(
            Key(YES[0], LABEL, t("Rightly accepted"), YES[1]),
            Key(NO[0], LABEL, t("Wrongly accepted"), NO[1]),
            Key("S", SKIP, t("Skip"), tone="quiet"),
        ),
        back=Key("B", "back", t("Back")),
        note=Key("E", NOTE, t("Note")),
        counted=(LABEL,),
        done=0,
        total=waiting,
        empty=empty,
        count=t("{done} of {total} reviewed"),
    )
