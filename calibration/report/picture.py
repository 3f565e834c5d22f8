"""A chart as a picture that stands in a page by itself: SVG whose texts stay texts."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import vl_convert

from calibration.report.charts import Spec
from calibration.report.palette import FONT, INK, LINE

WIDTH: Final = 620
HEIGHT: Final = 230
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
    "text": {"fontSize": 12},
}
NAMESPACES: Final = (' xmlns="http://www.w3.org/2000/svg"', ' xmlns:xlink="http://www.w3.org/1999/xlink"')


def svg(spec: Spec, rows: pd.DataFrame) -> str:
    """`spec` of `calibration.report.charts` with its `rows`, as SVG to stand inside HTML; nothing is fetched."""
    whole = {**spec, "data": {"values": rows.to_dict("records")}, "width": WIDTH, "height": HEIGHT}
    drawn = str(vl_convert.vegalite_to_svg(whole, config=CONFIG, allowed_base_urls=[]))
    for namespace in NAMESPACES:  # inside HTML they are known, and look like addresses to fetch
        drawn = drawn.replace(namespace, "", 1)
    return drawn
