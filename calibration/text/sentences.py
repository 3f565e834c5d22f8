"""Split texts into sentences, and into segments that a model can read whole.

Segments are slices of the text, so nothing is lost but the blanks between them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from calibration.errors import N_, BadArgument

CJK: Final = (
    "\u3001-\u303f\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
)
"""Inside of a regex class: scripts written without blanks, and their punctuation."""

_CLOSERS: Final = "[”’」』）】》\"')\\]]*+"
# Every run starts after a lookbehind and is possessive, so that no input makes the search quadratic.
_SENTENCE_END: Final = re.compile(
    rf"[。！？…]++{_CLOSERS}"
    rf"|(?<![!?])[!?]++{_CLOSERS}(?=\s|$|[{CJK}])"  # not inside an address: a.com?q=1
    rf"|(?<!\.)\.++{_CLOSERS}(?=\s++[^a-z\s]|\s*+$)"  # not "3.5", not "e.g. this"
    rf"|(?<=[{CJK}])\.++{_CLOSERS}(?=[{CJK}])"  # not the "1." of a numbered list
    r"|[\n\r\u2028\u2029]++"
)


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` with their ends, stripped, none empty; joined they are `text` but for blanks.

    >>> split_sentences("花呗额度3.5万？怎么提！ OK. Thanks")
    ['花呗额度3.5万？', '怎么提！', 'OK.', 'Thanks']
    """
    ends = _sentence_ends(text)
    sentences = (text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False))
    return [sentence for sentence in sentences if sentence]


def segment(text: str, max_tokens: int, count: Callable[[list[str]], list[int]]) -> list[str]:
    """`text` in as few consecutive segments of at most `max_tokens` as whole sentences allow, in order.

    A sentence that is too long by itself is cut between characters. `count` gives the tokens of each text as
    the model counts them, special tokens included; a single character is kept even where it is over the limit.
    Raises BadArgument for `max_tokens` below 1.
    """
    if max_tokens < 1:
        raise BadArgument("max_tokens", N_("at least 1"), max_tokens)
    ends = _sentence_ends(text)
    segments: list[str] = []
    start = 0
    while start < len(text):
        end = _cut(text, start, ends[bisect_right(ends, start) :], lambda piece: count([piece])[0] <= max_tokens)
        segments.append(text[start:end].strip())
        start = end
    return [piece for piece in segments if piece]


def _cut(text: str, start: int, ends: list[int], fits: Callable[[str], bool]) -> int:
    """Where the segment from `start` ends: after the last sentence that fits, else inside the first one."""
    whole = _longest(len(ends), lambda k: fits(text[start : ends[k - 1]].strip()))
    if whole:
        return ends[whole - 1]
    return start + max(1, _longest(ends[0] - start, lambda k: fits(text[start : start + k].strip())))


def _sentence_ends(text: str) -> list[int]:
    """Offsets just after each sentence, rising; the last is the length of the text."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def _longest(limit: int, fits: Callable[[int], bool]) -> int:
    """The largest k in 0..limit that fits, if all below it do; doubles first, so it never tries far."""
    low, high = 0, 1
    while high <= limit and fits(high):
        low, high = high, high * 2
    high = min(high, limit + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
