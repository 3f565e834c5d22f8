"""The Chinese catalogues: complete, without leftovers, and with one word for one concept."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from babel.messages.catalog import Message

from tools.lint.problem import Problem
from tools.lint.sources import DASHBOARD, LIBRARY, Marked, catalogue, catalogue_path, marked, msgids

HAN, NAMED = r"[\u3000-\u9fff\uff00-\uffef]", r"\{(?:tier|upper)\}"
SPACED_TIER: Final = re.compile(f"{HAN} {NAMED}|{NAMED} {HAN}")
OTHER_WORDS: Final = {
    "承诺": "保证",
    "认证": "保证",
    "复核的句对": "复查的句对",
    "您": "你",
    "查询": "提问",
    "档位": "等级",
}
"""Words that the catalogues avoid, and the word of the glossary to use in their place."""


def check() -> Iterator[Problem]:
    """All rules of this module on the repository."""
    dashboard, library = list(marked(DASHBOARD)), list(marked(LIBRARY))
    for message in dashboard:  # pages use what the library says, too
        key = message.forms[0]
        yield from translation(message, catalogue("dashboard").get(key) or catalogue("calibration").get(key))
    for message in library:
        yield from translation(message, catalogue("calibration").get(message.forms[0]))
    used = {message.forms[0] for message in dashboard}
    for kept in catalogue("dashboard"):
        if kept.id and _first(kept) not in used:
            yield _at("dashboard", kept, "CAT003", f"no page uses this message: {_first(kept)!r}")
    for package in ("dashboard", "calibration"):
        path = catalogue_path(package)
        yield from repeated(package, msgids(path.read_text(encoding="utf-8")))
        yield from wording(package, catalogue(package))
    both = {*msgids(catalogue_path("dashboard").read_text("utf-8"))}
    both &= {*msgids(catalogue_path("calibration").read_text("utf-8"))} - {""}
    for text in sorted(both - {""}):
        yield Problem(catalogue_path("dashboard"), 1, "CAT004", f"both catalogues translate {text!r}")


def translation(message: Marked, found: Message | None) -> Iterator[Problem]:
    """CAT001: a message has no Chinese. CAT002: its Chinese has other fields."""
    texts = _forms(found)
    if not texts or not all(texts):
        yield Problem(message.path, message.line, "CAT001", f"no Chinese for {message.forms[0]!r}")
    for text in filter(None, texts):
        if fields(text) != fields(message.forms[-1]):
            yield Problem(message.path, message.line, "CAT002", f"other fields in the Chinese {text!r}")


def repeated(package: str, ids: list[str]) -> Iterator[Problem]:
    """CAT004: a catalogue translates a message twice."""
    for text, count in Counter(ids).items():
        if count > 1:
            yield Problem(catalogue_path(package), 1, "CAT004", f"translated {count} times: {text!r}")


def wording(package: str, messages: Iterable[Message]) -> Iterator[Problem]:
    """CAT005: another word than the glossary's. CAT006: blanks round a tier's name, which the library fills in.

    Pages fill some of theirs with badges, which keep a distance, so CAT006 holds for the library alone.
    """
    for message in messages:
        for text in _forms(message) if message.id else []:
            for word, right in OTHER_WORDS.items():
                if word in text:
                    yield _at(package, message, "CAT005", f"write {right} for {word}: {text!r}")
            if package == "calibration" and SPACED_TIER.search(text):
                yield _at(package, message, "CAT006", f"no blank beside the name of a tier: {text!r}")


def fields(text: str) -> set[str]:
    """The names in braces of a message."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _forms(message: Message | None) -> list[str]:
    if message is None:
        return []
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _at(package: str, message: Message, rule: str, text: str) -> Problem:
    return Problem(catalogue_path(package), message.lineno or 1, rule, text)
