"""Live comparison: each answer, judged by the policy and by the published thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from calibration.columns import PERSON, RELATED, THRESHOLD_TIERS, UNRELATED, shown_tier
from calibration.decide import chance_between, published_tier, tier_between
from calibration.policies.policy import CERTIFIED, NONE, SUGGESTED, DomainPolicy
from calibration.policies.probability_at_score import Chance
from calibration.policies.tiers import PUBLISHED, Thresholds
from calibration.scoring.score_pairs import TextScore
from dashboard.components.compare import chance_words
from dashboard.components.compare.form import Query
from dashboard.components.compare.highlight import explained_tags, marked
from dashboard.components.compare.report_case import report_button
from dashboard.components.shared.glosses import gloss
from dashboard.components.shared.saved_policies import fits_model
from dashboard.components.shared.tiers import badge, percent, score_bar
from dashboard.i18n import escaped, t


@dataclass(frozen=True)
class Verdict:
    """One answer: the scored texts, the policy's tier (None without a policy) and the published one.

    shown, shown_published: what people read for them. certified: a certificate covers the tier. meaning: what
    is the basis of it, in words. chance: of the two being the same, where the policy knows it. beside: a second
    model's name and score.
    """

    text: TextScore
    tier: str | None
    published: str
    certified: bool = False
    meaning: str = ""
    chance: Chance | None = None
    beside: tuple[str, float] | None = None
    shown: str = ""
    shown_published: str = ""


def verdicts(query: Query, texts: Sequence[TextScore]) -> list[Verdict]:
    """Each scored text with what the policy and the published thresholds make of it."""
    policy = query.policy if query.policy is not None and fits_model(query.policy) else None
    found = []
    for text in texts:
        published = published_tier(text.score)
        if policy is None:
            found.append(Verdict(text, None, published, shown_published=published))
            continue
        entry = policy.domain(query.domain)
        tier = tier_between(policy, text, query.domain)
        source = policy.provenance(query.domain, tier) if tier in THRESHOLD_TIERS else NONE
        certified, meaning = source == CERTIFIED, _meaning(entry, tier, source)
        chance = chance_between(policy, text, query.domain)
        both = entry.shown(tier), shown_tier(published, entry.binary, PUBLISHED)
        found.append(Verdict(text, tier, published, certified, meaning, chance, None, *both))
    return found


def _meaning(domain: DomainPolicy, tier: str, source: str) -> str:
    """The evidence for a tier of a domain."""
    if tier == RELATED and UNRELATED in domain.certificates:
        return t("Neither promised to mean the same nor promised to differ: a person should look.")
    if domain.shown(tier) == PERSON:
        return t("No threshold says that these differ: a person should look.")
    if source == CERTIFIED:
        return t("✓ this threshold is certified on labelled pairs")
    if tier == UNRELATED:
        return t("Below every threshold of this domain.")
    if source == SUGGESTED:
        return t("This threshold costs least on labelled pairs; no certificate covers it.")
    return t("This threshold was set by hand; no certificate covers it.")


def marks(query: Query) -> Thresholds:
    """The thresholds to mark on the bars, by what people read for each."""
    if query.policy is None:
        return PUBLISHED
    entry = query.policy.domain(query.domain)
    return {entry.shown(tier): value for tier, value in entry.thresholds.items() if value is not None}


def card(number: int, verdict: Verdict, query: Query) -> None:
    """One answer: score and bar, text, both verdicts, and a way to object."""
    text = verdict.text
    with st.container(border=True, key=f"answer_{number}"):
        score, body, judged, act = st.columns([1.2, 3.3, 2.4, 1.2], vertical_alignment="center", gap="medium")
        with score:
            said = t("similarity {score}", score=percent(max(0.0, text.score)))
            st.markdown(f"#### {said}", help=t("Cosine {score}", score=f"{text.score:.6f}"))
            score_bar(text.score, verdict.shown or verdict.shown_published, marks(query))
            if verdict.beside is not None:
                name, other = verdict.beside
                st.caption(f"{escaped(name)}: {percent(max(0.0, other))}")
        with body:
            shown, tags = marked(text.target, query.source)
            source, more = marked(query.source, text.target)
            st.markdown(shown)
            if english := gloss(text.target):
                st.caption(escaped(english))
            if tags or more:
                words = explained_tags(tuple(dict.fromkeys((*tags, *more))))
                st.markdown(f":small[{words}]" + ("" if tags else f" :small[({source})]"))
            _notes(text)
        with judged:
            if verdict.tier:
                checked = " ✓" if verdict.certified else ""
                st.markdown(f"{t('Policy')} {badge(verdict.shown, checked)}", help=verdict.meaning)
            if text.identical:
                st.markdown(f":small[{t('The two texts are identical once cleaned')}]")
            elif verdict.chance is not None and (likely := chance_words.line(verdict.chance)):
                st.markdown(f":small[{likely}]", help=chance_words.meaning(verdict.chance))
            st.markdown(
                f":small[{t('Published thresholds')}] {badge(verdict.shown_published)}",
                help=t("0.85 / 0.70 / 0.50, published for general use; not calibrated for this model."),
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
