"""Texts for people that are not marked for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.lint.problem import Problem
from tools.lint.sources import DASHBOARD, LIBRARY, function_name, python_files, tree

TEXT_CALLS: Final = {
    "title", "header", "subheader", "caption", "markdown", "write", "text", "info", "warning", "error", "success",
    "button", "download_button", "page_link", "toggle", "checkbox", "selectbox", "multiselect", "text_input",
    "text_area", "slider", "number_input", "file_uploader", "segmented_control", "radio", "metric", "expander",
    "popover", "dialog", "spinner", "toast", "badge", "Page", "tabs", "pills", "progress", "status", "feedback",
    "date_input", "time_input", "select_slider", "color_picker", "chat_input", "data_editor", "menu_button",
}  # fmt: skip
TEXT_KEYWORDS: Final = {"label", "help", "placeholder", "title", "body", "alt"}
BILINGUAL: Final = {"语言 / Language"}
"""In both languages at once, for readers who do not know the page's language."""
TEXT_TYPES: Final = ("str", "list[str]", "Iterator[str]")
"""What functions of commands return that make lines for a person."""
FOR_PROGRAMS: Final = ("metrics_text",)
"""Functions of commands whose text programs read."""
PRINTERS: Final = ("print", "progress_bar", "_say")
SYMBOLS: Final = {"a", "b", "n", "v", "ms", "simtier"}
"""Short names that are the same in both languages."""
NAMES: Final = {
    "unpacked bytes",
    "Milvus Lite",
    "scores, positives",
    "recall, coverage",
    "scores of b",
    "limit, offset",
}
"""Names of units, which errors look up in the catalogue, of packages and of arguments."""


def check() -> Iterator[Problem]:
    """All rules of this module on the repository."""
    for path in python_files(DASHBOARD):
        yield from page_texts(path)
    for path in python_files(LIBRARY / "cli"):
        yield from command_texts(path)
    causes = error_classes()
    for path in python_files(LIBRARY):
        yield from error_reasons(path, causes)


def page_texts(path: Path) -> Iterator[Problem]:
    """MSG001: a page, chart or widget shows a literal."""
    for node in ast.walk(tree(path)):
        shown = _chart_texts(node) if isinstance(node, ast.Dict) else _widget_texts(node)
        for text in shown:
            yield Problem(path, getattr(node, "lineno", 1), "MSG001", f'mark the text with t("..."): {text!r}')


def command_texts(path: Path) -> Iterator[Problem]:
    """MSG002: a command prints a literal."""
    found = {here for part in _printed(tree(path)) for here in _literals_read(part)}
    for line, text in sorted(found):
        if {*re.findall("[A-Za-z]+", text)} - SYMBOLS:
            yield Problem(path, line, "MSG002", f'mark the text with N_("...") and translate it: {text!r}')


def error_classes() -> set[str]:
    """The names of the library's errors."""
    files = python_files(LIBRARY / "errors")
    return {node.name for path in files for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)}


def error_reasons(path: Path, causes: set[str]) -> Iterator[Problem]:
    """MSG003: an error is given a reason as a literal."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in causes:
            continue
        for _, text in (here for argument in node.args for here in _literals_read(argument)):
            if " " in text.strip() and re.search("[a-z]{2}", text) and text not in NAMES:
                yield Problem(path, node.lineno, "MSG003", f'mark the reason with N_("..."): {text!r}')


def _widget_texts(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "log":
        return
    name = function_name(node)
    arguments: list[ast.AST] = list(node.args[:1]) if name in TEXT_CALLS else []
    if name in TEXT_CALLS or name.endswith("Column"):
        arguments += [keyword.value for keyword in node.keywords if keyword.arg in TEXT_KEYWORDS]
    for argument in arguments:
        for text in _literals_shown(argument):
            if _words(text) and text not in BILINGUAL and not text.endswith(".py"):
                yield text


def _chart_texts(node: ast.Dict) -> Iterator[str]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value in ("title", "text"):
            yield from filter(_words, _literals_shown(value))


def _literals_shown(node: ast.AST) -> Iterator[str]:
    """The literals that a node shows itself: constants, also as parts of f-strings, sums, lists and choices."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
        return
    parts: list[ast.AST] = []
    if isinstance(node, ast.JoinedStr):
        parts = list(node.values)
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.List | ast.Tuple):
        parts = list(node.elts)
    for part in parts:
        yield from _literals_shown(part)


def _words(text: str) -> str:
    """What a person would read of a literal: no icons, colours, HTML or file names."""
    kept = []
    for part in text.replace("[", " ").replace("]", " ").split():
        directive = part.startswith(":") or part.endswith(":") or "badge" in part
        if not directive and any(character.isalpha() for character in part):
            kept.append(part)
    return " ".join(kept)


def _printed(module: ast.AST) -> Iterator[ast.AST]:
    """What makes text for a person: functions that return lines, and what goes to the terminal."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) in TEXT_TYPES:
            yield from node.body if node.name not in FOR_PROGRAMS else ()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in PRINTERS:
            yield node


def _literals_read(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The literals below a node that a person reads: no messages, keys, formats, comparisons and docstrings."""
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
                yield from _literals_read(child)
