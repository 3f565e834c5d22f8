"""One calm theme, light and dark, and the server settings that belong to the product.

Given to Streamlit by the launcher, so that an installed package looks the same wherever it is started.
No font is fetched: Latin text uses the face that Streamlit carries, Chinese what each platform has.
"""

from __future__ import annotations

from typing import Any, Final

from calibration.columns import TIERS
from calibration.report.palette import (
    ACCENT,
    DARK_ACCENT,
    DARK_INK,
    DARK_PAPER,
    FONT,
    INK,
    LINE,
    PANEL,
    PAPER,
    TIER_COLORS,
)

MAX_UPLOAD_MB: Final = 512

SHARED: Final[dict[str, Any]] = {
    "font": FONT,
    "headingFont": FONT,
    "headingFontSizes": ["1.75rem", "1.375rem", "1.125rem", "1rem", "0.9375rem", "0.875rem"],
    "headingFontWeights": [650, 650, 600, 600, 600, 600],
    "baseRadius": "0.5rem",
    "metricValueFontSize": "1.5rem",
    "paddingTop": "1rem",
    "paddingBottom": "3rem",
    "chartCategoricalColors": [TIER_COLORS[tier] for tier in TIERS],
}
LIGHT: Final[dict[str, Any]] = {
    "primaryColor": ACCENT,
    "backgroundColor": PAPER,
    "secondaryBackgroundColor": PANEL,
    "textColor": INK,
    "linkColor": ACCENT,
    "borderColor": LINE,
    "codeBackgroundColor": PANEL,
    "codeTextColor": ACCENT,
    "dataframeHeaderBackgroundColor": PANEL,
    "blueColor": "#2468B4",
    "greenColor": "#2E949F",
    "orangeColor": "#D08F1B",
    "violetColor": "#A8566B",
    "redColor": "#B5443A",
}
DARK: Final[dict[str, Any]] = {
    "primaryColor": DARK_ACCENT,
    "backgroundColor": DARK_PAPER,
    "secondaryBackgroundColor": "#1C2529",
    "textColor": DARK_INK,
    "linkColor": "#7CC4D8",
    "borderColor": "#334046",
    "codeBackgroundColor": "#1C2529",
    "codeTextColor": "#9AD3E3",
    "dataframeHeaderBackgroundColor": "#1C2529",
    "blueColor": "#5B9BE0",
    "greenColor": "#4FB3BF",
    "orangeColor": "#E5A835",
    "violetColor": "#CF7F94",
    "redColor": "#E2776C",
}
SIDEBAR_LIGHT: Final = {
    "backgroundColor": "#F1EFE9",
    "secondaryBackgroundColor": "#FBFAF7",
    "borderColor": "#DCD8CE",
}
SIDEBAR_DARK: Final = {
    "backgroundColor": "#0D1214",
    "secondaryBackgroundColor": "#1C2529",
    "borderColor": "#2A353A",
}


def theme() -> dict[str, Any]:
    """Streamlit's theme options by their dotted names."""
    groups = {
        "theme": SHARED,
        "theme.light": LIGHT,
        "theme.dark": DARK,
        "theme.light.sidebar": SIDEBAR_LIGHT,
        "theme.dark.sidebar": SIDEBAR_DARK,
    }
    return {f"{group}.{name}": value for group, values in groups.items() for name, value in values.items()}


def config(host: str, port: int) -> dict[str, Any]:
    """Streamlit's configuration at the start: quiet, private, and without a developer's tools."""
    return {
        **theme(),
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.maxUploadSize": MAX_UPLOAD_MB,
        "server.enableAgentApi": False,  # whatever a config.toml or the environment says
        "server.showEmailPrompt": False,
        "runner.fastReruns": False,  # it calls callbacks off in their middle: see dashboard.callbacks
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "logger.level": "warning",
        "logger.hideWelcomeMessage": True,
    }
