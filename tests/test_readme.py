"""The README's commands and code do what it says; its numbers and links are there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
MARKED = re.compile(r"<!-- [^\n]*tests/test_readme\.py -->\n```(console|python)\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "datasets", tmp_path / "datasets")
    return tmp_path


@pytest.mark.parametrize("readme", READMES)
def test_marked_blocks_run(readme: str, folder: Path) -> None:
    blocks = MARKED.findall((ROOT / readme).read_text(encoding="utf-8"))
    assert {language for language, _ in blocks} == {"console", "python"}
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    english = MARKED.findall((ROOT / READMES[0]).read_text(encoding="utf-8"))
    for language, text in blocks:
        if readme != READMES[0] and (language, text) in english:
            continue  # run there
        commands = [["python", "-c", text]] if language == "python" else map(shlex.split, text.strip().splitlines())
        for command in commands:
            assert command[0] == "python"
            done = subprocess.run(
                [sys.executable, *command[1:]], cwd=folder, env=environ, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, (command, done.stderr)
            assert done.stdout.strip() or language == "python"


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


def test_every_package_is_listed_for_installation() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = set(
        re.findall(r'^    "((?:calibration|dashboard)[\w.]*)",$', project.split("[tool.ruff]")[0], re.MULTILINE)
    )
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("calibration", "dashboard")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert listed == found
