"""The documentation as a site: it builds without a warning, needs nobody's server, and holds what it should."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from calibration.cli.parser import build_parser
from tests.documented import ROOT

pytestmark = pytest.mark.slow  # it builds the whole site, twice

FETCHED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=\"?((?:https?:)?//[^\s\">]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: strictly."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr
    return folder


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    found = [(page.name, url) for page in site.rglob("*.html") for url in FETCHED.findall(read(page))]
    assert found == []
    assert not [css for css in site.rglob("*.css") if "url(http" in read(css)]


def test_every_page_of_the_repository_is_there(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        assert (site / page.relative_to(ROOT / "docs")).with_suffix(".html").is_file(), page


def test_the_reference_is_the_programs_own(site: Path) -> None:
    commands = read(site / "reference" / "command-line.html")
    jobs = next(action for action in build_parser()._actions if action.dest == "command")
    assert jobs.choices
    for command in jobs.choices:
        assert f'<h2 id="{command}">' in commands
    api = read(site / "reference" / "http-api.html")
    assert "POST /v1/similarity" in api
    assert (site / "reference" / "openapi.json").stat().st_size > 10_000
    library = read(site / "reference" / "library.html")
    for name in ("load_pairs", "certify_precision", "Policy", "Client"):
        assert f"{name}</" in library or f".{name}" in library


def test_formulas_are_drawn_by_the_browser(site: Path) -> None:
    method = read(site / "method.html")
    assert method.count("<math") > 10
    assert "arithmatex" not in method


def test_chinese_pages_say_that_they_are_chinese(site: Path) -> None:
    assert '<html lang="zh"' in read(site / "zh" / "tutorial.html")
    assert '<html lang="en"' in read(site / "tutorial.html")


def test_a_broken_link_fails(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n\n[gone](gone.md)\n", encoding="utf-8")
    settings = (
        read(ROOT / "mkdocs.yml").split("\nplugins:")[0].replace("custom_dir: docs/overrides", "custom_dir: docs")
    )
    (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "gone.md" in done.stderr
