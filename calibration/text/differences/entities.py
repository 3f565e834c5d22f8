"""Names recognised without a language model: model numbers, titles, quoted names, Latin words."""

from __future__ import annotations

import re
from typing import Final

from calibration.text.differences.bare_text import bare, folded

_TITLE: Final = re.compile("《([^》]{1,40})》")
_QUOTED: Final = re.compile("[“「『]([^”」』]{1,20})[”」』]")
_CJK: Final = re.compile("[\u4e00-\u9fff]")
_MODEL: Final = re.compile(
    r"(?<![a-z\d])(?P<stem>[a-z]+)[ -]?(?P<number>\d+)"
    r"(?P<tail>[a-z]*(?: ?(?:pro|max|plus|mini|ultra|air))*)(?![a-z\d])"
)
_GENERATION: Final = re.compile(r"(?<![a-z\d.])(?P<number>\d+)(?P<stem>[gkd])(?![a-z\d])")
_LATIN: Final = re.compile(r"[a-z][a-z0-9]*(?:[ .+&'-]*[a-z0-9]+)*")


def differ(a: str, b: str) -> bool:
    """Whether the texts surely name different things.

    >>> differ("iPhone 15 怎么换电池", "iphone14换电池多少钱"), differ("支持iOS吗", "支持安卓吗")
    (True, False)
    """
    one, other = folded(a), folded(b)
    return _models_differ(one, other) or _marked_differ(a, b) or _only_latin_differs(one, other)


def _models(text: str) -> dict[str, set[str]]:
    """Numbers and suffixes of each series: `iphone` has `15 pro`, `g` has `5`."""
    found: dict[str, set[str]] = {}
    for match in _MODEL.finditer(text):
        found.setdefault(match["stem"], set()).add(match["number"] + match["tail"].replace(" ", ""))
    for match in _GENERATION.finditer(text):
        found.setdefault("-" + match["stem"], set()).add(match["number"])
    return found


def _models_differ(a: str, b: str) -> bool:
    one, other = _models(a), _models(b)
    return any(one[stem].isdisjoint(other[stem]) for stem in one.keys() & other.keys())


def _marked_differ(a: str, b: str) -> bool:
    """Whether both have titles, or both quoted names, and none in common."""
    for pattern in (_TITLE, _QUOTED):
        one, other = ({bare(name) for name in pattern.findall(text)} - {""} for text in (a, b))
        if one and other and one.isdisjoint(other):
            return True
    return False


def _only_latin_differs(a: str, b: str) -> bool:
    """Whether two Chinese texts are one but for a Latin name in the same place."""
    if not (_CJK.search(a) and _CJK.search(b)):
        return False
    one, other = ([bare(name) for name in _LATIN.findall(text)] for text in (a, b))
    if len(one) != len(other) or sorted(one) == sorted(other):
        return False
    return bare(_LATIN.sub("#", a)) == bare(_LATIN.sub("#", b))
