"""Each rule of tools/lint finds what it forbids, and nothing in what it allows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools.lint import catalogues, circles, documentation, navigation, numbers, untranslated
from tools.lint.problem import Problem
from tools.lint.sources import DASHBOARD, ROOT, Marked, marked, msgids


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.py"


def found(problems: Iterable[Problem]) -> list[tuple[str, int]]:
    return [(problem.rule, problem.line) for problem in problems]


def test_literals_on_pages(page: Path) -> None:
    page.write_text(
        'st.button("Go", key="go")\nst.caption(f"{n} pairs")\nst.markdown(f":green-badge[{t(x)}]")\n'
        'st.tabs([t("A"), "Numbers"])\nspec = {"title": "Score", "x": {"title": t("Score")}}\nlog.info("started")\n'
    )
    assert found(untranslated.page_texts(page)) == [("MSG001", line) for line in (1, 2, 4, 5)]


def test_literals_of_commands(page: Path) -> None:
    page.write_text(
        'def to_text() -> str:\n    """Not this."""\n    lines = [f"{n} rows", say(N_("{n} rows"), n=f"{n:,}")]\n'
        '    return told["kept"]\n\n\ndef to_json() -> dict[str, int]:\n    return {"rows": 1}\n\n\n'
        'print("going on")\n'
    )
    assert found(untranslated.command_texts(page)) == [("MSG002", 3), ("MSG002", 11)]


def test_reasons_of_errors(page: Path) -> None:
    page.write_text(
        'raise BadArgument("-o", f"a file ending in {ENDINGS}", output)\n'
        'raise BadArgument("-o", N_("a file ending in {endings}"))\n'
    )
    assert "BadArgument" in untranslated.error_classes()
    assert found(untranslated.error_reasons(page, {"BadArgument"})) == [("MSG003", 1)]


def test_messages_are_read_from_the_sources() -> None:
    messages = {message.forms[0] for message in marked(DASHBOARD)}
    assert len(messages) > 150
    assert "Compare" in messages


@pytest.mark.parametrize(
    ("chinese", "rules"),
    [(None, ["CAT001"]), ("", ["CAT001"]), ("{n} 对", []), ("{m} 对", ["CAT002"])],
)
def test_translations(chinese: str | None, rules: list[str]) -> None:
    message = None if chinese is None else Message("{n} pairs", chinese)
    problems = catalogues.translation(Marked(Path("page.py"), 1, ("{n} pairs",)), message)
    assert [problem.rule for problem in problems] == rules


def test_repeated_messages() -> None:
    ids = msgids('msgid ""\nmsgstr ""\n\nmsgid "a"\nmsgstr "甲"\n\nmsgid ""\n"a"\nmsgstr "乙"\n')
    assert found(catalogues.repeated("dashboard", ids)) == [("CAT004", 1)]


@pytest.mark.parametrize(
    ("chinese", "package", "rules"),
    [
        ("保证精确率", "calibration", []),
        ("承诺精确率", "calibration", ["CAT005"]),
        ("就等级 {tier} 而言", "calibration", ["CAT006"]),
        ("就等级 {tier} 而言", "dashboard", []),
    ],
)
def test_words(chinese: str, package: str, rules: list[str]) -> None:
    catalog = Catalog(locale="zh_CN")
    catalog.add("one", chinese)
    assert [problem.rule for problem in catalogues.wording(package, catalog)] == rules


def test_thresholds_by_another_rule(page: Path) -> None:
    page.write_text('a = f"{found.threshold:.3f}"\nb = f"{threshold(found.threshold)} {n:.2f}"\n')
    assert found(numbers.thresholds(page)) == [("NUM001", 1)]


def test_limits_that_a_line_may_part(page: Path) -> None:
    page.write_text('a = "≥ 0.9"\nb = "≥\u00a00.9"\n', encoding="utf-8")
    assert found(numbers.limits(page)) == [("NUM002", 1)]


def test_pages_switched_past_the_helper(page: Path) -> None:
    page.write_text('\nst.switch_page("views/data.py")\n')
    assert found(navigation.switches(page)) == [("NAV001", 2)]


def test_bold_words_of_no_page(tmp_path: Path) -> None:
    guide = tmp_path / "guide.md"
    guide.write_text("Press **Compare**.\n\n```text\n**code**\n```\n\nPress **No such\nbutton**, for **all**.\n")
    problems = list(documentation.bold_words(guide, documentation.page_texts("en")))
    assert found(problems) == [("DOC001", 7)]
    assert "'No such button'" in problems[0].text


def test_the_command_names_file_line_and_rule() -> None:
    problem = Problem(Path("page.py"), 3, "MSG001", "mark the text")
    assert str(problem) == "page.py:3: MSG001 mark the text"


@pytest.mark.parametrize(("subject", "code"), [("cases: keep the filter", 0), ("Update things", 1)])
def test_commit_subjects(tmp_path: Path, subject: str, code: int) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text(f"{subject}\n\nBecause.\n")
    done = subprocess.run(
        [sys.executable, "-m", "tools.lint.commit_subject", message], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize(
    ("second", "rules"),
    [
        ("import json\n", []),
        ("from first import a\n", ["IMP001"]),
        ("def late() -> None:\n    import first\n", ["IMP001"]),
        ("if TYPE_CHECKING:\n    from first import a\n", []),
    ],
)
def test_circles_of_imports(tmp_path: Path, second: str, rules: list[str]) -> None:
    (tmp_path / "first.py").write_text("from second import b\n")
    (tmp_path / "second.py").write_text(second)
    modules = {name: tmp_path / f"{name}.py" for name in ("first", "second")}
    problems = list(circles.circles(modules))
    assert [problem.rule for problem in problems] == rules
    assert all("first <- " in problem.text or " <- first" in problem.text for problem in problems)
