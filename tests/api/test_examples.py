"""The examples of the documentation and of /docs do what they say, on a server that is asked by them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import ROOT

MARKED = re.compile(r"<!-- [^\n]*tests/api/test_examples\.py -->\n((?:.*?```javascript\n.*?```){2})", re.DOTALL)
BLOCK = re.compile(r"```(bash|python|javascript)\n(.*?)```", re.DOTALL)
PROGRAMS = {"bash": "curl", "python": sys.executable, "javascript": "node"}


SHOWN = [(language, which) for which in ("similarity", "match") for language in PROGRAMS]


Examples = dict[tuple[str, str], str]


def examples(text: str) -> Examples:
    """By language and what is shown: first similarity in all languages, then matching."""
    found = BLOCK.findall(text)
    assert [language for language, _ in found] == [language for language, _ in SHOWN]
    return {key: code for key, (_, code) in zip(SHOWN, found, strict=True)}


@pytest.fixture(scope="module")
def documented(client: httpx.Client) -> Examples:
    return examples(client.get("/openapi.json").json()["info"]["description"])


@pytest.mark.parametrize("page", ["how-to/connect-a-service.md", "zh/connect-a-service.md"])
def test_the_guide_and_the_api_show_the_same(page: str, documented: Examples, url: str) -> None:
    marked = MARKED.search((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert marked is not None
    here = url.replace("127.0.0.1", "localhost")
    guide = {key: code.replace("http://localhost:7860", here) for key, code in examples(marked[1]).items()}
    assert guide == documented


@pytest.mark.parametrize("shown", SHOWN, ids="-".join)
def test_an_example_runs(shown: tuple[str, str], documented: Examples, url: str, tmp_path: Path) -> None:
    run(shown[0], documented[shown], url, tmp_path)


@pytest.mark.usefixtures("publish")
@pytest.mark.parametrize("shown", SHOWN, ids="-".join)
def test_an_example_runs_where_domains_are_in_force(
    shown: tuple[str, str], documented: Examples, url: str, tmp_path: Path
) -> None:
    said = run(shown[0], documented[shown], url, tmp_path)
    assert "unrelated" in said or shown == ("javascript", "similarity")  # which shows the old form, without tiers
    assert shown[1] != "match" or "answered" in said


def run(language: str, code: str, url: str, tmp_path: Path) -> str:
    """What an example says; two scores, the first the higher."""
    if shutil.which(PROGRAMS[language]) is None:
        pytest.skip(f"{PROGRAMS[language]} is not installed")
    text = code.replace(url.replace("127.0.0.1", "localhost"), url)
    if language == "javascript":
        (tmp_path / "example.mjs").write_text(text, encoding="utf-8")
        command = ["node", str(tmp_path / "example.mjs")]
    else:
        command = [sys.executable, "-c", text] if language == "python" else ["bash", "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    scores = [float(number) for number in re.findall(r"0\.\d+", done.stdout)]
    assert len(scores) >= 2
    assert scores[0] > scores[1]
    return done.stdout
