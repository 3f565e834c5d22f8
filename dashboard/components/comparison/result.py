"""Live comparison: each answer, judged by the policy and by the published thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from calibration.chance import Chance
from calibration.columns import RELATED, THRESHOLD_TIERS, UNRELATED
from calibration.decide import chance_between, published_tier
from calibration.fit import PUBLISHED
from calibration.policy import CERTIFIED, NONE, SUGGESTED, DomainPolicy
from calibration.score import TextScore
from dashboard.components.comparison import chance_words
from dashboard.components.comparison.form import Query
from dashboard.components.comparison.highlight import explained_tags, marked
from dashboard.components.comparison.report_case import report_button
from dashboard.components.shared.saved_policies import fits_model
from dashboard.components.shared.tiers import badge, percent, score_bar
from dashboard.i18n import escaped, t


@dataclass(frozen=True)
class Verdict:
    """One answer: the scored texts, the policy's tier (None without a policy) and the published one.

    certified: a certificate covers the tier. meaning: what stands behind it, in words. chance: of the two being the
    same, where the policy knows it. beside: a second model's name and score.
    """

    text: TextScore
    tier: str | None
    published: str
    certified: bool = False
    meaning: str = ""
    chance: Chance | None = None
    beside: tuple[str, float] | None = None


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
        source = policy.provenance(query.domain, tier) if tier in THRESHOLD_TIERS else NONE
        certified, meaning = source == CERTIFIED, _meaning(policy.domain(query.domain), tier, source)
        chance = chance_between(policy, text, query.domain)
        found.append(Verdict(text, tier, published, certified, meaning, chance))
    return found


def _meaning(domain: DomainPolicy, tier: str, source: str) -> str:
    """What stands behind a tier of a domain."""
    if tier == RELATED and UNRELATED in domain.certificates:
        return t("Neither promised to mean the same nor promised to differ: a person should look.")
    if source == CERTIFIED:
        return t("✓ this threshold is certified on labelled pairs")
    if tier == UNRELATED:
        return t("Below every threshold of this domain.")
    if source == SUGGESTED:
        return t("This threshold costs least on labelled pairs; no certificate covers it.")
    return t("This threshold was set by hand; no certificate covers it.")


def marks(query: Query) -> Mapping[str, float | None]:
    """The thresholds to mark on the bars."""
    return query.policy.domain(query.domain).thresholds if query.policy else PUBLISHED


def card(number: int, verdict: Verdict, query: Query) -> None:
    """One answer: score and bar, text, both verdicts, and a way to object."""
    text = verdict.text
    with st.container(border=True, key=f"answer_{number}"):
        score, body, judged, act = st.columns([1.2, 3.3, 2.4, 1.2], vertical_alignment="center", gap="medium")
        with score:
            st.markdown(f"### {percent(max(0.0, text.score))}", help=t("Cosine {score}", score=f"{text.score:.6f}"))
            score_bar(text.score, verdict.tier or verdict.published, marks(query))
            if verdict.beside is not None:
                name, other = verdict.beside
                st.caption(f"{escaped(name)}: {percent(max(0.0, other))}")
        with body:
            shown, tags = marked(text.target, query.source)
            source, more = marked(query.source, text.target)
            st.markdown(shown)
            if tags or more:
                words = explained_tags(tuple(dict.fromkeys((*tags, *more))))
                st.markdown(f":small[{words}]" + ("" if tags else f" :small[({source})]"))
            _notes(text)
        with judged:
            if verdict.tier:
                checked = " ✓" if verdict.certified else ""
                st.markdown(f"{t('Policy')} {badge(verdict.tier, checked)}", help=verdict.meaning)
            if text.identical:
                st.markdown(f":small[{t('The two texts are identical once cleaned')}]")
            elif verdict.chance is not None and (likely := chance_words.line(verdict.chance)):
                st.markdown(f":small[{likely}]", help=chance_words.meaning(verdict.chance))
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
