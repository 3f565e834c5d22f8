"""Labelled queries of a collection: a file, its columns, and the right answers where it names them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from calibration.corpus.faq import EXPECTED, QUERIES, Faq, read_faq, read_queries
from calibration.corpus.texts import TextColumn
from calibration.errors import SimTierError
from calibration.store.faqs.records import FaqQuestion
from dashboard import state
from dashboard.components.batch.corpus import files
from dashboard.components.batch.faqs.collection import frame
from dashboard.components.frame.guard import show as show_error
from dashboard.components.shared import tables
from dashboard.components.shared.upload_problems import problems
from dashboard.i18n import t


@dataclass(frozen=True)
class Labelled:
    """Queries, and the key of each one's right answer, empty for none; None where the file does not say."""

    queries: tuple[str, ...]
    expected: tuple[str, ...] | None


def ask(key: str, questions: tuple[FaqQuestion, ...], *, needed: bool = True) -> Labelled | None:
    """The file and its columns; None while there is none that can be used. needed: without answers it is no use."""
    file = files.choose(key, t("The queries: what people ask"), "faq/queries.csv")
    if file is None:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = files.column(file, f"{state.FAQ_QUERY}_{key}", t("Column of queries"), QUERIES)
        expected = files.optional_column(
            file,
            f"{state.FAQ_EXPECTED}_{key}",
            t("Column of the right answer"),
            EXPECTED,
            t("The answer that each query should get, blank for none; with it, matching is evaluated."),
        )
    if expected is None and needed:
        st.info(t("Choose the column that names the right answers."), icon=":material/info:")
        return None
    try:
        read = read_queries(file.content, _faq(questions), query, expected, name=file.name, on_bad_rows="drop")
    except SimTierError as error:
        show_error(error)
        return None
    problems(f"{key}_{file.digest}", read.read)
    return Labelled(tuple(map(str, read.read.texts)), read.expected if expected else None)


def _faq(questions: tuple[FaqQuestion, ...]) -> Faq:
    """A collection as `read_queries` wants it."""
    found = read_faq(tables.csv_bytes(frame(questions)), "question", "key", name="faq.csv", on_bad_rows="drop")
    read: TextColumn = found.read
    return Faq(read, found.keys)
