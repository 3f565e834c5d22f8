"""What is matched with what: two files, their columns, how near is near."""

from __future__ import annotations

import streamlit as st

from calibration.corpus.faq import EXPECTED, KEYS, QUERIES, QUESTIONS
from calibration.corpus.match import MARGIN, K
from dashboard import state
from dashboard.components.batch.corpus import files as corpus_files
from dashboard.components.batch.corpus.files import CorpusFile
from dashboard.components.batch.match.run import Columns, Settings
from dashboard.i18n import t


def faq() -> tuple[CorpusFile, Columns] | None:
    """The FAQ and its columns; None while there is none."""
    file = corpus_files.choose("match_faq", t("The FAQ: questions that have answers"), "faq/faq.csv")
    if file is None:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        question = corpus_files.column(file, state.MATCH_QUESTION, t("Column of questions"), QUESTIONS)
        key = corpus_files.optional_column(
            file,
            state.MATCH_KEY,
            t("Column that names the answer"),
            KEYS,
            t("Questions with the same name here are phrasings of one answer."),
        )
    return file, Columns(question, key)


def queries(columns: Columns) -> tuple[CorpusFile, Columns] | None:
    """The queries and all columns; None while there are none."""
    file = corpus_files.choose("match_queries", t("The queries: what people ask"), "faq/queries.csv")
    if file is None:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = corpus_files.column(file, state.MATCH_COLUMN, t("Column of queries"), QUERIES)
        expected = corpus_files.optional_column(
            file,
            state.MATCH_EXPECTED,
            t("Column of the right answer"),
            EXPECTED,
            t("The answer that each query should get, blank for none; with it, matching is evaluated."),
        )
    return file, Columns(columns.question, columns.key, query, expected)


def settings() -> Settings:
    """How many answers, and how near is near."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        k = st.number_input(t("Answers to show"), 1, 20, K, key=state.MATCH_K, persist_state="session", width=160)
        margin = st.number_input(
            t("Ambiguous within"),
            0.0,
            0.2,
            MARGIN,
            0.001,
            format="%.3f",
            key=state.MATCH_MARGIN,
            persist_state="session",
            help=t("Two answers above the threshold whose scores are closer than this are ambiguous."),
            width=160,
        )
    return Settings(int(k), float(margin))
