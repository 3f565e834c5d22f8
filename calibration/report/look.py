"""The templates of reports, and their colours and font."""

from __future__ import annotations

from functools import lru_cache

import jinja2

from calibration.report.palette import ACCENT, FONT, INK, LINE, PANEL, PAPER, SHOWN_COLORS


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Templates that escape every value and stop at an unknown one."""
    loader = jinja2.PackageLoader("calibration.report")
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def look() -> dict[str, object]:
    """What the stylesheet takes."""
    colors = {"accent": ACCENT, "paper": PAPER, "panel": PANEL, "ink": INK, "line": LINE}
    return {"colors": colors, "tiers": SHOWN_COLORS, "font": FONT}
