"""Clean texts so that invisible characters do not change a score.

Calibration and serving clean with the same options, and `CleaningOptions.key()` goes into caches and policies,
so that a policy is never applied to texts cleaned in another way. Case, digits and letters are left alone:
the model reads them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from calibration.errors import N_, BadArgument
from calibration.text.sentences import CJK, segment, split_sentences

__all__ = [
    "CLEANER_VERSION",
    "CleanedText",
    "CleaningOptions",
    "clean",
    "explain_cleaning",
    "segment",
    "split_sentences",
]

CLEANER_VERSION: Final = "1"
"""Changes whenever some text comes out differently with the same options."""

INVISIBLE_REMOVED: Final = N_("invisible characters removed")
LINES_JOINED: Final = N_("line breaks joined")
BLANKS_MERGED: Final = N_("blanks merged")
PUNCTUATION_MAPPED: Final = N_("punctuation mapped to ASCII")

STEPS: Final = {"invisible": INVISIBLE_REMOVED, "lines": LINES_JOINED, "blanks": BLANKS_MERGED}
"""The fixed steps by the names that `CleaningOptions.without` takes."""

# Controls but for the blank and line-breaking ones, soft hyphen, zero-width characters, direction marks, BOM,
# tags, and lone surrogates, which no encoder can write.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f\ud800-\udfff]"
)
_BLANK: Final = "\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BREAK: Final = "(?:\r\n|[\n\r\v\f\u0085\u2028\u2029])"
# Quotes, dashes and dots that Chinese and English share: they side with their neighbour.
_SHARED: Final = "\u2014\u2018-\u201d\u2026"
_GAP: Final = f"[{_BLANK}]*+{_BREAK}[{_BLANK}]*+"
_CJK_BREAK: Final = re.compile(f"(?<=[{CJK}]){_GAP}(?=[{CJK}{_SHARED}])|(?<=[{_SHARED}]){_GAP}(?=[{CJK}])")
_ANY_BREAK: Final = re.compile(_BREAK)
_BLANKS: Final = re.compile(f"[{_BLANK}]+")
_TO_ASCII: Final = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not chr(code).isalnum()},
        **dict(zip("。、，「」『』“”‘’【】〔〕", '.,,""""""\'\'[][]', strict=True)),
        "…": "...",
    }
)


@dataclass(frozen=True)
class CleaningOptions:
    """What cleaning does: `map_punctuation` turns Chinese punctuation into ASCII, beyond the fixed steps.

    `without` names fixed steps (STEPS) that are left out: for measuring what each of them is good for, not for
    serving. Raises BadArgument for another name.
    """

    map_punctuation: bool = False
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := set(self.without) - set(STEPS):
            raise BadArgument("without", " | ".join(STEPS), sorted(unknown)[0])

    def key(self) -> str:
        """Version and every option that changes a text, say `1`, `1+punct` or `1-blanks`."""
        left_out = "".join(f"-{name}" for name in STEPS if name in self.without)
        return CLEANER_VERSION + left_out + ("+punct" if self.map_punctuation else "")


DEFAULT_OPTIONS: Final = CleaningOptions()


@dataclass(frozen=True)
class CleanedText:
    """A cleaned text and the names of the steps that changed something, in order (message templates)."""

    text: str
    changes: tuple[str, ...]


def clean(text: str, options: CleaningOptions = DEFAULT_OPTIONS) -> str:
    """`text` without invisible characters and with normalised whitespace; idempotent. May return "".

    >>> clean("\\ufeff花呗　额度\\n怎么提\\u200b？ ")
    '花呗 额度怎么提？'
    """
    if not options.map_punctuation and _is_clean(text):
        return text
    return explain_cleaning(text, options).text


def explain_cleaning(text: str, options: CleaningOptions = DEFAULT_OPTIONS) -> CleanedText:
    """`clean`, with the names of the steps that changed something.

    >>> explain_cleaning("first  line\\nsecond").changes
    ('line breaks joined', 'blanks merged')
    """
    changes = []
    for name, step in _steps(options):
        changed = step(text)
        if changed != text:
            changes.append(name)
        text = changed
    return CleanedText(text, tuple(changes))


def _steps(options: CleaningOptions) -> list[tuple[str, Callable[[str], str]]]:
    steps: list[tuple[str, Callable[[str], str]]] = [
        (INVISIBLE_REMOVED, lambda text: _INVISIBLE.sub("", text)),
        (LINES_JOINED, _join_lines),
        (BLANKS_MERGED, lambda text: _BLANKS.sub(" ", text).strip(" ")),
    ]
    if options.map_punctuation:
        steps.append((PUNCTUATION_MAPPED, lambda text: text.translate(_TO_ASCII)))
    left_out = {STEPS[name] for name in options.without}
    return [(name, step) for name, step in steps if name not in left_out]


def _join_lines(text: str) -> str:
    """A single break inside Chinese text goes; any other becomes a blank."""
    return _ANY_BREAK.sub(" ", _CJK_BREAK.sub("", text))


def _is_clean(text: str) -> bool:
    """Whether the fixed steps surely change nothing; all they touch is unprintable or an extra blank."""
    return text.isprintable() and "  " not in text and not text.startswith(" ") and not text.endswith(" ")
