"""Data: upload labelled pairs, see what is wrong with them, keep them as datasets."""

from __future__ import annotations

import streamlit as st

from dashboard.components.datasets import listing, upload_report
from dashboard.components.frame.shell import heading
from dashboard.components.shared import samples, uploads
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Data"),
        t("Bring in labelled pairs, check every row, and keep the good ones as datasets to calibrate on."),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        files = uploads.uploader()
    with right:
        samples.offer("samples")
    for file in files:
        upload_report.report(file)
    listing.listing()
    listing.deleted()


page()
