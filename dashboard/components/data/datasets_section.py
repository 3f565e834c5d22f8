"""Data: upload labelled pairs, see what is wrong with them, keep them as datasets."""

from __future__ import annotations

import streamlit as st

from dashboard.components.data import listing, save_all, upload_report
from dashboard.components.shared import samples, uploads


def show() -> None:
    """The section, top to bottom."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        files = uploads.uploader()
    with right:
        samples.offer("samples")
    save_all.failures()
    top = st.container()
    found = [one for one in map(upload_report.report, files) if one is not None]
    ready = [one for one in found if one.accepted]
    save_all.offer(top, ready, len(found) - len(ready))
    listing.listing()
    listing.deleted()
