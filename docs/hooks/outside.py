"""Links of the documentation that leave `docs/`: what they point at joins the site, so that it is whole by itself.

In the repository `../benchmarks/README.md` is right; on the site there is nothing above `docs/`. Markdown that is
linked becomes a page under `project/`, and so does what that page links; any other file is copied there.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
DOCS, PROJECT = "docs", "project"
ALWAYS = ("CHANGELOG.md", "datasets/README.md", "benchmarks/README.md")
LINK = re.compile(r"(\]\()([^)\s#:]+)(#[^)\s]*)?(\))")


def in_repository(src_uri: str) -> str:
    """Path of a page of the site in the repository."""
    inside = src_uri.removeprefix(f"{PROJECT}/")
    return f"{DOCS}/{src_uri}" if inside == src_uri else inside


def site_path(path: str) -> str:
    """Where a file of the repository lies on the site."""
    inside = path.removeprefix(f"{DOCS}/")
    return f"{PROJECT}/{path}" if inside == path else inside


def target(page: str, link: str) -> str | None:
    """The file of the repository at which a link on `page`, both as in the repository, points; None for no such."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
    if path.startswith(("..", "/")) or not (ROOT / path).exists():
        return None
    if (ROOT / path).is_dir():
        path = posixpath.join(path, "README.md")
    return path if (ROOT / path).is_file() else None


def rewritten(text: str, page: str) -> str:
    """Markdown of `page` with its links as they are on the site."""
    here = posixpath.dirname(site_path(page))

    def link(match: re.Match[str]) -> str:
        found = target(page, match[2])
        if found is None:
            return match[0]
        return f"{match[1]}{posixpath.relpath(site_path(found), here or '.')}{match[3] or ''}{match[4]}"

    return LINK.sub(link, text)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside and is linked, and what that links."""
    seen = {in_repository(file.src_uri) for file in files}
    pages = [(in_repository(f.src_uri), f.content_string) for f in files.documentation_pages()]
    waiting = [*ALWAYS]
    while pages or waiting:
        if pages:
            page, text = pages.pop()
            waiting += [found for match in LINK.finditer(text) if (found := target(page, match[2]))]
            continue
        path = waiting.pop()
        if path in seen or path.startswith(f"{DOCS}/"):
            continue
        seen.add(path)
        files.append(File.generated(config, site_path(path), abs_src_path=str(ROOT / path)))
        if path.endswith(".md"):
            pages.append((path, (ROOT / path).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Links as they are on the site."""
    return rewritten(markdown, in_repository(page.file.src_uri))
