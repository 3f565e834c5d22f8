"""One question, answered at once."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import PERSON, RELATED, SHOWN_NAMES
from calibration.corpus.match import match_texts
from calibration.corpus.matches import AMBIGUOUS, ANSWERED
from calibration.corpus.passages import best_passages
from calibration.corpus.threshold import BELOW, Threshold
from calibration.errors import N_
from calibration.text.cleaning import clean
from dashboard import resources, state
from dashboard.components.batch.corpus.files import CorpusFile
from dashboard.components.batch.match.run import Columns, Settings, read
from dashboard.components.frame.guard import guarding
from dashboard.components.shared.glosses import english
from dashboard.i18n import escaped, t

MOST: Final = 2000
"""Questions of a FAQ up to which one query may be tried on the page itself; a larger one would make it wait."""
LONG: Final = 60
BELOW_NAME: Final = N_("below the threshold")


@st.fragment
@guarding
def one(faq: CorpusFile, columns: Columns, threshold: Threshold, asked: Settings) -> None:
    """The question and its best answers."""
    query = st.text_input(
        t("Ask one question"),
        key=state.MATCH_QUERY,
        placeholder=t("how would a user put it?"),
        persist_state="session",
    )
    if not query or not clean(query):
        return
    known = read(faq, columns)
    if len(known.read.texts) > MOST:
        st.info(t("This FAQ has more than {most} questions; match a file of queries instead.", most=f"{MOST:,}"))
        return
    with st.spinner(t("Matching…")):
        matches = match_texts(
            known.read.texts,
            [query],
            resources.encoder(),
            threshold,
            keys=known.keys,
            k=asked.k,
            margin=asked.margin,
        )
    found, texts = matches.found[0], known.read.texts
    best = escaped(_with_english(texts[found.rows[0]]))
    if found.decision == ANSWERED:
        st.success(t("Answer: **{match}**", match=best), icon=":material/check:")
    elif found.decision == AMBIGUOUS:
        second = escaped(_with_english(texts[found.rows[1]])) if len(found.rows) > 1 else ""
        st.warning(t("Ambiguous: **{first}** or **{second}**", first=best, second=second), icon=":material/help:")
    else:
        st.info(t("No answer: nothing in the FAQ reaches the threshold."), icon=":material/block:")
        if threshold.shown(matches.tiers(found)[0]) in (PERSON, RELATED):
            said = t("The nearest question scores where your policy asks a person: **{match}**.", match=best)
            st.caption(f":material/person_search: {said}")
    names = {**SHOWN_NAMES, BELOW: BELOW_NAME}
    st.table(
        pd.DataFrame(
            {
                t("Question"): [escaped(_with_english(texts[row])) for row in found.rows],
                t("Tier"): [t(names[threshold.shown(tier)]) for tier in matches.tiers(found)],
                t("Score"): [f"{score:.4f}" for score in found.scores],
            }
        ),
        border="horizontal",
        hide_index=True,
    )
    if max(len(query), len(texts[found.rows[0]])) >= LONG:
        _passages(query, texts[found.rows[0]], threshold)


def _with_english(text: str) -> str:
    """A text, and for English readers what it means where it is a sample's."""
    meaning = english(text)
    return f"{text} ({meaning})" if meaning else text


def _passages(query: str, match: str, threshold: Threshold) -> None:
    """Where two long texts agree."""
    st.caption(t("The parts that match best:"))
    rows = best_passages(query, match, resources.encoder(), threshold.options)
    frame = pd.DataFrame(
        {
            t("Query"): [escaped(row.first) for row in rows],
            t("Best match"): [escaped(row.second) for row in rows],
            t("Score"): [f"{row.score:.4f}" for row in rows],
        }
    )
    st.table(frame, border="horizontal", hide_index=True)
