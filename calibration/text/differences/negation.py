"""Negation: a word that one text negates and the other does not.

Only a shared word counts: "不支持退货" against "支持退货" differ for sure, "不想要了" against "怎么退货" may not.
Questions of the form A-not-A (能不能, 是不是, 有没有) negate nothing, nor do words that only look so (非常, 不错).
"""

from __future__ import annotations

import re
from typing import Final

from calibration.text.differences.bare_text import folded

_CJK: Final = "\u4e00-\u9fff"
_A_NOT_A: Final = re.compile(rf"([{_CJK}])(?:不|没)\1|有没有|没有没有")
_DOUBLE: Final = re.compile(
    "不是不|不得不|不能不|不会不|不可不|没有不|无不|未必不|非.{1,4}不可|莫不|无非|拒不|不无"
)
_NO_NEGATION: Final = re.compile(
    "不错|不过|不仅|不但|不同(?!意)|不管|不论|不断|不久|不如|不妨|不止|不只|不光|不单|不然|不愧|不好意思|不客气|不少"
    "|不动产|不锈钢|不可抗力|对不起|了不起|差不多|要不|说不定|不一会|不用谢|不谢|不得了|不由得|不知不觉|怪不得|巴不得"
    "|未成年|没关系|没问题|没事|没准|没错|没收|沉没|淹没|出没|没落|未来|未必|未免"
    "|非常|非洲|除非|是非|非凡|莫非|非得|非要|请勿扰"
)
_NEGATOR: Final = re.compile(
    "没有|没|不要|不用|不必|不是|不|尚未|还未|未|无法|无需|无须|请勿|切勿|勿|并非|非"
    "|(?:(?<=[请你您就先都可])|(?<=千万)|^|(?<=[,。,!?;\\s]))别(?![人的处墅名克])"
)
_PARTICLE: Final = "吗吧呢了的啊呀嘛么"
_REACHING: Final = "[给把对向被跟和替为在从再]"
"""After such a word the negation reaches further than two characters: what it negates is not read."""
_OPPOSED: Final = re.compile(rf"无([{_CJK}])")
_NOT: Final = re.compile(r"\b(?:not|never|cannot|no)\b|n't\b|n’t\b")
_HELPERS: Final = frozenset(("do", "does", "did", "ca", "wo", "can", "will", "is", "it"))
_BLANK: Final = "\x00"
_RATIO: Final = 2
"""A text more than so many times as long says too much else for a shared word to be the same statement."""


def differs(a: str, b: str) -> bool:
    """Whether one text negates a word that the other says without negation; the order does not matter.

    >>> differs("还没有发货", "已经发货"), differs("有没有发货", "发货了吗"), differs("这个非常好", "这个好")
    (True, False, False)
    """
    a, b = (_plain(text) for text in (a, b))
    if _DOUBLE.search(a) or _DOUBLE.search(b) or max(len(a), len(b)) > _RATIO * min(len(a), len(b)):
        return False
    return _negates(a, b) or _negates(b, a) or _english(a, b)


def _plain(text: str) -> str:
    """Folded, A-not-A questions put as plain ones, words that only look negated taken out."""
    asked = _A_NOT_A.sub(lambda match: match[1] or "有", folded(text))
    return _NO_NEGATION.sub(_BLANK, asked)


def _negates(a: str, b: str) -> bool:
    """Whether `a` negates what `b` says, and nowhere says it itself."""
    said_a, said_b = _affirmed(a), _affirmed(b)
    if any(f"有{match[1]}" in said_b and f"有{match[1]}" not in a for match in _OPPOSED.finditer(a)):
        return True
    return any(head in said_b and head not in said_a for head in _heads(a))


def _heads(text: str) -> set[str]:
    """The words that are negated: two characters after the negator, or one that ends its clause, with its verb."""
    found = set()
    for match in _NEGATOR.finditer(text):
        for end in {match.end(), match.start() + 1} if match[0] in ("没有", "不要", "不用") else {match.end()}:
            rest = re.match(rf"[{_CJK}]{{1,2}}", text[end:])
            if rest is None or re.match(_REACHING, rest[0]):
                continue
            head = rest[0].rstrip(_PARTICLE)
            before = text[match.start() - 1] if match.start() else ""
            if len(head) == 2:
                found.add(head)
            elif head and re.match(f"[{_CJK}]", before):
                found.add(before + head)
    return found


def _affirmed(text: str) -> str:
    """`text` with every negator and the characters that it reaches blanked."""
    return re.sub(rf"(?:{_NEGATOR.pattern})(?:{_REACHING}[{_CJK}]{{0,7}}|[{_CJK}]{{0,2}})", _BLANK, text)


def _english(a: str, b: str) -> bool:
    """Whether two English texts say the same words but for a negation."""
    if bool(_NOT.search(a)) == bool(_NOT.search(b)):
        return False
    words = [set(re.findall(r"[a-z0-9]+", _NOT.sub(" ", text))) - _HELPERS for text in (a, b)]
    return bool(words[0]) and words[0] == words[1]
