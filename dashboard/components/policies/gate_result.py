"""What the gate found, in words: the reasons against publishing first, then what changes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, TEXT_A, TEXT_B
from calibration.comparison.paired_decisions import TIER_A, TIER_B
from calibration.policies.gate import SCORE_CANDIDATE
from calibration.policies.gate_result import BREAKS, FPR, CaseOutcome, DomainMoves, GateResult
from calibration.policies.policy import Policy
from dashboard import state
from dashboard.components.review.cases.names import expectation_name
from dashboard.components.shared import tables
from dashboard.components.shared.tiers import percent
from dashboard.i18n import escaped, joined, t, tier_name, tn
from dashboard.jobs.gate import Checked


def show(checked: Checked) -> None:
    """The verdict, its reasons, and what would change."""
    found = checked.result
    verdict(found)
    if found.lost:
        _cases(t("Bad cases that would go wrong again"), found.lost, checked)
    if found.broken:
        _broken(checked)
    if found.won:
        with st.expander(tn("{count} bad case would be right", "{count} bad cases would be right", len(found.won))):
            _cases("", found.won, checked)
    moves(checked)


def verdict(found: GateResult) -> None:
    """One sentence, and the reasons for it."""
    if found.passed and not found.judged:
        st.info(
            t(
                "Every certificate holds. There is no confirmed bad case to check yet, so nothing is known about "
                "mistakes that users have reported."
            ),
            icon=":material/info:",
        )
        return
    if found.passed:
        judged = tn(
            "Safe to publish: the {count} confirmed bad case does not get worse, and every certificate holds.",
            "Safe to publish: none of the {count} confirmed bad cases gets worse, and every certificate holds.",
            found.judged,
        )
        st.success(judged, icon=":material/check_circle:")
        return
    reasons = [
        t(reason.message, **{name: escaped(value) for name, value in reason.params}) for reason in found.reasons()
    ]
    st.error(t("Publishing this would lose something:") + "\n" + "\n".join(f"- {line}" for line in reasons))
    if found.judged and not found.lost:
        said = tn(
            "The {count} confirmed bad case does not get worse.",
            "None of the {count} confirmed bad cases gets worse.",
            found.judged,
        )
        st.caption(said)


def _cases(title: str, cases: Sequence[CaseOutcome], words: Checked) -> None:
    """Cases with what both versions say."""
    if title:
        st.markdown(f"**{title}**")
    rows = [
        {
            "id": case.case_id,
            "domain": case.domain,
            "text_a": case.text_a,
            "text_b": case.text_b,
            "expected": expectation_name(words.shown(case.expected, case.domain)),
            "current": _tier(words.current, case.tier_current, case.domain),
            "candidate": _tier(words.candidate, case.tier_candidate, case.domain),
        }
        for case in cases[:200]
    ]
    columns = {
        "id": st.column_config.NumberColumn(t("No."), width=55),
        "domain": tables.text(t("Domain"), "small"),
        "text_a": tables.text(t("Text A")),
        "text_b": tables.text(t("Text B")),
        "expected": tables.text(t("Expected"), "small"),
        "current": tables.text(t("Tier by policy in use"), "small"),
        "candidate": tables.text(t("Tier by new policy"), "small"),
    }
    st.dataframe(pd.DataFrame(rows), column_config=columns, hide_index=True, lazy=False, alt=t("Bad cases"))


def _broken(checked: Checked) -> None:
    """Broken certificates, a line each."""
    st.markdown(f"**{t('Certificates that would no longer hold')}**")
    for broken in checked.result.broken:
        held = t("promised so far: nothing")
        if broken.current is not None:
            promised = percent(broken.current, 0)
            held = (
                t("promised so far: at most {share} of the negatives", share=promised)
                if broken.measure == FPR
                else t("promised so far: precision {share}", share=promised)
            )
        place = f"**{escaped(broken.domain)}** · {tier_name(checked.shown(broken.tier, broken.domain))}"
        st.markdown(f"- {place}: {t(BREAKS[broken.how])} ({held})")


def moves(checked: Checked) -> None:
    """How many stored pairs change their tier, by domain, and which."""
    found = checked.result.moves
    if not found:
        st.caption(t("No stored pairs in a domain that both versions cover."))
        return
    for domain in found:
        st.markdown("- " + sentence(domain))
    if len(checked.changed):
        with st.expander(t("Pairs whose tier changes"), icon=":material/swap_vert:"):
            _changed(checked)


def sentence(domain: DomainMoves) -> str:
    """One domain's change, with the number of pairs that it was counted on."""
    said = tn(
        "**{domain}**: **{count}** of {n} stored pairs changes its tier ({share}).",
        "**{domain}**: **{count}** of {n} stored pairs change their tier ({share}).",
        domain.changed,
        domain=escaped(domain.domain),
        n=f"{domain.n:,}",
        share=percent(domain.changed / domain.n) if domain.n else "–",
    )
    if domain.total > domain.n:
        said = joined(said, t("Counted on a random sample out of {total}.", total=f"{domain.total:,}"))
    return said


def _changed(checked: Checked) -> None:
    """The pairs, a page at a time."""
    columns = {
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
        "tier_of_a": tables.text(t("Tier in A"), "small"),
        "tier_of_b": tables.text(t("Tier in B"), "small"),
        SCORE_CANDIDATE: tables.score(t("Score")),
        DOMAIN: tables.text(t("Domain"), "small"),
    }

    def named(rows: pd.DataFrame) -> pd.DataFrame:
        sides = ((TIER_A, checked.current), (TIER_B, checked.candidate))
        first, second = (
            [_tier(policy, tier, str(domain)) for tier, domain in zip(rows[side], rows[DOMAIN], strict=True)]
            for side, policy in sides
        )
        return rows.assign(tier_of_a=first, tier_of_b=second)

    tables.paged(checked.changed, state.GATE_PAGE, columns, t("Pairs whose tier changes"), size=10, words=named)


def _tier(policy: Policy, tier: str | None, domain: str) -> str:
    """A tier that a policy gives, in words."""
    return tier_name(policy.shown(tier, domain)) if tier else "–"
