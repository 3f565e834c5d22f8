"""Colours and fonts of the product, for the dashboard, charts and the report."""

from __future__ import annotations

from typing import Final

from calibration.columns import BINARY_WORDS, RELATED, SAME, UNRELATED, WEAK

TIER_COLORS: Final = {SAME: "#2468B4", RELATED: "#4FB3BF", WEAK: "#E5A835", UNRELATED: "#A8566B"}
"""Told apart under protanopia, deuteranopia and tritanopia; never the only sign: a tier is always named too."""

SHOWN_COLORS: Final = {word: TIER_COLORS[tier] for tier, word in reversed(BINARY_WORDS.items())} | TIER_COLORS
"""Also of what people read in place of a tier: a word has the colour of the highest tier that it stands for."""

NEUTRAL: Final = "#8A9299"
"""For what has no tier: axes, rules without a certificate, texts that were not scored."""

ACCENT: Final = "#17586B"
PAPER: Final = "#FBFAF7"
PANEL: Final = "#F1EFE9"
INK: Final = "#1C2428"
LINE: Final = "#DCD8CE"
DARK_INK: Final = "#E5E7E3"
DARK_PAPER: Final = "#12181B"
DARK_ACCENT: Final = "#5FB3CB"
"""The light look: headings, page, raised areas, text, borders; and text, page and accent of the dark look."""

FONT: Final = (
    '"Source Sans", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei UI", "Microsoft YaHei", '
    '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", sans-serif'
)
"""No font is fetched: Chinese uses what each platform has."""
