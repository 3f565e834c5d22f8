"""What commands print for a person is in one language; JSON is the same in any."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from calibration import i18n
from tests.test_cli import scored_file

CLI = Path(__file__).resolve().parents[1] / "calibration"
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


def messages() -> set[str]:
    """Every message that a command marks for translation, and those of its advice."""
    files = [*CLI.glob("cli/*.py"), CLI / "budget_rate.py", CLI / "drawn.py"]
    calls = (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    named = (n for n in calls if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "N_")
    return {n.args[0].value for n in named if isinstance(n.args[0], ast.Constant)}


def test_every_message_of_a_command_is_in_both_languages() -> None:
    found = messages()
    assert len(found) > 90
    for message in found:
        said = i18n.translate(message, "zh_CN")
        assert said != message
        assert set(re.findall(r"\{\w+\}", said)) == set(re.findall(r"\{\w+\}", message))


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
