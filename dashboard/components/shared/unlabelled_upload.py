"""Pairs without labels, dropped on a page: read once, checked, told apart by what they hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

from calibration.errors import BadRows
from calibration.pairs import load_unlabelled
from dashboard import state
from dashboard.components.frame.guard import guarded
from dashboard.components.shared.uploads import TYPES, speak_here
from dashboard.i18n import escaped, explained, t

PARSED: Final = "pool_parsed"


@dataclass(frozen=True)
class Pool:
    """Unlabelled pairs of one file.

    digest: tells files apart by content and domain. unusable: what is wrong with the rows left out, or None.
    """

    name: str
    digest: str
    frame: pd.DataFrame
    unusable: BadRows | None


def upload(key: str, purpose: str) -> Pool | None:
    """The place for one file, and what was read from it; None while there is none, or none that can be read."""
    speak_here()
    left, right = st.columns([3, 1], gap="medium")
    with left:
        file = st.file_uploader(purpose, type=list(TYPES), key=f"{key}_file")
    with right:
        domain = st.text_input(t("Domain"), key=f"{key}_domain", placeholder=t("As in the file"))
    if file is None:
        return None
    found: Pool | None = None
    with guarded():
        found = _reading(file, (domain or "").strip())
    if found is not None and found.unusable is not None:
        st.warning(escaped(explained(found.unusable)), icon=":material/rule:")
    return found


def of_frame(name: str, frame: pd.DataFrame) -> Pool:
    """Pairs that are there already, told apart from others by what they hold."""
    digest = hashlib.sha256(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()).hexdigest()[:16]
    return Pool(name, digest, frame, None)


def _reading(file: UploadedFile, domain: str) -> Pool:
    """The file as read into this domain; read once, not on every run of the page."""
    key, kept = (file.file_id, domain), state.get(PARSED)
    if kept is None or kept[0] != key:
        kept = (key, read(file.name, file.getvalue(), domain))
        state.put(PARSED, kept)
    pool: Pool = kept[1]
    return pool


def read(name: str, content: bytes, domain: str) -> Pool:
    """The good rows of a file; raises where there are none."""
    digest = hashlib.sha256(content + b"\0" + domain.encode()).hexdigest()[:16]
    try:
        return Pool(name, digest, load_unlabelled(content, domain or None, name=name), None)
    except BadRows as error:
        if error.good.empty:
            raise
        frame = load_unlabelled(content, domain or None, name=name, on_bad_rows="drop")
        return Pool(name, digest, frame, error)
