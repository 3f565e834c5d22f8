"""The reference of settings, from their declarations: `python docs/hooks/settings_page.py` writes the page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "settings.md"
INTRODUCTION = """\
<!-- Made by docs/hooks/settings_page.py from the declarations of the settings; a test compares them. -->

# Settings

Flags come before variables, variables before defaults. Empty variables count as unset; an invalid value
is refused with one line that names the variable or the flag.
"""


def shown(default: Any, facts: dict[str, Any]) -> str:
    """A default for a cell."""
    if facts["shown"]:
        return str(facts["shown"])
    return f"`{default}`" if isinstance(default, str) else str(default)


def section(settings: Any) -> Iterator[str]:
    """A table of one subject's settings."""
    from calibration.settings.declared import facts

    yield f"\n## {settings.title}\n"
    if settings.note:
        yield f"{settings.note}\n"
    flags = any(facts(settings, name)["flag"] for name in settings.model_fields)
    yield (
        "| variable | flag | default | |\n|---|---|---|---|" if flags else "| variable | default | |\n|---|---|---|"
    )
    for name, field in settings.model_fields.items():
        told = facts(settings, name)
        flag = [f"`{told['flag']}`" if told["flag"] else ""] if flags else []
        cells = [f"`{settings.variable(name)}`", *flag, shown(field.default, told), field.description or ""]
        yield "| " + " | ".join(cells).replace("|  |", "| |") + " |"


def settings_page() -> str:
    """The page as Markdown."""
    from dashboard.settings import ALL

    lines = [INTRODUCTION.rstrip("\n"), *(line for settings in ALL for line in section(settings))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(settings_page(), encoding="utf-8")
