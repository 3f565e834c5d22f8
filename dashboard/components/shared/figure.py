"""A chart as every page shows it: the picture, the sentence that it makes plain, and its files."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from calibration.report.charts import Spec
from calibration.report.palette import DARK_INK, INK
from calibration.report.picture import png_file, svg_file
from dashboard import state
from dashboard.components.shared.tables import csv_bytes
from dashboard.i18n import t

ROWS: Final = "rows"
PADDING: Final = {"left": 0, "top": 5, "right": 12, "bottom": 5}
"""Pixels around a chart: on the right there is room for half of an axis' last number; below, where the sentence
follows, Streamlit would leave twenty.
"""


def show(rows: pd.DataFrame, spec: Spec, key: str, alt: str, message: str, *, clicks: bool = False) -> Any:
    """Draw `rows` as `spec` says; `message` below states what it shows, with its numbers.

    alt: what is drawn, for who cannot see it, and the title of the files. clicks: run the page again on a click.
    Returns the selection of the chart where `clicks`, else an empty one.
    """
    event: Any = {"selection": {}}
    shown = {**spec, "padding": PADDING, "config": {"text": {"color": DARK_INK if state.dark() else INK}}}
    data: pd.DataFrame | None = rows
    if "datasets" in spec:  # beside others the rows need a name too
        shown["datasets"] = {ROWS: rows} | {name: pd.DataFrame(more) for name, more in spec["datasets"].items()}
        shown["data"], data = {"name": ROWS}, None
    if clicks:
        event = st.vega_lite_chart(data, shown, key=key, alt=alt, on_select="rerun")
    else:
        st.vega_lite_chart(data, shown, key=key, alt=alt)
    with st.container(horizontal=True, vertical_alignment="center", key=f"figure_{key}"):
        st.markdown(message, width="stretch")
        with st.popover("", icon=":material/download:", type="tertiary", help=t("Download the chart")):
            _files(rows, spec, key, alt)
    return event


def _files(rows: pd.DataFrame, spec: Spec, key: str, title: str) -> None:
    """The picture in both kinds, and its numbers; each is made when it is asked for."""
    kinds = (
        (t("Picture (SVG)"), partial(svg_file, spec, rows, title), "svg", "image/svg+xml"),
        (t("Picture (PNG)"), partial(png_file, spec, rows, title), "png", "image/png"),
        (t("Numbers (CSV)"), partial(csv_bytes, rows), "csv", "text/csv"),
    )
    for name, make, end, kind in kinds:
        st.download_button(name, make, f"{key}.{end}", kind, key=f"{key}_{end}", on_click="ignore", width="stretch")
