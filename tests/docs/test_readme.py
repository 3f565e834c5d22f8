"""The README's commands and code do what it says; its numbers and links are there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from calibration import encoding
from calibration.encoding import CachedEncoder
from tests.conftest import CommandLine
from tests.documented import run_python

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
MARKED = re.compile(r"<!-- [^\n]*tests/docs/test_readme\.py -->\n```(console|python)\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "datasets", tmp_path / "datasets")
    return tmp_path


@pytest.mark.parametrize("readme", READMES)
def test_marked_blocks_run(
    readme: str, folder: Path, monkeypatch: pytest.MonkeyPatch, cli: CommandLine, encoder: CachedEncoder
) -> None:
    """The first command in a process of its own, the rest here: each process would load the model again."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(encoding, "load_encoder", lambda *_: encoder)
    blocks = MARKED.findall((ROOT / readme).read_text(encoding="utf-8"))
    assert {language for language, _ in blocks} == {"console", "python"}
    english = MARKED.findall((ROOT / READMES[0]).read_text(encoding="utf-8"))
    for language, text in blocks:
        if readme != READMES[0] and (language, text) in english:
            continue  # run there
        if language == "python":
            assert run_python(text).strip()
            continue
        for number, command in enumerate(map(shlex.split, text.strip().splitlines())):
            assert command[0] == "simtier"
            done = cli.here(*command[1:]) if number else cli.run(*command[1:], PYTHONPATH=str(ROOT))
            assert done.returncode == 0, (command, done.stderr)
            assert done.stdout.strip()


@pytest.mark.parametrize("readme", READMES)
def test_it_is_short_enough_to_read(readme: str) -> None:
    assert len((ROOT / readme).read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("readme", READMES)
def test_links_and_pictures_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


@pytest.mark.parametrize("readme", READMES)
def test_the_two_commands_are_targets(readme: str) -> None:
    text, makefile = ((ROOT / name).read_text(encoding="utf-8") for name in (readme, "Makefile"))
    for target in ("run", "test"):
        assert f"make {target}" in text
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_requirements_are_pinned_and_say_why() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                assert re.fullmatch(r"[\w-]+(\[\w+\])?==[\w.]+(; [^#]+)? +# .+", line), line


def test_every_direct_dependency_is_locked_and_declared() -> None:
    wanted = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==([\w.]+)", wanted, re.MULTILINE))
    lock = dict(re.findall(r"^([\w.-]+)==([\w.]+)$", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    lock = {name.lower(): version for name, version in lock.items()}
    assert {name: lock.get(name.lower()) for name in pins} == pins
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[tool.", 1)[0]
    declared = set(re.findall(r'^    "([\w-]+)(?:\[\w+\])?[><=]', project, re.MULTILINE))
    assert declared == set(pins)
