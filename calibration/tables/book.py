"""An XLSX file opened: its sheets and parts, and why it cannot be read.

A workbook is a ZIP archive of XML, and a small one may unpack into a huge one: the size that it declares is checked
against the limits before anything is unpacked.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from typing import Final

from calibration.errors import FileUnreadable, TooLarge
from calibration.tables import rules
from calibration.tables.limits import UNBOUNDED, Limits
from calibration.tables.source import Source
from calibration.tables.xml_parts import Part, relations, sheets_of

_UNPACKED: Final = 1024 * 1024 * 1024
"""Bytes that one archive may unpack to, where files may be of any size."""


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, its part, and whether Excel hides it."""

    name: str
    member: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """An archive: the members by their usual names, the sheets, and where the shared strings are."""

    source: Source
    members: dict[str, str]
    sheets: tuple[Sheet, ...]
    strings: str
    styles: str
    dates_from_1904: bool

    def part(self, member: str) -> Part:
        """A part of the archive by its usual name."""
        return Part(self.source, self.members[member])


def open_book(source: Source, limits: Limits) -> Book:
    """The archive of a workbook; raises FileUnreadable and TooLarge, and what zipfile and the XML parser raise."""
    with source.opened() as stream, zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
    members = {info.filename.replace("\\", "/").lstrip("/").casefold(): info.filename for info in infos}
    _refuse_others(source, members)
    unpacked, most = sum(info.file_size for info in infos), min(limits.file_bytes, _UNPACKED)
    if unpacked > most:
        raise TooLarge(source.name, unpacked, most, "unpacked bytes" if limits.file_bytes >= UNBOUNDED else "bytes")
    main = _main_part(source, members)
    targets = relations(Part(source, members[_relations_of(main)])) if _relations_of(main) in members else {}
    folder = posixpath.dirname(main)

    def place(target: str) -> str:
        path = target if target.startswith("/") else posixpath.join(folder, target)
        return posixpath.normpath(path.replace("\\", "/")).lstrip("/").casefold()

    listed, from_1904 = sheets_of(Part(source, members[main]))
    sheets = [
        Sheet(name, place(targets[key][0]), hidden)
        for name, key, hidden in listed
        if key in targets and place(targets[key][0]) in members and "chart" not in targets[key][1].casefold()
    ]
    parts = {kind.rpartition("/")[2]: place(target) for target, kind in targets.values()}
    parts = {kind: member for kind, member in parts.items() if member in members}
    if not sheets:
        raise FileUnreadable(source.name, rules.WORKBOOK_DAMAGED)
    return Book(source, members, tuple(sheets), parts.get("sharedStrings", ""), parts.get("styles", ""), from_1904)


def _refuse_others(source: Source, members: dict[str, str]) -> None:
    """Raise FileUnreadable for an archive that is no workbook, with the reason."""
    if "xl/workbook.bin" in members:
        raise FileUnreadable(source.name, rules.OLD_EXCEL)
    if "content.xml" in members and "mimetype" in members:
        raise FileUnreadable(source.name, rules.OPEN_DOCUMENT)
    if any(name.startswith(("word/", "ppt/")) for name in members):
        raise FileUnreadable(source.name, rules.OTHER_OFFICE)
    if "[content_types].xml" not in members and "xl/workbook.xml" not in members:
        raise FileUnreadable(source.name, rules.ARCHIVE)


def _main_part(source: Source, members: dict[str, str]) -> str:
    """The workbook's own part: what the archive names as its main document, else its usual place."""
    if "_rels/.rels" in members:
        for target, kind in relations(Part(source, members["_rels/.rels"])).values():
            path = posixpath.normpath(target.replace("\\", "/")).lstrip("/").casefold()
            if kind.endswith("/officeDocument") and path in members:
                return path
    found = next((name for name in members if name.startswith("xl/workbook") and name.endswith(".xml")), None)
    if found is None:
        raise FileUnreadable(source.name, rules.ARCHIVE)
    return found


def _relations_of(member: str) -> str:
    return posixpath.join(posixpath.dirname(member), "_rels", posixpath.basename(member) + ".rels")
