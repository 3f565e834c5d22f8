"""The documentation does what it says: every command exists and runs, every word of the pages is theirs."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from calibration import encoding
from calibration.cli.parser import build_parser
from calibration.encoding import CachedEncoder
from dashboard.settings import ALL, Api
from docs.hooks.settings_page import settings_page
from tests.conftest import CommandLine
from tests.documented import ROOT, Block, arguments, blocks, name, pages, run_python, same_output

DOCS = ROOT / "docs"
DONE = [
    path
    for folder in ("", "zh", "how-to")
    for path in sorted((DOCS / folder).glob("*.md"))
    if path.stem not in ("method", "operating", "glossary")
]
"""Pages whose commands are run in order, each page in a folder of its own with the sample data."""
OTHERS = (
    "git", "curl", "docker", "source", "export", "pip", "npm", "psql", "kubectl", "systemctl", "sudo", "cd",
    "printf", "ray",
)  # fmt: skip
"""Programs that are not ours: what they are asked is not looked at here."""
SETUP = ("make", ".venv/bin/", "python3 -m venv", "python -m venv", "python -m dashboard")
"""What sets up or serves: not run here, and the lines below see to it that it exists."""


def checked(command: str) -> None:
    """Fail where a command of ours does not exist, or would refuse its options."""
    words = arguments(command)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]  # variables before the command
    program = words[0].removeprefix(".venv/bin/")
    if program == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), command
    elif program == "simtier":
        quietly(build_parser(), words[1:], command)
    elif program in ("python", "python3") and words[1:2] == ["-m"]:
        module(words[2], words[3:], command)
    elif program in ("python", "python3"):
        assert (ROOT / words[1]).is_file(), command
    else:
        assert program in OTHERS, f"what is {program!r}? in {command!r}"


def module(wanted: str, options: list[str], command: str) -> None:
    """`python -m wanted options`."""
    if wanted == "calibration":
        quietly(build_parser(), options, command)
    elif wanted == "dashboard":
        from dashboard import options as server

        quietly(server, options, command)
    elif wanted.startswith("benchmarks"):
        folder = ROOT / wanted.replace(".", "/")
        source = "".join(
            path.read_text() for path in [*folder.rglob("*.py"), *folder.parent.glob(folder.name + ".py")]
        )
        assert source, command
        for option in options:
            assert not option.startswith("--") or f'"{option.split("=")[0]}"' in source, (option, command)
    else:
        assert wanted in ("pip", "venv", "pytest", "mkdocs", "http.server"), command


def quietly(parser: object, options: list[str], command: str) -> None:
    """Parse; asking for help is fine."""
    said, code = io.StringIO(), 0
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            if isinstance(parser, argparse.ArgumentParser):
                parser.parse_args(options)
            else:
                parser.parse(options, {})  # type: ignore[attr-defined]
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 0, (command, said.getvalue())


@pytest.mark.parametrize("path", pages(), ids=name)
def test_every_command_exists(path: Path) -> None:
    for block in blocks(path):
        if block.language in ("console", "bash", "sh", "shell"):
            for command in block.commands:
                checked(command)


def test_a_command_that_is_gone_would_be_found() -> None:
    for command in (
        "python -m calibration calibrate x.csv",
        "python -m calibration fit x.csv -o p.json --gone",
        "python -m dashboard --gone",
        "make gone",
        "python -m benchmarks.gone",
        "simtier gone",
    ):
        with pytest.raises(AssertionError):
            checked(command)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: CachedEncoder) -> Path:
    """The folder of a fresh clone, as far as a page needs it, with a store of its own; the model is loaded once."""
    shutil.copytree(ROOT / "datasets", tmp_path / "datasets")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIMTIER_DATABASE_URL", str(tmp_path / "store.sqlite"))
    load = encoding.load_encoder

    def loaded(model: str = "bundled", *given: Any, **options: Any) -> CachedEncoder:
        return encoder if model == "bundled" else load(model, *given, **options)

    monkeypatch.setattr(encoding, "load_encoder", loaded)
    return tmp_path


def runs(block: Block) -> bool:
    """Whether a block is run here."""
    return not block.kept and not block.asks_server and block.language in ("console", "python")


def works(path: Path) -> list[Block]:
    """What is to be run of a page."""
    return [block for block in blocks(path) if runs(block) and not block.text.startswith(SETUP)]


def said(path: Path) -> str:
    """What a page has run, without its words: the same in two languages is run once."""
    return "\n".join(block.text for block in works(path))


def original(chinese: Path) -> Path:
    """The English page that a Chinese one says in its own words."""
    guide = DOCS / "how-to" / chinese.name
    return guide if guide.exists() else DOCS / chinese.name


TYPED = ("bash", "console", "javascript", "python", "sh")
"""What readers type; a listing of files is translated, and a whole pipeline stands on the English page alone."""
TRANSLATED = sorted((DOCS / "zh").glob("*.md"))
RUN = list({said(path): path for path in reversed(DONE) if works(path)}.values())


@pytest.mark.parametrize("path", RUN, ids=name)
def test_a_page_does_what_it_says(path: Path, reader: Path, cli: CommandLine) -> None:
    for block in works(path):
        if block.language == "python":
            assert run_python(block.text).strip()
            continue
        for command in block.commands:
            program, *words = arguments(command)
            assert program == "simtier", command
            done = cli.here(*words)
            assert done.returncode == 0, (command, done.stderr)
            assert done.stdout.strip(), command
            if block.shown:
                assert same_output(done.stdout, block.shown), f"{command} says\n{done.stdout}"


def test_pages_that_run_are_many() -> None:
    assert {path.stem for path in RUN} >= {"quick-start", "tutorial", "choose-a-target", "draw-labels"}


@pytest.mark.parametrize("chinese", TRANSLATED, ids=name)
def test_a_chinese_page_runs_what_the_english_one_runs(chinese: Path) -> None:
    english = original(chinese)
    ran = [
        [(block.language, block.text, block.shown) for block in blocks(page) if block.language in TYPED]
        for page in (chinese, english)
    ]
    assert ran[0] == ran[1]
    assert f"](../{english.relative_to(DOCS)})" in chinese.read_text(encoding="utf-8")
    assert re.search(r"\]\((\.\./)?zh/" + re.escape(chinese.name) + r"\)", english.read_text(encoding="utf-8"))


def test_every_guide_is_in_both_languages() -> None:
    guides = {path.name for path in (DOCS / "how-to").glob("*.md")}
    assert len(guides) > 5
    assert guides <= {path.name for path in TRANSLATED}


FORMER = {"SIMTIER_PRECISION"}
"""Names that are refused with the new one."""
PREFIXES = {settings.model_config["env_prefix"].rstrip("_") for settings in ALL} | {"SIMTIER_OIDC"}


def test_settings_are_those_that_are_declared() -> None:
    made = settings_page()
    assert (DOCS / "reference" / "settings.md").read_text(encoding="utf-8") == made, (
        "run docs/hooks/settings_page.py"
    )
    assert f"| `SIMTIER_API_TEXTS` | {Api.model_fields['texts'].default} |" in made


def test_no_variable_is_read_that_is_not_declared() -> None:
    declared = {settings.variable(name) for settings in ALL for name in settings.model_fields}
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for top in ("calibration", "dashboard")
        for path in (ROOT / top).rglob("*.py")
    )
    found = set(re.findall(r"\bSIMTIER_[A-Z_]*[A-Z]\b", sources))
    assert found - declared - FORMER - PREFIXES == set()


def test_both_languages_of_a_page_show_the_same_pictures() -> None:
    for page in ("quick-start", "tutorial"):
        shown = []
        for folder, tag in (("", "en"), ("zh", "zh")):
            text = (DOCS / folder / f"{page}.md").read_text(encoding="utf-8")
            shown.append(re.findall(rf"images/([\w-]+)\.{tag}\.png", text))
            assert len(re.findall(r"images/", text)) == len(shown[-1])
        assert shown[0] == shown[1]
