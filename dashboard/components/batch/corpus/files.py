"""Whole files of texts on a page: dropped or taken from the samples, kept while the session walks around."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from calibration.corpus.rows import open_rows
from calibration.corpus.texts import chosen_column
from calibration.errors import ColumnUnnamed
from dashboard import state
from dashboard.components.frame.guard import guarded
from dashboard.components.shared.samples import FOLDER
from dashboard.components.shared.uploads import TYPES, speak_here
from dashboard.i18n import escaped, t

GUESSES: Final = ("title", "标题", "text", "文本", "question", "问题", "description", "描述", "name", "名称")
"""Columns that likely hold the texts."""


@dataclass(frozen=True)
class CorpusFile:
    """A file that was chosen: its name, its content, and its columns."""

    name: str
    content: bytes
    columns: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Tells files apart by what they hold."""
        return hashlib.sha256(self.content).hexdigest()[:16]


def choose(key: str, label: str, sample: str) -> CorpusFile | None:
    """The place for one file and the button for the sample; None while nothing that can be read was chosen."""
    slot = f"{key}_kept"
    with st.container(border=True):
        speak_here()
        file = st.file_uploader(label, type=list(TYPES), key=f"{key}_{state.get(f'{key}_round', 0)}")
        if file is not None:
            with guarded():
                _keep(key, file.name, file.getvalue())
        kept: CorpusFile | None = state.get(slot)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                t("Use the sample"),
                key=f"{key}_sample",
                icon=":material/science:",
                on_click=_sample,
                args=(key, sample),
            )
            if kept is not None:
                said = t(
                    "{name}: columns {columns}", name=escaped(kept.name), columns=escaped(", ".join(kept.columns))
                )
                st.caption(said)
    return kept


def _keep(key: str, name: str, content: bytes) -> None:
    kept: CorpusFile | None = state.get(f"{key}_kept")
    if kept is None or (kept.name, kept.content) != (name, content):
        state.put(f"{key}_kept", CorpusFile(name, content, open_rows(content, name=name).columns))


def _sample(key: str, sample: str) -> None:
    """Take the sample instead of whatever was dropped, as a callback."""
    path = FOLDER / sample
    state.put(f"{key}_round", state.get(f"{key}_round", 0) + 1)
    _keep(key, Path(sample).name, path.read_bytes())


def column(file: CorpusFile, key: str, label: str, guesses: tuple[str, ...] = GUESSES) -> str:
    """The column of texts, guessed by its name."""
    try:
        guess = chosen_column(open_rows(file.content, name=file.name), None, guesses)
    except ColumnUnnamed:
        guess = file.columns[0]
    index = file.columns.index(guess)
    own = f"{key}_{hash(file.columns)}"  # by its columns: a box keeps the words of those it was drawn with
    return str(st.selectbox(label, file.columns, index=index, key=own, persist_state="session", width=260))


def optional_column(file: CorpusFile, key: str, label: str, guesses: tuple[str, ...], help_text: str) -> str | None:
    """A column that a file need not have; None for none."""
    options = ("", *file.columns)
    folded = {name.casefold(): name for name in reversed(file.columns)}
    guess = next((folded[name.casefold()] for name in guesses if name.casefold() in folded), "")
    _forget_foreign(key, options)
    none = t("none")
    chosen = st.selectbox(
        label,
        options,
        index=options.index(guess),
        key=key,
        persist_state="session",
        format_func=lambda name: name or none,
        help=help_text,
        width=260,
    )
    return str(chosen) or None


def _forget_foreign(key: str, options: tuple[str, ...]) -> None:
    """A choice made for another file does not count."""
    if state.get(key) not in (None, *options):
        state.drop(key)
