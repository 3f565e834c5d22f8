"""Render a chart as a stand-alone SVG or PNG."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import vl_convert

from calibration.report.charts import Spec
from calibration.report.palette import FONT, INK, LINE

WIDTH: Final = 620
HEIGHT: Final = 230
FILE_WIDTH: Final = 900
SCALE: Final = 2.0
"""Pixels of a PNG for each of the chart's own, so that it stays sharp on a slide."""
CONFIG: Final[dict[str, Any]] = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": INK},
    "text": {"fontSize": 12, "color": INK},
}
NAMESPACES: Final = (' xmlns="http://www.w3.org/2000/svg"', ' xmlns:xlink="http://www.w3.org/1999/xlink"')


def svg(spec: Spec, rows: pd.DataFrame) -> str:
    """`spec` of `calibration.report.charts` with its `rows`, as SVG to embed in HTML; nothing is fetched."""
    whole = {**spec, "data": {"values": rows.to_dict("records")}, "width": WIDTH, "height": HEIGHT}
    drawn = str(vl_convert.vegalite_to_svg(whole, config=CONFIG, allowed_base_urls=[]))
    for namespace in NAMESPACES:  # inside HTML they are known, and look like addresses to fetch
        drawn = drawn.replace(namespace, "", 1)
    return drawn


def svg_file(spec: Spec, rows: pd.DataFrame, title: str = "") -> bytes:
    """A file of its own: SVG on white, with `title` above, whose texts stay texts."""
    drawn = vl_convert.vegalite_to_svg(_on_its_own(spec, rows, title), config=CONFIG, allowed_base_urls=[])
    return str(drawn).encode("utf-8")


def png_file(spec: Spec, rows: pd.DataFrame, title: str = "") -> bytes:
    """The same as PNG in twice the size; Chinese needs a Chinese font where this runs."""
    whole = _on_its_own(spec, rows, title)
    return bytes(vl_convert.vegalite_to_png(whole, scale=SCALE, config=CONFIG, allowed_base_urls=[]))


def _on_its_own(spec: Spec, rows: pd.DataFrame, title: str) -> Spec:
    """A spec that needs nothing beside it; one of several small charts keeps the size of each."""
    whole: Spec = {**spec, "data": {"values": rows.to_dict("records")}, "background": "white"}
    if title:
        whole["title"] = {"text": title, "anchor": "start", "color": INK, "offset": 12}
    return whole if "facet" in spec else {**whole, "width": FILE_WIDTH}
