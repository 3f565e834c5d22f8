"""Texts without what people vary when they mean the same: width, case, punctuation, blanks."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NARROW: Final = str.maketrans({**{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}, "\u3000": " "})
_KEPT: Final = frozenset("%#&@*/")
"""Punctuation that carries meaning anywhere in a text."""
_INSIDE_NUMBER: Final = re.compile(r"(?<=\d)[.:-](?=\d)")


def folded(text: str) -> str:
    """`text` in narrow width and without case, character by character, so that parts of it stay parts.

    >>> folded("ＡＢｃ　１２") == "abc 12"
    True
    """
    return text.translate(_NARROW).casefold()


def bare(text: str) -> str:
    """`text` folded and without blanks, invisible characters and punctuation, but for what numbers need.

    >>> bare("花呗，怎么 还款？") == bare("花呗怎么还款")
    True
    >>> bare("3.5元") == bare("35元")
    False
    """
    narrow = folded(text)
    needed = {match.start() for match in _INSIDE_NUMBER.finditer(narrow)}
    return "".join(
        character
        for place, character in enumerate(narrow)
        if place in needed or character in _KEPT or unicodedata.category(character)[0] in "LNMS"
    )
