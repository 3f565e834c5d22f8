"""Live comparison: what is asked, and each answer as a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from calibration.clean import CleaningOptions
from calibration.columns import DEFAULT_DOMAIN, THRESHOLD_TIERS
from calibration.decide import published_tier, scoring_options
from calibration.errors import N_
from calibration.fit import PUBLISHED
from calibration.policy import Policy
from calibration.score import ScoringOptions, Segments, TextScore
from dashboard import resources, state
from dashboard.components.policies import fits_model, title
from dashboard.components.report_case import report_button
from dashboard.components.tiers import badge, percent, score_bar
from dashboard.i18n import escaped, naming, t

SEGMENTS: Final[dict[Segments, str]] = {
    "none": N_("Cut off what is too long"),
    "max": N_("By sentence: the best match counts"),
    "mean": N_("By sentence: the average counts"),
}
EXAMPLES: Final = (
    (
        N_("Negation"),
        "ecommerce",
        "这件衣服支持七天无理由退货吗",
        "这件衣服不支持七天无理由退货吗\n买了不喜欢，七天内可以退吗\n这件衣服多久能发货\n怎么开发票",
    ),
    (
        N_("Amounts"),
        "bank",
        "信用卡分3期手续费多少",
        "信用卡分12期手续费多少\n信用卡账单分三期要收多少手续费\n信用卡怎么提额\n今天天气怎么样",
    ),
    (
        N_("Swapped roles"),
        "legal",
        "甲方向乙方支付违约金",
        "乙方向甲方支付违约金\n违约金由甲方付给乙方\n甲方与乙方签订合同\n合同自签字之日起生效",
    ),
)


def segments_name(mode: str) -> str:
    """A way to compare long texts in words."""
    return t(next(name for key, name in SEGMENTS.items() if key == mode))


@dataclass(frozen=True)
class Query:
    """What is compared, and by which policy; without one, `options` are the user's own."""

    source: str
    targets: tuple[str, ...]
    policy: Policy | None
    domain: str | None
    options: ScoringOptions


@dataclass(frozen=True)
class Verdict:
    """One answer: the scored texts, the policy's tier (None without a policy) and the published one."""

    text: TextScore
    tier: str | None
    published: str
    provenance: str


def examples() -> None:
    """Three typical traps, one click each; each in the domain it comes from, where there is that domain."""

    def fill(domain: str, source: str, targets: str) -> None:
        state.put(state.LIVE_DOMAIN, domain)
        state.put(state.LIVE_SOURCE, source)
        state.put(state.LIVE_TARGETS, targets)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("Try an example:"), width="content")
        for number, (name, *texts) in enumerate(EXAMPLES):
            st.button(t(name), key=f"example_{number}", on_click=fill, args=tuple(texts))


def ask() -> Query:
    """The form: texts on the left, how to judge them on the right."""
    with st.container(border=True):
        left, right = st.columns([3, 2], gap="large")
        with left:
            source = st.text_area(
                t("Sentence"), key=state.LIVE_SOURCE, height=80, persist_state="session", placeholder=t("One text")
            )
            targets = st.text_area(
                t("Compare with"),
                key=state.LIVE_TARGETS,
                height=150,
                persist_state="session",
                placeholder=t("One text a line"),
            )
            examples()
        with right:
            policy = _choose_policy()
            domain = _choose_domain(policy)
            options = _choose_options(policy)
            st.button(
                t("Compare"), type="primary", key="live_go", icon=":material/compare_arrows:", width="stretch"
            )
    lines = tuple(line.strip() for line in (targets or "").splitlines() if line.strip())
    return Query((source or "").strip(), lines, policy, domain, options)


def _choose_policy() -> Policy | None:
    """The policy to judge by: the one in use until the user picks another, and again once that changes."""
    saved = {stored.id: stored for stored in resources.store().policies.list()}
    current = resources.store().policies.current()
    choices = [*saved, ""]
    in_use = current.id if current else ""
    if state.get(state.LIVE_POLICY_SEEN) != in_use or state.get(state.LIVE_POLICY) not in choices:
        state.put(state.LIVE_POLICY_SEEN, in_use)
        state.put(state.LIVE_POLICY, in_use)
    chosen = st.selectbox(
        t("Policy"),
        choices,
        key=state.LIVE_POLICY,
        format_func=naming(choices, lambda key: title(saved[key]) if key else t("None: published thresholds only")),
        persist_state="session",
        help=t("A policy holds the thresholds that were calibrated on your own labelled pairs."),
    )
    return saved[chosen].policy if chosen else None


def _choose_domain(policy: Policy | None) -> str | None:
    """The domain whose thresholds apply; without a policy it only says where a bad case belongs."""
    if policy is None:
        known = sorted({name for dataset in resources.store().datasets.list() for name in dataset.domains})
    else:
        known = sorted(policy.domains)
    choices = known or [DEFAULT_DOMAIN]
    if state.get(state.LIVE_DOMAIN) not in choices:
        state.drop(state.LIVE_DOMAIN)
    return st.selectbox(t("Domain"), choices, key=state.LIVE_DOMAIN, persist_state="session")


