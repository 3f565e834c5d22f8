"""The glossary's words are those that the product uses, in both languages."""

from __future__ import annotations

import re

import pytest

from calibration.columns import TIERS
from tests.documented import ROOT
from tools.lint.sources import catalogue

ROW = re.compile(r"^\| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
MOSTLY = 0.75
"""The share of messages that mention a term in English and have to say it in Chinese; grammar takes the rest."""


def rows() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return [(english, chinese) for english, chinese, *_ in ROW.findall(text) if english not in ("English", "---")]


def messages() -> list[tuple[str, str]]:
    found = []
    for package in ("dashboard", "calibration"):
        for message in catalogue(package):
            if message.id:
                english = message.id if isinstance(message.id, str) else message.id[0]
                chinese = message.string if isinstance(message.string, str) else message.string[0]
                found.append((re.sub(r"\{\w+\}", "", english), chinese))
    return found


ROWS = rows()
MESSAGES = messages()


def test_the_glossary_holds_what_matters() -> None:
    wanted = {"precision", "recall", "threshold", "tier", "certificate", "held out", "domain", "policy", "bad case"}
    assert wanted | {"gate", "drift"} <= {english for english, _ in ROWS}
    assert len({english for english, _ in ROWS}) == len(ROWS)
    assert len({chinese for _, chinese in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("english", "chinese"), ROWS, ids=[english for english, _ in ROWS])
def test_a_message_that_is_the_term_is_translated_so(english: str, chinese: str) -> None:
    said = [zh for en, zh in MESSAGES if en.casefold().rstrip("s") == english.casefold().rstrip("s")]
    assert [zh for zh in said if chinese.casefold() not in zh.casefold()] == []
    assert english not in TIERS or set(said) == {chinese}


def known(english: str) -> bool:
    """Everyday words mean other things in sentences, and tiers are also names of values: only messages that are the
    term count for these.
    """
    return english not in (*TIERS, "certified", "in use", "balanced", "kappa")


@pytest.mark.parametrize(
    ("english", "chinese"), [row for row in ROWS if known(row[0])], ids=[en for en, _ in ROWS if known(en)]
)
def test_messages_use_the_term(english: str, chinese: str) -> None:
    plural = re.compile(rf"\b{re.escape(english)}(?:s|es)?\b", re.IGNORECASE)
    longer = [term for term, _ in ROWS if english in term and english != term]
    less = re.compile("|".join(map(re.escape, longer)) or "(?!)", re.IGNORECASE)
    mention = [(en, zh) for en, zh in MESSAGES if plural.search(less.sub("", en))]
    other = [zh for _, zh in mention if chinese not in zh]
    assert len(other) <= (1 - MOSTLY) * len(mention) + 1, other
