"""Files that users drop: taken in, and read once."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.typing import UploadedFile

from calibration.pairs import PairsReport, read_pairs
from calibration.pairs.reading import AS_FOUND, PairReading
from dashboard import state
from dashboard.components.frame import unsaved
from dashboard.i18n import t
from dashboard.theme import MAX_UPLOAD_MB

TYPES: Final = ("csv", "tsv", "txt", "jsonl", "json", "xlsx", "parquet")
PARSED: Final = "data_parsed"
UPLOAD: Final = "data_upload"
ROUND: Final = "data_round"
READ_AT_MOST: Final = 12
"""How many readings of files a session keeps."""


def uploader() -> list[UploadedFile]:
    """The place to drop files on."""
    with st.container(border=True, height="stretch"):
        speak_here()
        st.markdown(t("**Upload labelled pairs**"))
        st.caption(
            t(
                "CSV, TSV, JSONL, XLSX or Parquet in UTF-8 or GB18030, with two texts and a label in each row: "
                "0/1, the four tiers, or grades from 0 to 5."
            )
        )
        key = f"{UPLOAD}_{state.get(ROUND, 0)}"
        files = st.file_uploader(
            t("Files"),
            type=list(TYPES),
            accept_multiple_files=True,
            key=key,
            label_visibility="collapsed",
            on_change=unsaved.changed,
            args=(unsaved.PAIRS, key),
        )
    return unsaved.with_kept(unsaved.PAIRS, files)


def speak_here(limit: int = MAX_UPLOAD_MB) -> None:
    """Put the uploader's own English words, which Streamlit cannot translate, into the session's language."""
    zone = "[data-testid=stFileUploaderDropzone]"
    words = {
        f"{zone} [data-testid=stBaseButton-secondary] p": t("Choose files"),
        f"{zone} [data-testid=stFileUploaderDropzoneInstructions] span": t(
            "or drop them here, up to {limit} MB each", limit=limit
        ),
    }
    rules = [
        f'{place} {{font-size: 0}} {place}::before {{font-size: 0.875rem; content: "{text}"}}'
        for place, text in words.items()
    ]
    st.html(f"<style>{' '.join(rules)}</style>")


def reading(file: UploadedFile, domain: str, how: PairReading = AS_FOUND) -> PairsReport:
    """The file as read with these choices; read once, not on every run of the page."""
    parsed: dict[tuple[str, str, PairReading], PairsReport] = state.keep(PARSED, {})
    key = (file.file_id, domain, how)
    if key not in parsed:
        while len(parsed) >= READ_AT_MOST:
            parsed.pop(next(iter(parsed)))
        parsed[key] = read_pairs(file.getvalue(), domain or None, name=file.name, reading=how)
    return parsed[key]
