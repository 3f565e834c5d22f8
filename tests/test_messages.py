"""Every word on a page is in both languages, with the same fields, and none is written past the catalogues."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
DASHBOARD = ROOT / "dashboard"
FORMS = {"t": 1, "tn": 2, "N_": 1}
"""What marks a message, and how many forms it takes."""

TEXT_CALLS = {
    "title", "header", "subheader", "caption", "markdown", "write", "text", "info", "warning", "error", "success",
    "button", "download_button", "page_link", "toggle", "checkbox", "selectbox", "multiselect", "text_input",
    "text_area", "slider", "number_input", "file_uploader", "segmented_control", "radio", "metric", "expander",
    "popover", "dialog", "spinner", "toast", "badge", "Page", "tabs", "pills", "progress", "status", "feedback",
    "date_input", "time_input", "select_slider", "color_picker", "chat_input", "data_editor", "menu_button",
}  # fmt: skip
TEXT_KEYWORDS = {"label", "help", "placeholder", "title", "body", "alt"}
BILINGUAL = {"语言 / Language"}
"""Said in both languages at once, because it is read by who cannot read the page."""


@cache
def catalogue(package: str) -> Catalog:
    with (ROOT / package / "locales" / "zh_CN.po").open("rb") as file:
        return read_po(file, locale="zh_CN")


def messages() -> dict[str | tuple[str, ...], str]:
    """Every message of the dashboard's sources, and where it stands.

    Read from the syntax tree, because Babel's extractor looks into f-strings only since Python 3.12.
    """
    found: dict[str | tuple[str, ...], str] = {}
    for path in sorted(DASHBOARD.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORMS:
                texts = [a.value for a in node.args[: FORMS[node.func.id]] if isinstance(a, ast.Constant)]
                if len(texts) == FORMS[node.func.id]:
                    key = str(texts[0]) if len(texts) == 1 else tuple(map(str, texts))
                    found.setdefault(key, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def entry(message: str | tuple[str, ...]) -> Message | None:
    """The dashboard's entry of a message, else the library's."""
    key = message if isinstance(message, str) else message[0]
    for package in ("dashboard", "calibration"):
        found = catalogue(package).get(key)
        if found is not None:
            return found
    return None


def translations(message: str | tuple[str, ...]) -> list[str]:
    found = entry(message)
    if found is None:
        return []
    return [found.string] if isinstance(found.string, str) else list(found.string)


ALL = messages()


def test_the_extraction_finds_what_pages_say() -> None:
    assert len(ALL) > 150
    assert "Compare" in ALL


@pytest.mark.parametrize("message", ALL, ids=lambda message: str(message)[:50])
def test_every_message_is_translated_with_the_same_fields(message: str | tuple[str, ...]) -> None:
    translated = translations(message)
    assert translated, f"no Chinese for {message!r} ({ALL[message]})"
    assert all(translated), f"empty Chinese for {message!r} ({ALL[message]})"
    english = message if isinstance(message, str) else message[-1]
    for text in translated:
        assert fields(text) == fields(english), f"other fields in {text!r}"


def test_the_catalogue_holds_no_message_that_no_page_says() -> None:
    said = {message if isinstance(message, str) else message[0] for message in ALL}
    kept = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue("dashboard") if m.id}
    assert kept <= said, f"left over: {sorted(kept - said)}"


def msgids(package: str) -> list[str]:
    """Every msgid as the file has it, repeated ones too: what is read as a catalogue keeps only the last."""
    text = (ROOT / package / "locales" / "zh_CN.po").read_text(encoding="utf-8")
    blocks = re.findall(r"^msgid ((?:\".*\"\n)+)", text, re.MULTILINE)
    return ["".join(ast.literal_eval(line) for line in block.splitlines()) for block in blocks]


def test_every_message_is_translated_once() -> None:
    ours, library = msgids("dashboard"), msgids("calibration")
    assert len(ours) > 600
    for ids in (ours, library):
        assert [one for one, count in Counter(ids).items() if count > 1] == []
    assert {*ours} & {*library} == {""}


HAN, NAMED = r"[\u3000-\u9fff\uff00-\uffef]", r"\{(?:tier|upper)\}"
SPACED_TIER = re.compile(f"{HAN} {NAMED}|{NAMED} {HAN}")
OTHER_WORDS = {
    "承诺": "保证",
    "认证": "保证",
    "成本": "代价",
    "复核的句对": "复查的句对",
    "您": "你",
    "查询": "提问",
    "档位": "等级",
}
"""What a reader may not meet beside the word of the glossary."""


@cache
def in_chinese() -> list[tuple[str, str]]:
    """Every message of both catalogues in Chinese, beside its English."""
    found = []
    for package in ("dashboard", "calibration"):
        for message in catalogue(package):
            forms = [message.string] if isinstance(message.string, str) else list(message.string)
            found += [(str(message.id), text) for text in forms if message.id]
    return found


def test_no_message_leaves_blanks_round_the_name_of_a_tier() -> None:
    """Those of the library are filled with names; pages fill some of theirs with badges, which keep a distance."""
    plain = {message.string for message in catalogue("calibration") if message.id}
    assert [text for _, text in in_chinese() if text in plain and SPACED_TIER.search(text)] == []
    assert SPACED_TIER.search("就等级 {tier} 而言")


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_one_word_for_one_thing(word: str) -> None:
    assert [text for _, text in in_chinese() if word in text] == [], f"say {OTHER_WORDS[word]}"


def literals(node: ast.AST) -> Iterator[str]:
    """The text that a node says itself: constants, also as parts of f-strings and choices."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from literals(part)
    elif isinstance(node, ast.BinOp):
        yield from literals(node.left)
        yield from literals(node.right)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.List | ast.Tuple):
        for part in node.elts:
            yield from literals(part)


def words(text: str) -> str:
    """What of a literal a person would read: no icons, colours, HTML or file names."""
    kept = []
    for part in text.replace("[", " ").replace("]", " ").split():
        directive = part.startswith(":") or part.endswith(":") or "badge" in part
        if not directive and any(c.isalpha() for c in part):
            kept.append(part)
    return " ".join(kept)


def drawn(node: ast.Dict) -> Iterator[str]:
    """What a chart as Vega-Lite has it says itself."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value in ("title", "text"):
            yield from filter(words, literals(value))


def stray(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            yield from (f"{path.name}:{node.lineno} {text!r}" for text in drawn(node))
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "log":
            continue
        arguments: list[ast.AST] = list(node.args[:1]) if name in TEXT_CALLS else []
        if name in TEXT_CALLS or name.endswith("Column"):
            arguments += [keyword.value for keyword in node.keywords if keyword.arg in TEXT_KEYWORDS]
        for argument in arguments:
            for literal in literals(argument):
                if words(literal) and literal not in BILINGUAL and not literal.endswith(".py"):
                    yield f"{path.name}:{node.lineno} {literal!r}"


def test_no_page_says_anything_past_the_catalogues() -> None:
    files = sorted(path for path in DASHBOARD.rglob("*.py"))
    assert len(files) > 10
    assert [found for path in files for found in stray(path)] == []


def test_a_stray_word_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text(
        'st.button("Go", key="go")\nst.caption(f"{n} pairs")\nst.markdown(f":green-badge[{t(x)}]")\n'
        'st.tabs([t("A"), "Numbers"])\nspec = {"title": "Score", "x": {"title": t("Score")}}\n'
    )
    found = [line.split(" ", 1)[0] for line in stray(page)]
    assert found == ["page.py:1", "page.py:2", "page.py:4", "page.py:5"]
