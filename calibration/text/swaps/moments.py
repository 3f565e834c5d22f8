"""Another date: month, day, weekday, time of day, or day relative to today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from calibration.text.differences.dates import _PATTERN

_RELATIVE: Final = {
    "昨天": "前天",
    "前天": "昨天",
    "昨日": "前日",
    "明天": "后天",
    "后天": "明天",
    "明日": "后日",
    "明年": "后年",
    "去年": "前年",
}
_TODAY: Final = {"今天": ("昨天", "明天"), "今日": ("昨日", "明日"), "今年": ("去年", "明年")}
"""What came before, for a text that speaks of what happened, and what comes."""
_HAPPENED: Final = re.compile("[了过没刚已]|为什么|怎么|到现在")
_WEEKDAY: Final = dict(zip("一二三四五六日天", "三四五二一日六六", strict=True))


def swapped(text: str) -> Iterator[str]:
    """`text` with its only date changed.

    >>> list(swapped("3月5日还款")), list(swapped("今天发货了吗")), list(swapped("周一上班吗"))
    (['5月5日还款'], ['昨天发货了吗'], ['周三上班吗'])
    """
    found = list(_PATTERN.finditer(text))
    if len(found) != 1:
        return
    match = found[0]
    other = _other(match, text)
    if other:
        yield text[: match.start()] + other + text[match.end() :]


def _other(match: re.Match[str], text: str) -> str:
    whole = match[0]
    if match["relative"]:
        if whole in _TODAY:
            return _TODAY[whole][0 if _HAPPENED.search(text) else 1]
        return _RELATIVE.get(whole, "")
    if match["weekday"]:
        return whole[:-1] + _WEEKDAY[whole[-1]]
    if match["hour"]:
        hour, _, minute = whole.partition(":")
        return f"{(int(hour) + 2) % 24:0{len(hour)}d}:{minute}"
    return _month_or_year(match)


def _month_or_year(match: re.Match[str]) -> str:
    """Two months later, or the year before: only where the date is in digits."""
    begin = match.start()
    for group, limit in (("m1", 12), ("m2", 12), ("m3", 12), ("y2", 0)):
        value = match[group]
        if value and value.isdigit():
            other = int(value) + 2 if int(value) + 2 <= limit else int(value) - (2 if limit else 1)
            if other < 1 or _late(match):
                return ""
            start, end = match.start(group) - begin, match.end(group) - begin
            return f"{match[0][:start]}{other:0{len(value)}d}{match[0][end:]}"
    return ""


def _late(match: re.Match[str]) -> bool:
    """Whether another month may lack that day."""
    return any(
        match[group] and not (match[group].isdigit() and int(match[group]) <= 28) for group in ("d1", "d2", "d3")
    )