def _choose_options(policy: Policy | None) -> ScoringOptions:
    """How texts are cleaned and cut: the user's choice, or the policy's where there is one."""
    with st.expander(t("Long texts and cleaning"), icon=":material/tune:"):
        if policy is not None:
            fixed = scoring_options(policy)
            st.caption(t("These belong to the policy: its thresholds hold only for scores made this way."))
            st.markdown(f"- {segments_name(fixed.segments)}")
            mapped = (
                t("Punctuation is mapped to ASCII") if fixed.cleaning.map_punctuation else t("Punctuation is kept")
            )
            st.markdown(f"- {mapped}")
            return fixed
        segments = st.selectbox(
            t("Texts longer than the model reads"),
            list(SEGMENTS),
            format_func=naming(SEGMENTS, segments_name),
            key=state.LIVE_SEGMENTS,
            persist_state="session",
        )
        mapping = st.toggle(t("Map punctuation to ASCII"), key=state.LIVE_PUNCTUATION, persist_state="session")
    return ScoringOptions(cleaning=CleaningOptions(map_punctuation=mapping), segments=segments)


def verdicts(query: Query, texts: Sequence[TextScore]) -> list[Verdict]:
    """Each scored text with what the policy and the published thresholds make of it."""
    policy = query.policy if query.policy is not None and fits_model(query.policy) else None
    found = []
    for text in texts:
        tier = policy.tier(text.score, query.domain) if policy else None
        provenance = policy.provenance(query.domain, tier) if policy and tier in THRESHOLD_TIERS else ""
        found.append(Verdict(text, tier, published_tier(text.score), provenance))
    return found


def marks(query: Query) -> Mapping[str, float | None]:
    """The thresholds to mark on the bars."""
    return query.policy.domain(query.domain).thresholds if query.policy else PUBLISHED


def card(number: int, verdict: Verdict, query: Query) -> None:
    """One answer: score and bar, text, both verdicts, and a way to object."""
    text = verdict.text
    with st.container(border=True, key=f"answer_{number}"):
        score, body, judged, act = st.columns([1.2, 3.6, 2.4, 0.9], vertical_alignment="center", gap="medium")
        with score:
            st.markdown(f"### {percent(max(0.0, text.score))}", help=t("Cosine {score}", score=f"{text.score:.6f}"))
            score_bar(text.score, verdict.tier or verdict.published, marks(query))
        with body:
            st.markdown(escaped(text.target))
            _notes(text)
        with judged:
            if verdict.tier:
                checked = " ✓" if verdict.provenance == "certified" else ""
                st.markdown(f"{t('Policy')} {badge(verdict.tier, checked)}", help=_meaning(verdict))
            st.markdown(
                f":small[{t('Published thresholds')}] {badge(verdict.published)}",
                help=t("0.85 / 0.70 / 0.50, published for everybody; not calibrated for this model."),
            )
        with act:
            report_button(number, query, verdict)


def _meaning(verdict: Verdict) -> str:
    """What stands behind the policy's tier."""
    if verdict.provenance == "certified":
        return t("✓ this threshold is certified on labelled pairs")
    if verdict.provenance == "manual":
        return t("This threshold was set by hand; no certificate covers it.")
    return t("Below every threshold of this domain.")


def _notes(text: TextScore) -> None:
    """What cleaning changed, and what the model did not read."""
    for name, cleaned, cut, tokens in (
        (t("Sentence"), text.cleaned_source, text.cut_source, text.tokens_source),
        (t("This line"), text.cleaned_target, text.cut_target, text.tokens_target),
    ):
        if cleaned.changes:
            steps = t(", ").join(t(change) for change in cleaned.changes)
            st.caption(t(":material/cleaning_services: {what}: {steps}", what=name, steps=steps), help=cleaned.text)
        if cut:
            st.warning(
                t(
                    "{what} has {tokens} tokens, more than the model reads. Not read: “{cut}”",
                    what=name,
                    tokens=tokens,
                    cut=escaped(cut if len(cut) <= 80 else cut[:80] + "…"),
                ),
                icon=":material/content_cut:",
            )


def table(found: Sequence[Verdict], query: Query) -> pd.DataFrame:
    """The answers as rows, for a file."""
    return pd.DataFrame(
        {
            "source": query.source,
            "target": [verdict.text.target for verdict in found],
            "score": [verdict.text.score for verdict in found],
            "tier": [verdict.tier or "" for verdict in found],
            "published_tier": [verdict.published for verdict in found],
            "domain": query.domain or "",
            "policy": f"{query.policy.name} v{query.policy.version}" if query.policy else "",
        }
    )
