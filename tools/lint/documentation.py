"""The documentation calls things what the pages call them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.lint.problem import Problem
from tools.lint.sources import ROOT, catalogue

DOCS: Final = ROOT / "docs"
BILINGUAL: Final = ("quick-start", "tutorial")
PROSE: Final = ("index", "method")
"""Chinese pages that speak of no button."""
STRESSED: Final = r"all|every|gate|at random.*|bold|粗体|全部|随机|每一行|检查"
"""Bold words that are stressed and not read on a page."""


def check() -> Iterator[Problem]:
    """All rules of this module on the repository."""
    guides = [*sorted((DOCS / "how-to").glob("*.md")), *(DOCS / f"{name}.md" for name in BILINGUAL)]
    chinese = [path for path in sorted((DOCS / "zh").glob("*.md")) if path.stem not in PROSE]
    for path in (*guides, *chinese):
        yield from bold_words(path, page_texts("zh" if path.parent.name == "zh" else "en"))


def bold_words(path: Path, known: list[re.Pattern[str]]) -> Iterator[Problem]:
    """DOC001: what is bold is a text of the pages, and no page has it."""
    text = path.read_text(encoding="utf-8")
    for phrase, line in bold(text):
        if not re.fullmatch(STRESSED, phrase) and not any(one.fullmatch(phrase) for one in known):
            yield Problem(path, line, "DOC001", f"no page shows this text: {phrase!r}")


def bold(text: str) -> Iterator[tuple[str, int]]:
    """What is bold outside of code, and its line."""
    code = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
    plain = code.sub(lambda block: "\n" * block[0].count("\n"), text)
    for found in re.finditer(r"\*\*(.+?)\*\*", plain, re.DOTALL):
        yield " ".join(found[1].split()), plain.count("\n", 0, found.start()) + 1


def page_texts(language: str) -> list[re.Pattern[str]]:
    """Every message of both catalogues in a language, with any value for its fields."""
    texts: set[str] = set()
    for package in ("dashboard", "calibration"):
        for message in catalogue(package):
            found = message.id if language == "en" else message.string
            texts |= {found} if isinstance(found, str) else set(found)
    return [re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text.strip("*")))) for text in texts if text]
