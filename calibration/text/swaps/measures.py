"""Another number with the same unit, and the same number with another unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from calibration.text.differences.dates import _PATTERN as DATES
from calibration.text.differences.numbers import _IDIOM, _NUMBER

_USUAL: Final = {"期": ("3", "6", "12", "24"), "gb": ("64", "128", "256", "512"), "寸": ("13", "14", "15", "16")}
"""Values that people really ask for."""
_NEXT: Final = dict(zip("一二两三四五六七八", "两三三四五六七八九", strict=True))
_LONGER: Final = {
    "分钟": "小时",
    "个小时": "天",
    "小时": "天",
    "天": "个小时",
    "个月": "年",
    "年": "个月",
    "周": "个月",
    "个星期": "个月",
    "公斤": "斤",
    "千克": "斤",
    "kg": "斤",
    "斤": "公斤",
    "元": "万元",
    "厘米": "毫米",
    "cm": "mm",
}
"""Another unit with which the same number is as usual."""
_MOST: Final = {"年": 30, "个月": 24, "天": 90, "元": 1000, "分钟": 60}
"""Beyond that number the text would read strangely with the other unit."""
_BEFORE: Final = re.compile(r"[-~至到—.·/第每前后近满]$")
_AFTER: Final = re.compile(
    r"^(?:年级|周年|级|多(?![少久长])|几(?![点])|来|左右|出头|代|[-~至到—.](?=[\d一二两三四五六七八九十])|后|[一二]次|次方|方程|卡|人民币|\d)"
)


def other_numbers(text: str) -> Iterator[str]:
    """`text` with one measured number changed to another that is as usual.

    >>> list(other_numbers("分三期还1000元")), list(other_numbers("95588是哪里的电话"))
    (['分四期还1000元', '分三期还2000元'], [])
    """
    for match in _measured(text):
        number, unit = _parts(match)
        other = _other(number, unit.casefold())
        if other:
            yield text[: match.start()] + match[0].replace(number, other, 1) + text[match.end() :]


def other_units(text: str) -> Iterator[str]:
    """`text` with one number measured in another unit.

    >>> list(other_units("退款要3天到账"))
    ['退款要3个小时到账']
    """
    for match in _measured(text):
        number, unit = _parts(match)
        other = _LONGER.get(unit.casefold())
        if "," in number or "." in number:
            continue
        value = int(number) if number.isdigit() else 1
        if other and value <= _MOST.get(unit, value):
            yield text[: match.end() - len(unit)] + other + text[match.end() :]


def _measured(text: str) -> Iterator[re.Match[str]]:
    """Numbers with a unit that are neither part of a date, an idiom or a range, nor an ordinal."""
    if len(text.casefold()) != len(text) or ("%" in text and text.count("%") > 1):
        return
    taken = [m.span() for pattern in (DATES, _IDIOM) for m in pattern.finditer(text.casefold())]
    for match in _NUMBER.finditer(text.casefold()):
        start, end = match.span()
        inside = any(begin < end and start < stop for begin, stop in taken)
        whole = match["unit"] or match["spelled"]
        around = _BEFORE.search(text[:start]) or _AFTER.search(text[end:])
        if whole and not (inside or around or match["range"] or match["large"]):
            yield match


def _parts(match: re.Match[str]) -> tuple[str, str]:
    """The number and its unit, as written."""
    return (match["arabic"], match["unit"]) if match["unit"] else (match["chinese"], match["spelled"])


def _other(number: str, unit: str) -> str:
    """Another number of as many digits, or a usual one; empty where there is none."""
    if unit in _USUAL and number.isdigit():
        usual = [value for value in _USUAL[unit] if value != number]
        return min(usual, key=lambda value: (int(value) < int(number), abs(int(value) - 2 * int(number))))
    if number.isdigit():
        first = int(number[0])
        return f"{first + 1 if first < 9 else 8}{number[1:]}" if first else ""
    return _NEXT.get(number, "")
