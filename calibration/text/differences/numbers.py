"""Numbers with their units, as people write them in Chinese: digits of any width, numerals, 万, %, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from calibration.text.differences.bare_text import folded

_UNITS: Final[dict[str, tuple[str, float]]] = {
    **dict.fromkeys(("元", "块钱", "块", "圆", "人民币"), ("money", 1.0)),
    **dict.fromkeys(("毛", "角"), ("money", 0.1)),
    **dict.fromkeys(("年",), ("months", 12.0)),
    **dict.fromkeys(("个月", "月"), ("months", 1.0)),
    **dict.fromkeys(("周", "个星期", "星期", "个礼拜"), ("minutes", 7 * 1440.0)),
    **dict.fromkeys(("天", "日"), ("minutes", 1440.0)),
    **dict.fromkeys(("个小时", "小时", "个钟头"), ("minutes", 60.0)),
    **dict.fromkeys(("分钟",), ("minutes", 1.0)),
    **dict.fromkeys(("秒钟", "秒"), ("minutes", 1 / 60)),
    **dict.fromkeys(("个工作日", "工作日"), ("workdays", 1.0)),
    **dict.fromkeys(("公斤", "千克", "kg"), ("grams", 1000.0)),
    **dict.fromkeys(("斤",), ("grams", 500.0)),
    **dict.fromkeys(("克",), ("grams", 1.0)),
    **dict.fromkeys(("公里", "千米", "km"), ("metres", 1000.0)),
    **dict.fromkeys(("厘米", "cm"), ("metres", 0.01)),
    **dict.fromkeys(("毫米", "mm"), ("metres", 0.001)),
    **dict.fromkeys(("毫升", "ml"), ("litres", 0.001)),
    **dict.fromkeys(("升",), ("litres", 1.0)),
    **dict.fromkeys(("tb",), ("bytes", 1024.0)),
    **dict.fromkeys(("gb",), ("bytes", 1.0)),
    **dict.fromkeys(("期", "折", "倍", "岁", "寸", "%"), ("", 1.0)),
}
"""Unit to what it measures and how many base units it is; numbers are compared within what they measure."""
_OWN: Final = ("期", "折", "倍", "岁", "寸", "%")
_UNIT: Final = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_DIGIT: Final = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_SCALE: Final = {"十": 10, "百": 100, "千": 1000}
_LARGE: Final = {"万": 1e4, "亿": 1e8}
_ARABIC: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE: Final = "[零〇一二两三四五六七八九十百千万亿]+"
_NUMBER: Final = re.compile(
    rf"(?P<percent>百分之(?P<share>{_CHINESE}|{_ARABIC}))"
    rf"|(?<![a-z\d.])(?<![a-z][ -])(?P<arabic>{_ARABIC})(?P<large>[万亿千百]*)"
    rf"(?:(?P<range>[-~至到](?=(?:{_ARABIC})))|(?P<unit>{_UNIT})|(?![a-z\d]))"
    rf"|(?P<chinese>{_CHINESE})(?P<spelled>{_UNIT})"
)
_IDIOM: Final = re.compile(
    "一年级|一天到晚|有一天|一块(?!钱)|千万(?!元|块)|万一|百年|一月一|三包|七天无理由|一日|百日|一角|一年到头|千年|万年|千里|百倍"
)
Quantity = tuple[str, float]


def quantities(text: str) -> frozenset[Quantity]:
    """What is measured and how much, for every number that can be read for sure.

    >>> sorted(quantities("分三期，每期1,000元")) == sorted(quantities("分3期每期一千块"))
    True
    """
    return frozenset(_read(_IDIOM.sub(" ", folded(text))))


def without(text: str) -> str:
    """`text` folded, its numbers and their units replaced by a mark."""
    return _NUMBER.sub("#", _IDIOM.sub(" ", folded(text)))


def differ(a: frozenset[Quantity], b: frozenset[Quantity]) -> bool:
    """Whether each side has a number of some measure that the other has not, both having numbers of it."""
    for measure in {name for name, _ in a} & {name for name, _ in b}:
        one, other = ({value for name, value in side if name == measure} for side in (a, b))
        if one - other and other - one:
            return True
    return _spans_differ(a, b) or _spans_differ(b, a)


def _spans_differ(a: frozenset[Quantity], b: frozenset[Quantity]) -> bool:
    """Whether one side gives its times in days or less and the other in months, and they cannot be the same."""
    days = {value / 1440.0 for name, value in a if name == "minutes"}
    months = {value for name, value in b if name == "months"}
    if not days or not months or any(name == "months" for name, _ in a) or any(name == "minutes" for name, _ in b):
        return False
    return not any(28 * month <= day <= 31 * month for day in days for month in months)


def _read(text: str) -> Iterator[Quantity]:
    waiting: list[float] = []
    for match in _NUMBER.finditer(text):
        if match["percent"]:
            yield "%", round(_value(match["share"]), 9)
            continue
        spelled = match["chinese"]
        value = numeral(spelled) if spelled else _value(match["arabic"])
        if value is None:
            continue
        for letter in match["large"] or "":
            value *= _LARGE.get(letter) or _SCALE[letter]
        if match["range"]:
            waiting.append(value)
            continue
        unit = match["spelled"] or match["unit"] or ""
        measure, size = _measure(unit)
        for number in (*waiting, value):
            yield measure, round(number * size, 9)
        waiting = []
    yield from (("", number) for number in waiting)


def _measure(unit: str) -> tuple[str, float]:
    return (unit, 1.0) if unit in _OWN else _UNITS.get(unit, ("", 1.0))


def _value(text: str) -> float:
    read = numeral(text)
    return float(text.replace(",", "")) if read is None else read


def numeral(text: str) -> float | None:
    """The number that Chinese numerals spell; None where they spell none.

    >>> numeral("一百二十三"), numeral("两千"), numeral("二〇二四"), numeral("十二万"), numeral("万千")
    (123.0, 2000.0, 2024.0, 120000.0, None)
    """
    if not text or any(c not in _DIGIT and c not in _SCALE and c not in _LARGE for c in text):
        return None
    if all(c in _DIGIT for c in text):
        return float("".join(str(_DIGIT[c]) for c in text))
    total, section, digit = 0.0, 0.0, None
    for c in text:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif c in _SCALE:
            if digit is None and (c != "十" or section):
                return None
            section, digit = section + (1 if digit is None else digit) * _SCALE[c], None
        else:
            section += digit or 0
            if not section:
                return None
            total, section, digit = (total + section) * _LARGE[c], 0.0, None
    return total + section + (digit or 0)
