"""Uploads that are not saved yet: kept while their user walks through the pages, and never lost without a word.

Streamlit forgets what is in an uploader as soon as another page is shown. What could be saved and is not stays in
the session under its kind; other pages say so, and the browser asks before its tab is closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st
from streamlit.typing import UploadedFile

from dashboard import state
from dashboard.components.frame import navigation
from dashboard.components.frame.notices import offer_undo
from dashboard.components.frame.presentation import presenting
from dashboard.i18n import escaped, t

PAIRS: Final = "pairs"
CASES: Final = "cases"
POLICY: Final = "policy"
PLACES: Final[Mapping[str, str]] = {
    PAIRS: "data/datasets",
    CASES: "review/find",
    POLICY: "policies/files",
}
"""Each kind of upload, and the place that saves it."""

ASKING: Final = st.components.v2.component(
    "simtier_unsaved",
    js="""
export default function () {
  window.onbeforeunload = (event) => { event.preventDefault(); event.returnValue = true; };
  return () => { window.onbeforeunload = null; };
}
""",
)
"""While it is on the page, the browser asks whether to leave; in its own words, as browsers show no others."""

Kept = dict[str, UploadedFile]


def _kept(kind: str) -> Kept:
    """The files of a kind that are not saved, by their ids; the session's own, so that it can be written to."""
    found: dict[str, Kept] = state.keep(state.UNSAVED, {})
    return found.setdefault(kind, {})


def note(kind: str, file: UploadedFile) -> None:
    """This file could be saved, and is not."""
    _kept(kind)[file.file_id] = file


def forget(kind: str, *ids: str) -> None:
    """These files are saved, or not wanted."""
    for one in ids:
        _kept(kind).pop(one, None)


def waiting(kind: str, file: UploadedFile) -> bool:
    """Whether this file is not saved yet."""
    return file.file_id in _kept(kind)


def with_kept(kind: str, shown: Sequence[UploadedFile]) -> list[UploadedFile]:
    """The files in an uploader, then those left there unsaved on an earlier visit, which it has forgotten."""
    here = {file.file_id for file in shown}
    uploaders: dict[str, set[str]] = state.keep(state.UPLOADERS, {})
    uploaders[kind] = here
    return [*shown, *(file for file in _kept(kind).values() if file.file_id not in here)]


def only(kind: str, shown: UploadedFile | None) -> UploadedFile | None:
    """The file in an uploader for one, else the one left there unsaved; a new one takes the place of that."""
    files = with_kept(kind, [] if shown is None else [shown])
    forget(kind, *(file.file_id for file in files[1:]))
    return files[0] if files else None


def changed(kind: str, key: str) -> None:
    """The callback of an uploader: what its user took out of it is not wanted any more."""
    now = state.get(key) or []
    ids = {file.file_id for file in (now if isinstance(now, list) else [now])}
    before: set[str] = state.get(state.UPLOADERS, {}).get(kind, set())
    forget(kind, *(before - ids))


def mark(kind: str, file: UploadedFile) -> None:
    """Say of a file that it is not saved, and how to be rid of it where its uploader shows it no more."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(t("Not saved yet"), icon=":material/edit:", color="orange")
        if file.file_id not in state.get(state.UPLOADERS, {}).get(kind, set()):
            key = f"discard_{file.file_id}"
            st.button(t("Discard"), key=key, icon=":material/close:", type="tertiary", on_click=_discard,
                      args=(kind, file))  # fmt: skip


def _discard(kind: str, file: UploadedFile) -> None:
    """Forget a file with a way back, as a callback."""
    forget(kind, file.file_id)
    offer_undo(t("Discarded “{name}”.", name=escaped(file.name)), note, kind, file)


def remind(shown: str) -> None:
    """Say at the place `shown` what waits on others to be saved."""
    for kind, place in PLACES.items():
        names = [escaped(file.name) for file in _kept(kind).values()]
        if not names or navigation.at(shown, place) or presenting():
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"unsaved_{kind}"):
            said = t("Not saved yet, and lost when you close this tab: {names}", names=t(", ").join(names))
            st.markdown(f":orange[:material/edit:] {said}", width="stretch")
            navigation.link(place, label=t("Go there to save"), icon=":material/save:", width="content")


def ask_before_leaving() -> None:
    """Have the browser ask before the tab is closed or reloaded, as long as something is not saved."""
    if any(_kept(kind) for kind in PLACES):
        ASKING(key="unsaved_asking")
