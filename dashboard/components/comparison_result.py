"""Live comparison: each answer, judged by the policy and by the published thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from calibration.columns import RELATED, THRESHOLD_TIERS, UNRELATED
from calibration.decide import published_tier
from calibration.fit import PUBLISHED
from calibration.policy import CERTIFIED, DomainPolicy
from calibration.score import TextScore
from dashboard.components.comparison_form import Query
from dashboard.components.policies import fits_model
from dashboard.components.report_case import report_button
from dashboard.components.tiers import badge, percent, score_bar
from dashboard.i18n import escaped, t


@dataclass(frozen=True)
class Verdict:
    """One answer: the scored texts, the policy's tier (None without a policy) and the published one.

    certified: a certificate covers the tier. meaning: what stands behind it, in words.
    """

    text: TextScore
    tier: str | None
    published: str
    certified: bool = False
    meaning: str = ""


def verdicts(query: Query, texts: Sequence[TextScore]) -> list[Verdict]:
    """Each scored text with what the policy and the published thresholds make of it."""
    policy = query.policy if query.policy is not None and fits_model(query.policy) else None
    found = []
    for text in texts:
        published = published_tier(text.score)
        if policy is None:
            found.append(Verdict(text, None, published))
            continue
        tier = policy.tier(text.score, query.domain)
        certified = tier in THRESHOLD_TIERS and policy.provenance(query.domain, tier) == CERTIFIED
        found.append(
            Verdict(text, tier, published, certified, _meaning(policy.domain(query.domain), tier, certified))
        )
    return found


def _meaning(domain: DomainPolicy, tier: str, certified: bool) -> str:
    """What stands behind a tier of a domain."""
    if tier == RELATED and UNRELATED in domain.certificates:
        return t("Neither promised to mean the same nor promised to differ: a person should look.")
    if certified:
        return t("✓ this threshold is certified on labelled pairs")
    if tier == UNRELATED:
        return t("Below every threshold of this domain.")
    return t("This threshold was set by hand; no certificate covers it.")


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
                checked = " ✓" if verdict.certified else ""
                st.markdown(f"{t('Policy')} {badge(verdict.tier, checked)}", help=verdict.meaning)
            st.markdown(
                f":small[{t('Published thresholds')}] {badge(verdict.published)}",
                help=t("0.85 / 0.70 / 0.50, published for everybody; not calibrated for this model."),
            )
        with act:
            report_button(number, query, verdict)


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
