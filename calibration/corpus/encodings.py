"""A text file's encoding, found without holding the file, and its lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from calibration.columns import PairProblem
from calibration.errors import FileUnreadable
from calibration.pairs import rules
from calibration.pairs.decode import GB18030, UTF8, decode, is_damaged
from calibration.pairs.source import Source

_HEAD: Final = 262_144
_STEP: Final = 1 << 20


@dataclass(frozen=True)
class Text:
    """A text file and how to read it; where `errors` is surrogateescape, some bytes cannot be read."""

    file: str
    opened: Callable[[], BinaryIO]
    encoding: str
    errors: str

    def lines(self) -> io.TextIOWrapper:
        """The lines with their ends, as they are; close it."""
        return io.TextIOWrapper(self.opened(), self.encoding, self.errors, newline="")

    def head(self, characters: int = 65_536) -> str:
        """The start of it."""
        with self.lines() as text:
            return text.read(characters)

    def damage(self, line: int, text: str) -> PairProblem | None:
        """The problem of a piece that holds bytes that could not be read; None where all is well."""
        if self.errors == "strict" or not is_damaged(text):
            return None
        shown = text.strip()[:80].encode("utf-8", "replace").decode("utf-8")
        return PairProblem(
            self.file, line, rules.NO_COLUMN, rules.NOT_DECODABLE, shown, (("encoding", self.encoding),)
        )


def text_of(file: str, opened: Callable[[], BinaryIO]) -> Text:
    """The encoding by BOM, else UTF-8, else GB18030, whichever holds to the end of the file.

    Where neither does, that of the start of the file, with damaged lines. Raises FileUnreadable for what is no
    text.
    """
    with opened() as stream:
        head = stream.read(_HEAD)
    first = decode(Source(file, _whole(head) if len(head) == _HEAD else head)).encoding
    for encoding in dict.fromkeys((first, UTF8, GB18030)):
        if _holds(opened, encoding):
            return Text(file, opened, encoding, "strict")
    if first.startswith(("utf-16", "utf-32")):
        raise FileUnreadable(file, rules.NO_ENCODING)
    return Text(file, opened, first, "surrogateescape")


def _whole(head: bytes) -> bytes:
    """The start of a file up to where no character is cut through."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 4 * 4 - 4]
    end = head.rfind(b"\n")
    return head[: end + 1] if end > 0 else head


def _holds(opened: Callable[[], BinaryIO], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with opened() as stream:
        try:
            while step := stream.read(_STEP):
                decoder.decode(step)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
