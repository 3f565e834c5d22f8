"""A queue of pairs answered by keyboard: the next ones wait in the browser, which keeps answers until they count.

A key shows the next pair at once, whatever the server does meanwhile. Answers go to the server in the order given
and stay in the browser's own storage until it has acknowledged them, over a reload or a server that is away.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

import streamlit as st

from calibration.store.answers import Answer, Taken, read_answers
from calibration.text.differences.spans import differing
from dashboard import state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting
from dashboard.components.shared.glosses import english
from dashboard.i18n import explained, t

HERE: Final = Path(__file__).parent
PART: Final = "part"
"""The mark of characters that only one of the texts has."""
ALIKE: Final = 0.5
"""Texts that share less are not marked by character: nearly all of them would be."""

HTML: Final = """
<div class="queue" data-item="" data-pending="0">
  <div class="bar"><span class="count"></span><div class="track"><div class="fill"></div></div>
    <span class="state" role="status"></span></div>
  <div class="card" aria-live="polite"><div class="head"></div>
    <div class="pair"><p class="text-a"></p><p class="text-b"></p></div><div class="lines"></div></div>
  <div class="empty" hidden><p class="empty-text"></p><button type="button" class="look-again"></button></div>
  <div class="keys keys-main"></div>
  <div class="keys"><div class="keys-more"></div><div class="keys-back"></div></div>
  <label class="note"><kbd class="note-key"></kbd><span class="note-name"></span>
    <input class="note-text" type="text" maxlength="2000"></label>
  <div class="messages" role="alert"></div>
</div>
"""

QUEUE: Final = st.components.v2.component(
    "simtier_answer_queue",
    html=HTML,
    css=(HERE / "answer_queue.css").read_text(encoding="utf-8"),
    js=(HERE / "answer_queue.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Key:
    """A key and what it says. tone: `quiet` for those beside the main ones."""

    key: str
    action: str
    name: str
    value: str | float | None = None
    tone: str = ""


@dataclass(frozen=True)
class Item:
    """A pair to answer. lines: what is known of it, each with a tone; off: keys that do not apply to it."""

    key: int
    text_a: str
    text_b: str
    head: str = ""
    lines: Sequence[tuple[str, str]] = ()
    off: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class Board:
    """What a queue shows besides its items.

    counted: actions that count as done. undo: going back takes an answer back, else it only shows the pair again.
    """

    keys: Sequence[Key]
    back: Key
    note: Key | None
    counted: Sequence[str]
    done: int
    total: int
    empty: str
    undo: bool = False
    count: str = ""


@dataclass
class Memory:
    """What the server last said to a queue of this session."""

    turn: str = ""
    kept: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def place(kind: str, number: int | str = "") -> str:
    """The name of a queue in the browser: another person's answers are never sent under this one's name."""
    who = hashlib.sha256(actor().encode()).hexdigest()[:12]
    return f"simtier-{kind}-{number}-{who}"


def show(
    key: str, where: str, items: Sequence[Item], board: Board, take: Callable[[Sequence[Answer]], Taken]
) -> None:
    """Draw the queue; what it sends goes to `take` before the next run."""
    memory = _memory(where)
    QUEUE(
        key=key,
        data={
            "place": where,
            "items": [_item(item) for item in items],
            "keys": [vars(one) for one in board.keys],
            "back": {**vars(board.back), "undo": board.undo},
            "note": board.note and {**vars(board.note), "placeholder": t("Enter keeps it")},
            "counted": list(board.counted),
            "done": board.done,
            "total": board.total,
            "empty": board.empty,
            "turn": memory.turn,
            "kept": list(memory.kept),
            "refused": list(memory.refused.items()),
            "words": _words(board),
        },
        on_answers_change=lambda: _taken(key, where, take),
        on_more_change=_nothing,
    )


def _nothing() -> None:
    """Looking again is a run like any other."""


def _memory(where: str) -> Memory:
    kept: dict[str, Memory] = state.keep(state.ANSWERS, {})
    return kept.setdefault(where, Memory())


@attempting
def _taken(key: str, where: str, take: Callable[[Sequence[Answer]], Taken]) -> None:
    """Hand over what the browser sent, and remember what became of it for the next run, as a callback.

    Where the store is away nothing is acknowledged, and the browser sends it again.
    """
    answers = read_answers(getattr(state.get(key), "answers", None))
    found = take(answers)
    memory = _memory(where)
    memory.turn = uuid.uuid4().hex
    memory.kept = found.kept
    memory.refused = {name: explained(error) for name, error in found.refused.items()}


def _words(board: Board) -> dict[str, str]:
    return {
        "count": board.count or t("{done} of {total}"),
        "kept": t("all answers kept"),
        "pending": t("{count} on their way"),
        "waiting": t("The server has not answered yet. Your answers are kept in this browser and will be sent."),
        "before": t("You answered: {answer}"),
        "nothing_before": t("There is no previous pair."),
        "look_again": t("Look again"),
    }


def _item(item: Item) -> dict[str, Any]:
    a, b = marked_parts(item.text_a, item.text_b)
    return {
        "key": item.key,
        "a": a,
        "b": b,
        "head": item.head,
        "lines": [list(line) for line in (*item.lines, *_english(item))],
        "off": list(item.off),
        "note": item.note,
    }


def _english(item: Item) -> list[tuple[str, str]]:
    """What sample texts mean, for readers of the English pages."""
    found = english(item.text_a, item.text_b)
    return [(found, "")] if found else []


Parts = list[tuple[str, str]]


def marked_parts(text_a: str, text_b: str) -> tuple[Parts, Parts]:
    """Both texts cut into (part, mark): what surely differs by its tag, other differing characters as `part`.

    >>> marked_parts("支持退货", "不支持退货")
    ([('支持退货', '')], [('不', 'negation'), ('支持退货', '')])
    """
    matcher = SequenceMatcher(None, text_a, text_b, autojunk=False)
    alike = len(text_a) + len(text_b) < 2000 and matcher.ratio() >= ALIKE
    blocks = matcher.get_matching_blocks() if alike else []
    found = []
    for text, other, side in ((text_a, text_b, 0), (text_b, text_a, 1)):
        marks = [PART if alike else ""] * len(text)
        for block in blocks:
            begin = block[side]
            marks[begin : begin + block.size] = [""] * block.size
        for span in differing(text, other):
            marks[span.start : span.end] = [span.tag] * (span.end - span.start)
        found.append(_joined(text, marks))
    return found[0], found[1]


def _joined(text: str, marks: Sequence[str]) -> Parts:
    parts: Parts = []
    for letter, mark in zip(text, marks, strict=True):
        if parts and parts[-1][1] == mark:
            parts[-1] = (parts[-1][0] + letter, mark)
        else:
            parts.append((letter, mark))
    return parts
