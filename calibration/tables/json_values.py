"""JSON in any layout, as a stream of values: a value a line, an array of values, or a document.

No document is parsed before it is known that its values take no more memory than the limits allow: a few bytes of
brackets become hundreds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from calibration.errors import FileUnreadable, TooLarge
from calibration.errors.rows import PairProblem
from calibration.messages.note import note
from calibration.tables import rules
from calibration.tables.encodings import LINE, Text, legible
from calibration.tables.limits import Limits

_BLANK: Final = "\ufeff\x1e \t\r\n"
_BETWEEN: Final = _BLANK + ","
_DECODER: Final = json.JSONDecoder()
_STEP: Final = 1 << 16
_ITEM: Final = 4 << 20
"""Characters of one item of an array at most."""
_NODE: Final = 100
"""Bytes that a value takes in memory beside its characters."""
_NAMES: Final = ("jsonl", "ndjson", "json")
_SKIPPED: Final = re.compile(r"[\ufeff\x1e \t\r\n,]*")


@dataclass(frozen=True)
class Value:
    """One value of a file; its line, or in an array or document its position, from 1."""

    row: int
    value: object


Values = Iterator[Value | PairProblem]


def looks_like_json(head: str, suffix: str) -> bool:
    """Whether a text is JSON, by its name, and by its start where the name does not say so.

    A text that starts like JSON, such as a title in brackets, is none as long as its first lines are not valid.
    """
    start = head.lstrip(_BLANK)
    if suffix in _NAMES:
        return True
    if not start.startswith(("{", "[")):
        return False
    lines = [line.strip(_BETWEEN) for line in start.splitlines()[:20] if line.strip(_BETWEEN)]
    if lines[0] in ("{", "[", "[{"):
        return True
    known = [value for line in lines if (value := _loads(line)) is not None]
    if suffix == "txt":
        return bool(known) and len(known) >= len(lines) / 2 and all(isinstance(value, dict) for value in known)
    first = _loads(lines[0])
    return isinstance(first, (dict, list)) or (first is None and start[1:].lstrip()[:1] in ('"', "{", "["))


def values_of(text: Text, limits: Limits) -> Values:
    """Every value of a JSON text, and a problem for each that is none.

    Raises TooLarge, and FileUnreadable for a document that is no JSON.
    """
    head = text.head()
    start = head.lstrip(_BLANK)
    first, _, rest = start.partition("\n")
    value = _loads(first.strip(_BETWEEN))
    alone = not rest.strip(_BETWEEN)
    if value is None and start.startswith("["):
        return _array(text)
    if isinstance(value, list) and alone:
        return _array(text)
    if value is None and start.startswith("{") and _is_document(rest):
        return _document(text, limits)
    if isinstance(value, dict) and alone:
        return _document(text, limits)
    return _lines(text)


def _is_document(rest: str) -> bool:
    """Whether a text whose first line opens an object goes on with it: no later line is a value of its own."""
    lines = [line.strip(_BETWEEN) for line in rest.splitlines()[:50] if line.strip(_BETWEEN)]
    return not any(isinstance(_loads(line), dict) and line not in ("{}",) for line in lines[:5])


def _loads(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _lines(text: Text) -> Values:
    """A value a line; commas behind it do not count."""
    for row, line in enumerate(text.lines(), start=1):
        given = line.strip(_BETWEEN)
        if not given:
            continue
        if damage := text.damage(row, line):
            yield damage
            continue
        if len(line) >= LINE:
            yield _problem(text.file, row, rules.FIELD_TOO_LONG, line, ("limit", str(LINE)))
            continue
        try:
            yield Value(row, _DECODER.decode(given))
        except (ValueError, RecursionError):  # a plain ValueError: a number of thousands of digits
            yield _problem(text.file, row, rules.JSON_INVALID, line)


def _array(text: Text) -> Values:
    """The items of one array, decoded one by one; all or, where it is broken, only the problem."""
    for item in _items(text):
        if isinstance(item, PairProblem):
            yield item
            return
    yield from _items(text)


def _items(text: Text) -> Values:
    with text.stream() as stream:
        yield from _items_of(_Window(text, stream))


def _items_of(window: _Window) -> Values:
    window.skip(_BLANK)
    window.at += 1  # the bracket
    row = 0
    while True:
        window.skip(_BETWEEN)
        if window.peek() == "]":
            window.at += 1
            window.skip(_BETWEEN)
            if window.peek():
                yield window.problem()
            return
        row += 1
        found = window.value()
        if isinstance(found, PairProblem):
            yield found
            return
        yield Value(row, found[0])


class _Window:
    """The part of a text that is looked at, and where in the text it is."""

    def __init__(self, text: Text, stream: TextIO) -> None:
        self._text, self._stream = text, stream
        self._buffer, self._line, self._ended = "", 1, False
        self.at = 0

    def _more(self) -> bool:
        step = "" if self._ended else self._stream.read(max(_STEP, len(self._buffer) - self.at))
        if not step:
            self._ended = True
            return False
        self._line += self._buffer.count("\n", 0, self.at)
        self._buffer, self.at = self._buffer[self.at :] + step, 0
        return True

    def skip(self, characters: str) -> None:
        """Go on to what is none of these characters."""
        while True:
            while self.at < len(self._buffer) and self._buffer[self.at] in characters:
                self.at += 1
            if self.at < len(self._buffer) or not self._more():
                return

    def peek(self) -> str:
        """The next character, nothing at the end."""
        return self._buffer[self.at : self.at + 1]

    def value(self) -> tuple[object] | PairProblem:
        """The value that begins here, in a tuple."""
        while True:
            try:
                found, end = _DECODER.raw_decode(self._buffer, self.at)
            except (ValueError, RecursionError) as error:
                held = len(self._buffer) - self.at
                if held < _ITEM and not isinstance(error, RecursionError) and self._more():
                    continue
                at = error.pos if isinstance(error, json.JSONDecodeError) else self.at
                return self.problem(at)
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self.at = end
            return (found,)

    def problem(self, at: int | None = None) -> PairProblem:
        """That the text is no JSON here."""
        at = self.at if at is None else at
        line = self._line + self._buffer.count("\n", 0, at)
        return _problem(self._text.file, line, rules.JSON_INVALID, self._buffer[at : at + 80])


def _document(text: Text, limits: Limits) -> Values:
    """One object over the whole text, or several one after the other."""
    with text.stream() as stream:
        content = stream.read(limits.held_bytes + 1)
    nodes = sum(content.count(mark) for mark in ",[{")
    size = 2 * len(content) + _NODE * nodes
    if size > 2 * limits.held_bytes:
        raise TooLarge(text.file, size, 2 * limits.held_bytes, "unpacked bytes")
    at, row = _skip(content, 0), 0
    while at < len(content):
        row += 1
        try:
            value, at = _DECODER.raw_decode(content, at)
        except (ValueError, RecursionError) as error:
            line = content.count("\n", 0, getattr(error, "pos", at)) + 1
            raise FileUnreadable(text.file, note(rules.JSON_SHAPE, line=line)) from error
        yield Value(row, value)
        at = _skip(content, at)


def _skip(content: str, at: int) -> int:
    found = _SKIPPED.match(content, at)
    return found.end() if found else at


def _problem(file: str, row: int, rule: str, value: str, *params: tuple[str, str]) -> PairProblem:
    return PairProblem(file, row, rules.NO_COLUMN, rule, legible(value), params)
