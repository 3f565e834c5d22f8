"""A file becomes a collection, or the next version of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from calibration.corpus.faq import KEYS, QUESTIONS, Faq, read_faq
from calibration.errors import SimTierError
from calibration.store.faqs.records import FaqQuestion
from dashboard import resources, state
from dashboard.actor import actor
from dashboard.components.batch.corpus import files
from dashboard.components.batch.corpus.files import CorpusFile
from dashboard.components.frame.guard import show as show_error
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared.upload_problems import problems
from dashboard.i18n import escaped, t

ANSWERS: Final = ("answer", "答案", "回答", "回复", "text", "content", "内容")
IDS: Final = tuple(name for name in KEYS if name not in ANSWERS)


def show(*, opened: bool) -> None:
    """The file, its columns, the name, and the button."""
    with st.expander(t("Bring a FAQ in"), icon=":material/upload_file:", expanded=opened):
        file = files.choose("faq_collection", t("The FAQ: questions that have answers"), "faq/faq.csv")
        if file is None:
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            question = files.column(file, state.FAQ_QUESTION, t("Column of questions"), QUESTIONS)
            answer = files.optional_column(
                file,
                state.FAQ_ANSWER,
                t("Column of answers"),
                ANSWERS,
                t("Given back with the question."),
            )
            key = files.optional_column(
                file,
                state.FAQ_KEY,
                t("Column that names the answer"),
                IDS,
                t("Questions with the same name here are phrasings of one answer."),
            )
        try:
            found = read_faq(file.content, question, key, name=file.name, on_bad_rows="drop")
        except SimTierError as error:
            show_error(error)
            return
        problems(f"faq_{file.digest}", found.read)
        _form(file, questions(found, answer, named=key is not None))


def questions(found: Faq, answer: str | None, *, named: bool) -> list[FaqQuestion]:
    """The rows of a file as questions of a collection; one without a name is an entry of its own."""
    texts = [str(text) for text in found.read.texts]
    keys = list(found.keys) if named else [text.strip()[:200] for text in texts]
    cells = found.read.frame[answer].fillna("").astype(str).tolist() if answer else [""] * len(texts)
    return [FaqQuestion(key, text, said) for key, text, said in zip(keys, texts, cells, strict=True)]


def _form(file: CorpusFile, rows: Sequence[FaqQuestion]) -> None:
    """Name and domain, and what saving does."""
    known = {one.name: one for one in resources.store().faqs.list()}
    policy = resources.store().policies.current()
    domains = ["", *(policy.policy.domains if policy else ())]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            t("Name of the collection"), Path(file.name).stem, key=f"faq_name_{file.digest}", width=280
        )
        domain = st.selectbox(
            t("Domain"), domains, key=state.FAQ_DOMAIN, width=220, format_func=lambda one: one or t("none"),
            help=t("Its thresholds in the policy in use judge the answers until a cut-off is certified."),
        )  # fmt: skip
        there = known.get(name.strip())
        label = t("Save as version {version}", version=there.version + 1) if there else t("Save collection")
        st.button(
            label, key="faq_save", type="primary", icon=":material/save:", disabled=not name.strip(),
            on_click=save, args=(name.strip(), list(rows), domain or None, file.name),
        )  # fmt: skip
    if there:
        st.caption(t("Replaces what “{name}” holds now; earlier versions are kept.", name=escaped(there.name)))


@attempting
def save(name: str, rows: list[FaqQuestion], domain: str | None, source: str) -> None:
    """Keep the contents, as a callback."""
    store = resources.store().faqs
    before = {one.name: one.version for one in store.list()}.get(name)
    saved = store.save(name, rows, domain=domain, source=source, actor=actor())
    state.put(state.FAQ, saved.name)
    fields = {"name": escaped(saved.name), "version": saved.version, "entries": f"{saved.entries:,}"}
    if before == saved.version:
        say(t("“{name}” holds these questions already.", **fields))
    else:
        say(t("Saved “{name}” as version {version}: {entries} entries.", **fields))
