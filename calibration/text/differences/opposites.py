"""Opposite actions: one text says to open what the other says to close.

Only a pair of words of which each text says one, and not the other, counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from calibration.text.differences.bare_text import folded

PAIRS: Final = (
    (("开通", "开启", "打开", "启用"), ("关闭", "关掉", "停用", "停掉", "取消")),
    (("绑定", "绑上", "关联"), ("解绑", "解除", "解约")),
    (("签约", "签订"), ("解约", "解除")),
    (("冻结",), ("解冻",)),
    (("锁定",), ("解锁",)),
    (("挂失",), ("解挂",)),
    (("注册", "开户"), ("注销", "销户")),
    (("登录", "登入"), ("退出登录", "登出")),
    (("转入", "转进"), ("转出",)),
    (("存款", "存入"), ("取款", "取出")),
    (("充值",), ("提现",)),
    (("收入",), ("支出",)),
    (("提高", "增加", "上调", "调高", "提升"), ("降低", "减少", "下调", "调低")),
    (("升级",), ("降级",)),
    (("安装",), ("卸载",)),
    (("添加", "新增"), ("删除", "移除")),
    (("加入",), ("退出",)),
    (("提前",), ("延期", "延后", "推迟", "逾期")),
    (("自动",), ("手动", "人工")),
    (("生效",), ("失效", "作废")),
    (("允许",), ("禁止",)),
    (("进口",), ("出口",)),
    (("买家",), ("卖家",)),
)
"""Words that open, and words that close; longer ones first where one holds another."""
UNDOING: Final = ("解除", "取消")
"""With one of these a word that opens closes: 解除冻结 is 解冻."""
ALIKE: Final = 0.5
"""How much of the rest the texts must share: else they may speak of different things."""


def differs(a: str, b: str) -> bool:
    """Whether the texts say opposite words; the order does not matter.

    >>> differs("怎么开通花呗", "怎么关闭花呗"), differs("开通和关闭", "关闭")
    (True, False)
    """
    one, other = folded(a), folded(b)
    return any(
        _alike(one.replace(mine, "", 1), other.replace(theirs, "", 1)) for mine, theirs in _opposed(one, other)
    )


def words(text: str, other: str) -> Iterator[str]:
    """The words of `text` whose opposite the other text says."""
    for mine, _ in _opposed(folded(text), folded(other)):
        yield mine


def _opposed(a: str, b: str) -> Iterator[tuple[str, str]]:
    for some, others in PAIRS:
        here, there = _sides(a, some, others)
        theirs, against = _sides(b, some, others)
        if here and against and not there and not theirs:
            yield here, against
        elif there and theirs and not here and not against:
            yield there, theirs


def _sides(text: str, some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, str]:
    """What the text says of either side; what it undoes counts for the other."""
    opens, closes = _first_in(text, some), _first_in(text, others)
    undone = opens and closes in ("", *UNDOING) and _first_in(text, UNDOING)
    return ("", opens) if undone else (opens, closes)


def _alike(a: str, b: str) -> bool:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def _first_in(text: str, some: tuple[str, ...]) -> str:
    return next((word for word in some if word in text), "")
