"""Formulas as MathML, made when the site is built: browsers draw it themselves, without a script or a network."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def mathml(match: re.Match[str]) -> str:
    """One formula, in the line or in a paragraph of its own."""
    display = "inline" if match[1] == "span" else "block"
    return str(convert(html.unescape(match[2]).strip(), display=display))


def on_page_content(content: str, **_: object) -> str:
    """The page with every formula drawn."""
    return FORMULA.sub(mathml, content)
