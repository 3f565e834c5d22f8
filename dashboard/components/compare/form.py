"""Live comparison: what is asked, and how it is to be judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from calibration.columns import DEFAULT_DOMAIN
from calibration.errors import N_
from calibration.policies.policy import Policy
from calibration.scoring.score_pairs import ScoringOptions
from dashboard import resources, state
from dashboard.components.frame.presentation import controls
from dashboard.components.shared import scoring_options
from dashboard.components.shared.saved_policies import title
from dashboard.i18n import escaped, naming, t

MOST_LINES: Final = 500
MOST_SOURCES: Final = 50

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


@dataclass(frozen=True)
class Query:
    """What is compared, and by which policy; without one, `options` are the user's own.

    sources: all sentences; source: the one whose answers are shown.
    """

    source: str
    targets: tuple[str, ...]
    policy: Policy | None
    domain: str | None
    options: ScoringOptions
    sources: tuple[str, ...] = ()


def fill(domain: str, source: str, targets: str) -> None:
    """Put texts into the form, before it is drawn or as a callback."""
    state.put(state.LIVE_DOMAIN, domain)
    state.put(state.LIVE_SOURCE, source)
    state.put(state.LIVE_TARGETS, targets)


def swap() -> None:
    """Put the sentence where the lines are and the lines where it is, as a callback."""
    source, targets = state.get(state.LIVE_SOURCE), state.get(state.LIVE_TARGETS)
    state.put(state.LIVE_SOURCE, targets or "")
    state.put(state.LIVE_TARGETS, source or "")


def examples() -> None:
    """Three typical traps, one click each; each in the domain it comes from, where there is that domain."""

    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("Try an example:"), width="content")
        for number, (name, *texts) in enumerate(EXAMPLES):
            st.button(t(name), key=f"example_{number}", on_click=fill, args=tuple(texts))


def ask(beside: Callable[[], None] = lambda: None) -> Query:
    """The form: two boxes and a button; how to judge, and what `beside` asks for, is folded away."""
    with st.container(border=True):
        source = st.text_area(
            t("Sentence"),
            key=state.LIVE_SOURCE,
            height=80,
            persist_state="session",
            placeholder=t("One text, or several: one a line"),
        )
        targets = st.text_area(
            t("Compare with"),
            key=state.LIVE_TARGETS,
            height=150,
            persist_state="session",
            placeholder=t("One text a line"),
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(t("Compare"), type="primary", key="live_go", icon=":material/compare_arrows:")
            st.button(
                t("Swap"),
                key="live_swap",
                icon=":material/swap_vert:",
                on_click=swap,
                help=t("Compare the lines with the sentence instead"),
            )
            with controls("column_how"), st.popover(t("How it is judged"), icon=":material/rule_settings:"):
                policy = _choose_policy()
                domain = _choose_domain(policy)
                if policy is None:
                    options = scoring_options.choose(state.LIVE_SEGMENTS, state.LIVE_PUNCTUATION)
                else:
                    options = scoring_options.fixed(policy)
                beside()
            st.caption(_judge(policy, domain), width="content")
        with controls("examples"):
            examples()
    sources, lines = _lines(source), _lines(targets)
    if len(sources) + len(lines) > MOST_LINES:
        st.warning(
            t(
                "These are {count} lines; the first {most} of them are compared here. The match page takes whole "
                "files.",
                count=f"{len(sources) + len(lines):,}",
                most=MOST_LINES,
            ),
            icon=":material/content_cut:",
        )
        sources = sources[:MOST_SOURCES]
        lines = lines[: MOST_LINES - len(sources)]
    return Query(sources[0] if sources else "", lines, policy, domain, options, sources)


def _judge(policy: Policy | None, domain: str | None) -> str:
    """By what the scores are judged, in a few words."""
    if policy is None:
        return t("None: published thresholds only")
    name = t("{name} v{version}", name=escaped(policy.name), version=policy.version)
    return f"{name} · {escaped(domain or DEFAULT_DOMAIN)}"


def _lines(text: str | None) -> tuple[str, ...]:
    """The lines of a text that hold something, without blanks around them."""
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


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
