"""Bytes -> text: which encoding, and where it does not hold."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from calibration.errors import FileUnreadable
from calibration.pairs import rules
from calibration.pairs.source import Source

UTF8: Final = "utf-8"
GB18030: Final = "gb18030"
_BOMS: Final = (
    # The longer ones first: UTF-32's mark starts with UTF-16's.
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SMUGGLED: Final = re.compile("[\udc80-\udcff]")
_NOT_ASCII: Final = re.compile("[^\x00-\x7f]")
# A damaged file is still of an encoding if most of what is not ASCII can be read; GB18030 reads nearly
# anything, so more must be right there. A text in another encoding fails for nearly all of it.
_MOST_BAD: Final = {UTF8: 0.5, GB18030: 0.2}
_AROUND: Final = 65_536
_CONTROLS: Final = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1a\x1b"))
_MOST_CONTROLS: Final = 0.02


@dataclass(frozen=True)
class Decoded:
    """A text file's bytes and how to read them; if `damaged`, unreadable bytes come as lone surrogates."""

    data: bytes
    encoding: str
    damaged: bool = False

    def lines(self) -> Iterator[str]:
        """The lines with their ends, as they are."""
        return io.TextIOWrapper(io.BytesIO(self.data), self.encoding, self._errors, newline="")

    def text(self) -> str:
        """All of it."""
        return self.data.decode(self.encoding, self._errors)

    def head(self, characters: int) -> str:
        """The start of it."""
        with io.TextIOWrapper(io.BytesIO(self.data), self.encoding, self._errors, newline="") as text:
            return text.read(characters)

    @property
    def _errors(self) -> str:
        return "surrogateescape" if self.damaged else "strict"


def decode(source: Source) -> Decoded:
    """Find the encoding by the BOM, else UTF-8, else GB18030, whichever holds; raises FileUnreadable."""
    for mark, encoding in _BOMS:
        if source.data.startswith(mark):
            decoded = _try(source.data, encoding)
            if decoded is None:
                raise FileUnreadable(source.name, rules.NO_ENCODING)
            return decoded
    decoded = _try(source.data, UTF8)
    if _is_binary(source.data, whole=decoded is not None and not decoded.damaged):
        raise FileUnreadable(source.name, rules.NOT_TEXT_FILE)
    decoded = decoded or _try(source.data, GB18030)
    if decoded is None:
        raise FileUnreadable(source.name, rules.NO_ENCODING)
    return decoded


def _is_binary(data: bytes, whole: bool) -> bool:
    """Whether data are no text: a NUL in the first line, or, unless all is UTF-8, controls all over."""
    sample = data[:_AROUND]
    if 0 in sample.split(b"\n", 1)[0]:
        return True
    return not whole and len(sample) - len(sample.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(sample)


def is_damaged(text: str) -> bool:
    """Whether a piece of a damaged file holds bytes that could not be read."""
    return _SMUGGLED.search(text) is not None


def _try(data: bytes, encoding: str) -> Decoded | None:
    """`data` in this encoding, whole or slightly damaged; None if it is not of this encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return Decoded(data, encoding, damaged=True) if _mostly_holds(data, encoding, error.start) else None
    return Decoded(data, encoding)


def _mostly_holds(data: bytes, encoding: str, offset: int) -> bool:
    """Whether what is not ASCII around the first bad byte can be read for its most part."""
    around = data[max(0, offset - _AROUND) : offset + _AROUND]
    try:
        text = around.decode(encoding, "surrogateescape")
    except UnicodeDecodeError:  # UTF-16 and UTF-32 have no way to carry single bytes on
        return False
    bad = len(_SMUGGLED.findall(text))
    return bad <= _MOST_BAD.get(encoding, _MOST_BAD[UTF8]) * len(_NOT_ASCII.findall(text))
