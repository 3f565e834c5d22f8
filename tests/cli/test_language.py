"""What commands print for a person is in one language; JSON is the same in any."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calibration import errors
from calibration.cli.parser import build_parser
from calibration.cli.terminal import columns
from calibration.messages import catalogues as i18n
from tests.cli.test_cli import scored_file

CLI = Path(__file__).resolve().parents[2] / "calibration"
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


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
    assert "方案已写入" in done.stdout
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
    assert "保留：最前的一行" in text
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
    assert max(columns(line) for line in said.partition("示例：")[0].splitlines()) <= 80
    assert "which row to keep (default first)" in cli.here("dedup", "--help").stdout
