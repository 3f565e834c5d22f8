"""Live comparison: one answer as a card, with both verdicts and a way to object."""

from __future__ import annotations

import streamlit as st

from calibration.policies.tiers import PUBLISHED_SHOWN
from calibration.scoring.score_pairs import TextScore
from dashboard.components.compare import chance_words
from dashboard.components.compare.form import Query
from dashboard.components.compare.highlight import explained_tags, marked
from dashboard.components.compare.report_case import report_button
from dashboard.components.compare.verdict import Verdict, marks
from dashboard.components.shared.glosses import gloss
from dashboard.components.shared.tiers import badge, percent, score_bar
from dashboard.i18n import escaped, t


def card(number: int, verdict: Verdict, query: Query) -> None:
    """One answer: score and bar, text, both verdicts, and a way to object."""
    text = verdict.text
    with st.container(border=True, key=f"answer_{number}"):
        score, body, judged, act = st.columns([1.5, 3.1, 2.4, 1.1], vertical_alignment="center", gap="medium")
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
                checked = f" · {t('certified')}" if verdict.certified else ""
                st.markdown(f"{t('Policy')} {badge(verdict.shown, checked)}", help=verdict.meaning)
            if text.identical:
                st.markdown(f":small[{t('The two texts are identical once cleaned')}]")
            elif verdict.chance is not None and (likely := chance_words.line(verdict.chance)):
                st.markdown(f":small[{likely}]", help=chance_words.meaning(verdict.chance))
            st.markdown(
                f":small[{t('Published thresholds')}] {badge(verdict.shown_published)}",
                help=t(
                    "{published}, published for general use; not calibrated for this model.",
                    published=PUBLISHED_SHOWN,
                ),
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
