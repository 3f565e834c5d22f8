"""What commands print for a person is in one language; JSON is the same in any."""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calibration import errors, i18n
from calibration.cli.lines import columns
from calibration.cli.parser import build_parser
from tests.test_cli import scored_file

CLI = Path(__file__).resolve().parents[1] / "calibration"
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


TEXT_FUNCTIONS = ("str", "list[str]", "Iterator[str]")
"""What functions give back that make up lines for a person."""
SYMBOLS = {"a", "b", "n", "v", "ms", "simtier"}
"""Short names that are the same in both languages."""
ERRORS = {
    node.name
    for file in CLI.glob("errors/*.py")
    for node in ast.walk(ast.parse(file.read_text("utf-8")))
    if isinstance(node, ast.ClassDef)
}
PLACES = {"Milvus Lite", "scores, positives", "scores of b", "limit, offset"}
"""Names of packages and of arguments."""


def messages() -> set[str]:
    """Every message that the library marks for translation."""
    calls = (node for file in CLI.rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    named = (n for n in calls if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "N_")
    return {n.args[0].value for n in named if isinstance(n.args[0], ast.Constant)}


def test_every_message_is_in_both_languages() -> None:
    found = messages()
    assert len(found) > 600
    for message in found:
        said = i18n.translate(message, "zh_CN")
        assert said != message
        assert set(re.findall(r"\{\w+\}", said)) == set(re.findall(r"\{\w+\}", message))


def spoken(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The literals below a node that would be read: none of messages, keys, formats, comparisons and docstrings."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.lineno, node.value
        return
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("N_", "getattr"):
        return
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    skipped = {"slice", "format_spec", "keys" if isinstance(node, ast.Dict) else "", "returns", "annotation"}
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in skipped:
                yield from spoken(child)


def printed(tree: ast.AST) -> Iterator[ast.AST]:
    """Whatever makes text for a person: functions that give lines back, and what goes to the terminal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) in TEXT_FUNCTIONS:
            yield from node.body
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("print", "progress_bar", "_say"):
            yield node


def unheard(file: Path) -> list[str]:
    """Words that a command prints past the catalogue."""
    found = {here for part in printed(ast.parse(file.read_text("utf-8"))) for here in spoken(part)}
    return [
        f"{file.name}:{line} {text!r}" for line, text in sorted(found) if {*re.findall("[A-Za-z]+", text)} - SYMBOLS
    ]


def misfits(file: Path) -> list[str]:
    """Reasons in words that an error is given past the catalogue."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
            for _, text in (here for argument in node.args for here in spoken(argument)):
                if " " in text.strip() and re.search("[a-z]{2}", text) and text not in PLACES:
                    found.append(f"{file.name}:{node.lineno} {text!r}")
    return found


def test_no_command_says_anything_past_the_catalogue() -> None:
    files = sorted(CLI.glob("cli/**/*.py"))
    assert len(files) > 20
    assert [found for file in files for found in unheard(file)] == []


def test_no_error_is_given_a_reason_past_the_catalogue() -> None:
    assert [found for file in sorted(CLI.rglob("*.py")) for found in misfits(file)] == []


def test_words_past_the_catalogue_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "said.py"
    file.write_text(
        'def to_text() -> str:\n    """Not this."""\n    lines = [f"{n} rows", say(N_("{n} rows"), n=f"{n:,}")]\n'
        '    return told["kept"]\n\n\ndef to_json() -> dict[str, int]:\n    return {"rows": 1}\n\n\n'
        'print("going on")\nraise BadArgument("-o", f"a file ending in {ENDINGS}", output)\n'
    )
    assert [line.split(" ", 1)[0] for line in unheard(file)] == ["said.py:3", "said.py:11"]
    assert [line.split(" ", 1)[0] for line in misfits(file)] == ["said.py:12"]


def english(text: str, *paths: Path) -> list[str]:
    """The English words in a text, less paths."""
    for path in paths:
        text = text.replace(str(path), "")
    return re.findall(r"[a-z]{4,}", text)


@pytest.mark.parametrize("asked", [(), ("--fpr", 0.05), ("--precision", 0.999)])
def test_fit_and_evaluate_speak_chinese_throughout(cli: Any, tmp_path: Path, asked: tuple[object, ...]) -> None:
    pairs, policy = scored_file(tmp_path / "s.csv"), tmp_path / "p.json"
    done = cli.here("fit", pairs, "-o", policy, "--scored", "--drawn", "mined", *asked, **CHINESE)
    assert done.returncode == 0, done.stderr
    assert english(done.stdout, policy) == ["shop"]
    assert "shop：800 条标注" in done.stdout
    assert "策略已写入" in done.stdout
    judged = cli.here("evaluate", policy, pairs, "--scored", "--live", 0.05, **CHINESE)
    assert english(judged.stdout) == ["shop"]
    assert "公开阈值 精确率" in judged.stdout


def test_suggest_speaks_chinese_and_its_json_does_not(cli: Any, tmp_path: Path) -> None:
    pairs = scored_file(tmp_path / "s.csv", 200)
    done = cli.here("suggest", pairs, "--scored", **CHINESE)
    assert done.returncode == 0, done.stderr
    assert english(done.stdout) == ["shop"]
    assert "这些只是建议" in done.stdout
    told = [json.loads(cli.here("suggest", pairs, "--scored", "--json", **given).stdout) for given in ({}, CHINESE)]
    for found in told:
        del found["policy"]["id"], found["policy"]["created_at"]
    assert told[0] == told[1]


DATASETS = CLI.parent / "datasets"


def said(cli: Any, *arguments: object, code: int = 0) -> str:
    """What a command prints in Chinese."""
    done = cli.here(*arguments, **CHINESE)
    assert done.returncode == code, done.stderr
    return str(done.stdout or done.stderr)


def test_commands_on_files_speak_chinese(cli: Any, tmp_path: Path) -> None:
    titles, out, vectors = DATASETS / "titles/titles.csv", tmp_path / "o.csv", tmp_path / "v.npy"
    text = said(cli, "dedup", titles, "--column", "title", "-o", out, "--tier", "related")
    assert english(text, out) == ["policy", "threshold"]
    assert "54 行，保留" in text
    assert "保留：排在最前的一行" in text
    made = said(cli, "embed", titles, "--column", "title", "-o", vectors)
    assert english(made, vectors) == ["bundled"]
    assert "第" in said(cli, "search", vectors, "保温杯", "-k", 2)
    answers = said(cli, "match", DATASETS / "faq/faq.csv", DATASETS / "faq/queries.csv", "-o", out)
    assert english(answers, out) == ["policy", "threshold"]
    refused = said(cli, "dedup", titles, "--column", "title", "-o", tmp_path / "o.doc", code=2)
    assert "必须是 以 .csv" in refused


def test_commands_on_the_store_speak_chinese(cli: Any, tmp_path: Path) -> None:
    store, saved = ("--database", tmp_path / "s.sqlite"), tmp_path / "b.zip"
    assert said(cli, "keys", "add", "app", *store).startswith("app：读写，创建于 ")
    assert said(cli, "keys", "list", *store).startswith("app：读写，创建于 ")
    assert "已于" in said(cli, "keys", "revoke", "app", *store)
    assert english(said(cli, "backup", saved, *store), saved) == []
    restored = said(cli, "restore", saved, "--yes", *store)
    assert "个 API 密钥" in restored
    assert "原有内容保存在" in restored


def test_the_cache_and_models_speak_chinese(cli: Any, tmp_path: Path) -> None:
    here = ("--data-dir", tmp_path)
    assert "0 个向量，已用 " in said(cli, "cache", "info", *here)
    assert said(cli, "cache", "clear", *here) == "已移除 0 个向量\n"
    assert "没有重新计算" in said(cli, "cache", "verify", *here)
    listed = said(cli, "models")
    assert listed.split()[:5] == ["名称", "维数", "词元上限", "池化", "模型库编号"]
    assert "本机已有" in listed
    facts = said(cli, "models", "show", "gte-large-zh")
    assert re.search("维数 +1024", facts)


def test_what_is_typed_wrongly_is_said_in_chinese(cli: Any) -> None:
    assert "缺少参数：FILE, -o/--output" in said(cli, "dedup", code=2)
    wrong = said(cli, "dedup", "a.csv", "-o", "b.csv", "--keep", "all", code=2)
    assert "参数 --keep：无效的选项 'all'（可选：" in wrong
    assert "参数 --threshold：'x' 不是有效的 float 值" in said(
        cli, "dedup", "a", "-o", "b", "--threshold", "x", code=2
    )


def test_what_users_named_is_not_translated() -> None:
    wrong = errors.ColumnUnknown("name", "same", ["precision", "no"])
    assert i18n.explain(wrong, "zh_CN") == "name：没有列 'same'；现有列：precision, no"


def helped(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every text of a parser's help, and of its sub-commands'."""
    yield from [parser.description] if parser.description else []
    for action in parser._actions:
        yield from [action.help] if action.help else []
        if isinstance(action, argparse._SubParsersAction):
            yield from [choice.help for choice in action._choices_actions if choice.help]
            for one in action.choices.values():
                yield from helped(one)


def test_help_is_in_both_languages(cli: Any) -> None:
    found = {text for text in helped(build_parser()) if re.search(r"(?<![.\w])[a-z]{2,}", text)}
    assert len(found) > 120
    assert [text for text in sorted(found) if i18n.translate(text, "zh_CN") == text] == []
    for text in found:
        assert re.findall(r"%\(\w+\)\w", i18n.translate(text, "zh_CN")) == re.findall(r"%\(\w+\)\w", text)
    said = cli.here("dedup", "--help", **CHINESE).stdout
    assert said.startswith("用法：python -m calibration dedup [-h]")
    assert "保留哪一行（默认 first）" in said
    assert max(columns(line) for line in said.splitlines()) <= 80
    assert "which row stays (default first)" in cli.here("dedup", "--help").stdout
