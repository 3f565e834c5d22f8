"""Dates as far as they are given: year, month, day, weekday, time, or a day relative to today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from calibration.text.differences.bare_text import folded
from calibration.text.differences.numbers import numeral

Date = frozenset[tuple[str, int]]
"""The parts that are given, by name."""

_N: Final = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_PATTERN: Final = re.compile(
    r"(?<!\d)(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>0?[1-9]|1[0-2])[-/.](?P<d1>0?[1-9]|[12]\d|3[01])(?!\d)"
    rf"|(?<!\d)(?P<y2>(?:19|20)\d\d|[一二]?[〇零一二三四五六七八九]{{4}})年(?:(?P<m2>{_N})月(?:份)?(?:(?P<d2>{_N})[日号])?)?"
    rf"|(?<![\d个一二三四五六七八九十])(?P<m3>{_N})月(?:份|(?P<d3>{_N})[日号])"
    r"|(?<!\d)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])"
    r"|(?<![一二两三四五六七八九十\d])(?:星期|礼拜|周)(?P<weekday>[一二三四五六日天])(?![次个天下回趟起般定直样遍月年])"
    r"|(?P<relative>大前天|大后天|前天|昨天|昨日|今天|今日|明天|明日|后天|去年|今年|明年)"
)
_RELATIVE: Final = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
}
_YEARS: Final = {"去年": -1, "今年": 0, "明年": 1}
_WEEKDAYS: Final = "一二三四五六日天"


def dates(text: str) -> tuple[tuple[Date, ...], str]:
    """The dates in `text`, and `text` without them.

    >>> dates("2024年3月5日发货")[1]
    ' 发货'
    """
    plain = folded(text)
    return tuple(filter(None, map(_date, _PATTERN.finditer(plain)))), _PATTERN.sub(" ", plain)


def differ(a: tuple[Date, ...], b: tuple[Date, ...]) -> bool:
    """Whether both have dates, and every one of the one contradicts every one of the other."""
    return bool(a and b) and all(_contradict(one, other) for one in a for other in b)


def _contradict(one: Date, other: Date) -> bool:
    given, told = dict(one), dict(other)
    return any(given[part] != told[part] for part in given.keys() & told.keys())


def _date(match: re.Match[str]) -> Date:
    return frozenset(_parts(match))


def _parts(match: re.Match[str]) -> Iterator[tuple[str, int]]:
    for name, groups in (("year", ("y1", "y2")), ("month", ("m1", "m2", "m3")), ("day", ("d1", "d2", "d3"))):
        given = next((match[group] for group in groups if match[group]), None)
        value = None if given is None else _whole(given)
        if value is not None:
            yield name, value
    if match["hour"]:
        yield "time", int(match["hour"]) * 60 + int(match["minute"])
    if match["weekday"]:
        yield "weekday", min(_WEEKDAYS.index(match["weekday"]), 6)
    word = match["relative"]
    if word:
        yield ("from this year", _YEARS[word]) if word in _YEARS else ("from today", _RELATIVE[word])


def _whole(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    value = numeral(text)
    return None if value is None else int(value)
