"""Chinese pages: a line break in the source is no blank in the text, and every character can be searched.

The theme cuts what is typed where the index is cut: here between Chinese characters.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])")
WIDE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]"
BREAK = re.compile(
    rf"(?<={WIDE})\n(?={WIDE}|<(?:strong|em|a)\b)|(?:(?<=</strong>)|(?<=</em>)|(?<=</a>))\n(?={WIDE})"
)
PIECES = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
CUT = "\u200b"
"""A blank of no width, at which the theme's separator cuts; readers do not see it."""


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Chinese paragraphs without the blanks that their lines would leave."""
    if page.meta.get("language") != "zh":
        return html
    return "".join(part if part.startswith("<pre") else BREAK.sub("", part) for part in PIECES.split(html))


def on_post_build(config: MkDocsConfig) -> None:
    """Cut titles and texts of the index that the search plugin has written."""
    path = Path(config.site_dir) / "search" / "search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    for page in index["docs"]:
        for part in ("title", "text"):
            page[part] = BETWEEN.sub(CUT, page[part])
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
