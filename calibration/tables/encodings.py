"""A text file's encoding, found without holding the file, and its lines."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from calibration.errors import BadArgument, EmptyInput, FileUnreadable
from calibration.errors.base import N_
from calibration.errors.rows import PairProblem
from calibration.messages.note import Note, note
from calibration.tables import rules
from calibration.tables.guesses import GB18030, guess, rather_chinese, utf16_without_mark
from calibration.tables.source import Source

UTF8: Final = "utf-8"
LINE: Final = 1 << 20
"""Characters of one line that are read at most; what is longer costs its line."""
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
# A damaged file is still of an encoding if most of what is not ASCII can be read; GB18030 and its like read nearly
# anything, so more must be right there. A text in another encoding fails for nearly all of it.
_MOST_BAD: Final = {UTF8: 0.5, "utf-8-sig": 0.5}
_MOST_BAD_ELSE: Final = 0.2
_USUAL: Final = {"big5hkscs": "Big5", "cp932": "Shift-JIS", "cp949": "EUC-KR", "euc_jp": "EUC-JP"}
"""What people call the encodings that these codecs read the most of."""
_AROUND: Final = 65_536
_STEP: Final = 1 << 20
_CONTROLS: Final = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1a\x1b\x01\x1e\x1f"))
_MOST_CONTROLS: Final = 0.02


@dataclass(frozen=True)
class Text:
    """A text file and how to read it; if `damaged`, unreadable bytes come as lone surrogates."""

    source: Source
    encoding: str
    damaged: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def file(self) -> str:
        """What messages call the file."""
        return self.source.name

    def stream(self) -> io.TextIOWrapper:
        """The text, its line ends as they are; close it."""
        errors = "surrogateescape" if self.damaged else "strict"
        return io.TextIOWrapper(self.source.opened(), self.encoding, errors, newline="")

    def lines(self) -> Iterator[str]:
        """The lines with their ends, each cut at LINE characters, which leaves it without an end."""
        with self.stream() as stream:
            whole = True
            while line := stream.readline(LINE):
                ended = len(line) < LINE or line[-1] in "\r\n"
                if whole:
                    yield line
                whole = ended

    def head(self, characters: int = 65_536) -> str:
        """The start of it."""
        with self.stream() as stream:
            return stream.read(characters)

    def damage(self, line: int, text: str) -> PairProblem | None:
        """The problem of a piece that holds bytes that could not be read; None where all is well."""
        if not self.damaged or _SMUGGLED.search(text) is None:
            return None
        params = (("encoding", self.encoding),)
        return PairProblem(self.file, line, rules.NO_COLUMN, rules.NOT_DECODABLE, legible(text), params)


def legible(text: str) -> str:
    """The start of a text as a message may show it, without half characters.

    >>> legible(" a\\ud800b ")
    'a?b'
    """
    return text.strip()[:80].encode("utf-8", "replace").decode("utf-8")


def text_of(source: Source, given: str | None = None) -> Text:
    """The encoding that is given, else by the BOM, else UTF-8, UTF-16 without a BOM, or what is likeliest.

    Raises FileUnreadable for what is no text or of no known encoding, and BadArgument for a name of none.
    """
    if given is not None:
        return _as_given(source, given)
    head = source.head()
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            found = _held(source, encoding)
            if found is None:
                raise FileUnreadable(source.name, rules.NO_ENCODING)
            if not found.head(1):
                raise EmptyInput(source.name)
            return found
    if wide := utf16_without_mark(head, source.size):
        text = _held(source, wide)
        if text is not None:
            return _noted(text, rules.NOTE_ENCODING_GUESSED)
    utf8 = _held(source, UTF8)
    if _is_binary(head, whole=utf8 is not None and not utf8.damaged):
        raise FileUnreadable(source.name, rules.NOT_TEXT_FILE)
    if utf8 is not None and utf8.damaged:
        return _if_rather_chinese(source, head) or utf8
    return utf8 or _guessed(source, head)


def _if_rather_chinese(source: Source, head: bytes) -> Text | None:
    if not rather_chinese(_whole_lines(head, source.size)):
        return None
    text = _held(source, GB18030)
    return _noted(text, rules.NOTE_ENCODING_GUESSED) if text is not None and not text.damaged else None


def _guessed(source: Source, head: bytes) -> Text:
    encoding, sure = guess(_whole_lines(head, source.size))
    text = _held(source, encoding) or (_held(source, GB18030) if encoding != GB18030 else None)
    if text is None:
        raise FileUnreadable(source.name, rules.NO_ENCODING)
    sure = sure and text.encoding == encoding
    return _noted(text, rules.NOTE_ENCODING if sure else rules.NOTE_ENCODING_GUESSED)


def _as_given(source: Source, given: str) -> Text:
    try:
        codec = codecs.lookup(given)
        "a".encode(codec.name).decode(codec.name)
    except (LookupError, ValueError, TypeError) as error:
        raise BadArgument("encoding", N_("a name of an encoding, such as utf-8, gb18030 or big5"), given) from error
    name = "utf-8-sig" if codec.name == UTF8 else codec.name
    text = _held(source, name)
    if text is None:
        raise FileUnreadable(source.name, note(rules.NOT_GIVEN_ENCODING, encoding=given))
    return text


def _noted(text: Text, message: str) -> Text:
    name = _USUAL.get(text.encoding, text.encoding.upper())
    return Text(text.source, text.encoding, text.damaged, (note(message, encoding=name),))


def _held(source: Source, encoding: str) -> Text | None:
    """The text in this encoding, whole or slightly damaged; None if it is not of this encoding."""
    decoder, done = codecs.getincrementaldecoder(encoding)(), 0
    with source.opened() as stream:
        try:
            while step := stream.read(_STEP):
                decoder.decode(step)
                done += len(step)
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else 0
            return Text(source, encoding, damaged=True) if _mostly_holds(source, encoding, done + start) else None
    return Text(source, encoding)


def _mostly_holds(source: Source, encoding: str, offset: int) -> bool:
    """Whether what is not ASCII around the first bad byte can be read for its most part."""
    start = max(0, offset - _AROUND)
    with source.opened() as stream:
        stream.seek(start)
        around = stream.read(2 * _AROUND)
    if start and (line := around.find(b"\n")) >= 0:
        around = around[line + 1 :]
    try:
        text = around.decode(encoding, "surrogateescape")
    except UnicodeError:  # UTF-16 and UTF-32 have no way to carry single bytes on
        return False
    bad = len(_SMUGGLED.findall(text))
    return bad <= _MOST_BAD.get(encoding, _MOST_BAD_ELSE) * len(_NOT_ASCII.findall(text))


def _is_binary(head: bytes, whole: bool) -> bool:
    """Whether data are no text: a NUL in the first line, or, unless all is UTF-8, controls all over."""
    sample = head[:_AROUND]
    if 0 in sample.split(b"\n", 1)[0]:
        return True
    return not whole and len(sample) - len(sample.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(sample)


def _whole_lines(head: bytes, size: int) -> bytes:
    """The start of a file up to where no character is cut through."""
    end = head.rfind(b"\n") if len(head) < size else -1
    return head[: end + 1] if end > 0 else head
