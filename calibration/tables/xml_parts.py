"""Parts of an Office archive: their XML read piece by piece, without entities, and what they say."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from calibration.tables.limits import Limits
from calibration.tables.source import Source

_STEP: Final = 1 << 16
# How a workbook writes what XML cannot hold (ECMA-376, ST_Xstring): _x000D_ is a carriage return.
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_DATE_IDS: Final = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_STRING: Final = 80
"""Bytes that a text takes in memory beside its characters."""

Start = Callable[[str, dict[str, str]], None]


@dataclass(frozen=True)
class Part:
    """One member of an archive."""

    source: Source
    member: str

    def chunks(self) -> Iterator[bytes]:
        """Its content, unpacked piece by piece; no more than it says."""
        with self.source.opened() as stream, zipfile.ZipFile(stream) as archive, archive.open(self.member) as part:
            while chunk := part.read(_STEP):
                yield chunk


def local(name: str) -> str:
    """A name without its prefix.

    >>> local("x:row"), local("row")
    ('row', 'row')
    """
    return name.rpartition(":")[2]


def parser_of(
    start: Start, end: Callable[[str], None], text: Callable[[str], None] | None = None
) -> expat.XMLParserType:
    """An XML parser that hands over local names; a document type, which could define entities, is an error."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartElementHandler = lambda name, attributes: start(local(name), attributes)
    made.EndElementHandler = lambda name: end(local(name))
    if text is not None:
        made.CharacterDataHandler = text

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    made.StartDoctypeDeclHandler = refuse
    return made


def parse(part: Part, start: Start, end: Callable[[str], None], text: Callable[[str], None] | None = None) -> None:
    """Go through a whole part."""
    parser = parser_of(start, end, text)
    for chunk in part.chunks():
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute by its local name, empty where there is none."""
    return attributes.get(name) or next((value for key, value in attributes.items() if local(key) == name), "")


def relations(part: Part) -> dict[str, tuple[str, str]]:
    """The relations of a part: identifier -> target and type."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            found[attributes["Id"]] = (attributes["Target"], attributes.get("Type", ""))

    parse(part, start, lambda _: None)
    return found


def sheets_of(part: Part) -> tuple[list[tuple[str, str, bool]], bool]:
    """The sheets of a workbook: name, relation and whether it is hidden; and whether its dates begin with 1904."""
    sheets: list[tuple[str, str, bool]] = []
    from_1904 = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if name == "sheet":
            key = next((value for at, value in attributes.items() if ":" in at and local(at) == "id"), "")
            sheets.append((attribute(attributes, "name"), key, "idden" in attributes.get("state", "")))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904") in ("1", "true")

    parse(part, start, lambda _: None)
    return sheets, from_1904


def shared_strings(part: Part, limits: Limits) -> list[str]:
    """The texts that cells refer to. Raises TooLarge."""
    found: list[str] = []
    pieces: list[str] = []
    inside: list[str] = []
    held = 0

    def start(name: str, _: dict[str, str]) -> None:
        inside.append(name)
        if name == "si":
            pieces.clear()

    def end(name: str) -> None:
        nonlocal held
        inside.pop()
        if name == "si":
            text = unescaped("".join(pieces))
            held += 2 * len(text) + _STRING
            limits.check_held(part.source.name, held)
            found.append(text)

    def text(data: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            pieces.append(data)

    parse(part, start, end, text)
    return found


def date_styles(part: Part) -> frozenset[int]:
    """Which cell styles show numbers as dates; none where the styles cannot be read."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(name)
        if name == "numFmt":
            formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in inside:
            styles.append(int(attributes.get("numFmtId", 0)))

    def end(_: str) -> None:
        inside.pop()

    try:
        parse(part, start, end)
    except (expat.ExpatError, ValueError, KeyError):
        return frozenset()
    return frozenset(at for at, key in enumerate(styles) if key in _DATE_IDS or _is_date(formats.get(key, "")))


def _is_date(code: str) -> bool:
    plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code)
    return any(mark in plain.casefold() for mark in "ymdh") and "general" not in plain.casefold()


def unescaped(text: str) -> str:
    """A text with what XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
