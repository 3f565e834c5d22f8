"""What the gate found, in words: what speaks against publishing first, then what changes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, TEXT_A, TEXT_B
from calibration.gate import SCORE_CANDIDATE
from calibration.gate_result import BREAKS, FPR, CaseOutcome, DomainMoves, GateResult
from calibration.judged import TIER_A, TIER_B
from dashboard import state
from dashboard.components.cases.names import expectation_name
from dashboard.components.shared import tables
from dashboard.components.shared.tiers import percent
from dashboard.gating import Checked
from dashboard.i18n import escaped, joined, t, tier_name, tn


def show(checked: Checked) -> None:
    """The verdict, its reasons, and what would change."""
    found = checked.result
    verdict(found)
    if found.lost:
        _cases(t("Bad cases that would go wrong again"), found.lost)
    if found.broken:
        _broken(found)
    if found.won:
        with st.expander(tn("{count} bad case would be right", "{count} bad cases would be right", len(found.won))):
            _cases("", found.won)
    moves(checked)


def verdict(found: GateResult) -> None:
    """One sentence, and the reasons for it."""
    if found.passed:
        judged = tn(
            "Nothing speaks against it: of {count} confirmed bad case none is lost, and every certificate holds.",
            "Nothing speaks against it: of {count} confirmed bad cases none is lost, and every certificate holds.",
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
            "Of {count} confirmed bad case none is lost.",
            "Of {count} confirmed bad cases none is lost.",
            found.judged,
        )
        st.caption(said)


def _cases(title: str, cases: Sequence[CaseOutcome]) -> None:
    """Cases with what both versions say."""
    if title:
        st.markdown(f"**{title}**")
    rows = [
        {
            "id": case.case_id,
            "domain": case.domain,
            "text_a": case.text_a,
            "text_b": case.text_b,
            "expected": expectation_name(case.expected),
            "current": tier_name(case.tier_current) if case.tier_current else "–",
            "candidate": tier_name(case.tier_candidate) if case.tier_candidate else "–",
        }
        for case in cases[:200]
    ]
    columns = {
        "id": st.column_config.NumberColumn(t("No."), width=55),
        "domain": tables.text(t("Domain"), "small"),
        "text_a": tables.text(t("Text A")),
        "text_b": tables.text(t("Text B")),
        "expected": tables.text(t("Expected"), "small"),
        "current": tables.text(t("In use says"), "small"),
        "candidate": tables.text(t("New one says"), "small"),
    }
    st.dataframe(pd.DataFrame(rows), column_config=columns, hide_index=True, lazy=False, alt=t("Bad cases"))


def _broken(found: GateResult) -> None:
    """Broken certificates, a line each."""
    st.markdown(f"**{t('Certificates that would no longer hold')}**")
    for broken in found.broken:
        held = t("promised so far: nothing")
        if broken.current is not None:
            promised = percent(broken.current, 0)
            held = (
                t("promised so far: at most {share} of the negatives", share=promised)
                if broken.measure == FPR
                else t("promised so far: precision {share}", share=promised)
            )
        place = f"**{escaped(broken.domain)}** · {tier_name(broken.tier)}"
        st.markdown(f"- {place}: {t(BREAKS[broken.how])} ({held})")


def moves(checked: Checked) -> None:
    """How many stored pairs change their tier, by domain, and which."""
    found = checked.result.moves
    if not found:
        st.caption(t("No stored pairs of a domain that both versions know."))
        return
    for domain in found:
        st.markdown("- " + sentence(domain))
    if len(checked.changed):
        with st.expander(t("Pairs whose tier changes"), icon=":material/swap_vert:"):
            _changed(checked.changed)


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
        said = joined(said, t("Counted on a random draw out of {total}.", total=f"{domain.total:,}"))
    return said


def _changed(changed: pd.DataFrame) -> None:
    """The pairs, a page at a time."""
    columns = {
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
        "tier_of_a": tables.text(t("Tier in A"), "small"),
        "tier_of_b": tables.text(t("Tier in B"), "small"),
        SCORE_CANDIDATE: tables.score(t("Score")),
        DOMAIN: tables.text(t("Domain"), "small"),
    }
    tables.paged(changed, state.GATE_PAGE, columns, t("Pairs whose tier changes"), size=10, words=_named)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with tiers in words."""
    return rows.assign(
        tier_of_a=[tier_name(tier) for tier in rows[TIER_A]], tier_of_b=[tier_name(tier) for tier in rows[TIER_B]]
    )
