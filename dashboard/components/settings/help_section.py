"""The documentation that comes with SimTier, to be read without leaving the product."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import streamlit as st

import dashboard
from calibration.errors import N_
from dashboard import state
from dashboard.i18n import naming, t

INSTALLED: Final = Path(dashboard.__file__).resolve().parent / "docs"
FOLDER: Final = INSTALLED if INSTALLED.is_dir() else INSTALLED.parents[1] / "docs"
"""In a wheel the pages are inside the package, in a checkout beside it."""
PAGES: Final = {
    "quick-start": N_("Quick start"),
    "tutorial": N_("Tutorial"),
    "read-a-certificate": N_("Read a certificate"),
    "choose-a-target": N_("Choose a target"),
    "draw-labels": N_("Draw labels"),
    "publish-and-roll-back": N_("Publish and roll back"),
    "work-on-whole-files": N_("Work on whole files"),
    "bring-a-model": N_("Bring a model"),
    "stress-a-model": N_("Stress a model"),
    "connect-a-service": N_("Connect a service"),
    "connect": N_("Connect your platform"),
    "gate-in-ci": N_("Gate a policy in CI"),
    "method": N_("Method"),
}
"""Names of documents, and what they are called."""
ADMONITION: Final = re.compile(r'^(?:!!!|\?\?\?\+?) \w+(?: "(.*)")?$', re.M)
PICTURE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)(?:\{[^}]*\})?")
HEADER: Final = re.compile(r"\A---\n.*?\n---\n", re.S)
OTHER_LANGUAGE: Final = re.compile(r"^\[(?:English|中文)\]\([^)]*\)\s*$", re.M)
ANCHOR: Final = re.compile(r"[ ]*\{ ?#[^}]*\}[ ]*$", re.M)
LOCAL: Final = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")


def show() -> None:
    """One document, in the page's language where there is one."""
    there = {name: path for name in PAGES if (path := _path(name)) is not None}
    if not there:
        st.info(t("The documentation is not part of this installation."))
        return
    name = st.selectbox(
        t("Document"), list(there), format_func=naming(there, lambda key: t(PAGES[key])), key=state.DOCUMENT,
        persist_state="session", width=360,
    )  # fmt: skip
    st.markdown(readable(there[name].read_text(encoding="utf-8")))


def glossary() -> None:
    """The terms, each in both languages."""
    path = FOLDER / "glossary.md"
    if path.is_file():
        st.markdown(readable(path.read_text(encoding="utf-8")))
    else:
        st.info(t("The documentation is not part of this installation."))


def _path(name: str) -> Path | None:
    """The file of a document: Chinese for readers of Chinese, else English."""
    chinese = [FOLDER / "zh"] if state.locale().startswith("zh") else []
    places = [*chinese, FOLDER, FOLDER / "how-to"]
    return next((folder / f"{name}.md" for folder in places if (folder / f"{name}.md").is_file()), None)


def readable(text: str) -> str:
    """A document of the site as a page shows it: without pictures, and without links between files."""
    for unseen in (HEADER, OTHER_LANGUAGE, ANCHOR, PICTURE):
        text = unseen.sub("", text)
    text = ADMONITION.sub(lambda found: f"**{found[1]}**" if found[1] else "", text)
    return LOCAL.sub(r"\1", text)
