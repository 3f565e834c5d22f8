"""Who does what to whom, turned about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

ROLES: Final = (
    ("买家", "卖家"),
    ("买方", "卖方"),
    ("甲方", "乙方"),
    ("房东", "租客"),
    ("出租人", "承租人"),
    ("出借人", "借款人"),
    ("债权人", "债务人"),
    ("原告", "被告"),
    ("用人单位", "劳动者"),
    ("寄件人", "收件人"),
    ("付款人", "收款人"),
    ("付款方", "收款方"),
    ("委托人", "受托人"),
    ("投保人", "受益人"),
    ("转让方", "受让方"),
    ("主卡", "副卡"),
    ("丈夫", "妻子"),
    ("男方", "女方"),
    ("buyer", "seller"),
    ("lender", "borrower"),
    ("employer", "employee"),
    ("landlord", "tenant"),
    ("sender", "recipient"),
)
_TERMS: Final = re.compile("被告[知诉]|[付收]款方式|产假|共同借款人|年龄")
"""Words that only one party fits, or that are no party."""
_TOGETHER: Final = re.compile("和|与|跟|同|及|、|/|双方|互|之间|或|还是|and|or")
"""What both do together is the same the other way about."""
_ACTS: Final = re.compile("给|向|被|把|让|欠|起诉|要求|拒绝|不|催|辞退|赔|转")
_SELF: Final = "我|自己|本人"
_OTHER: Final = "他|她|别人|他人|对方|朋友|家人|商家|客服|卖家|银行"
_GIVES: Final = re.compile(
    rf"(?P<a>{_SELF})(?P<act>(?:想|要|怎么|如何)?(?:借|转|还|付|打|寄|发|送)?给)(?P<b>{_OTHER})(?!们|的)"
)
_GIVEN: Final = re.compile(
    rf"(?P<a>{_OTHER})(?P<act>(?:怎么|如何)?(?:借|转|还|付|打|寄|发|送)?给)(?P<b>{_SELF})(?!们|的)"
)
_PURSES: Final = "微信|支付宝|银行卡|余额宝|零钱通|零钱|储蓄卡|借记卡|信用卡"
_MOVES: Final = re.compile(
    rf"(?P<a>{_PURSES})(?:里|上)?的?(?:钱|余额|零钱)?(?P<act>(?:怎么|如何|可以|能|直接)*(?:转到|转入|转账到|提现到|转))(?P<b>{_PURSES})"
)
_FROM_TO: Final = re.compile(
    r"从(?P<a>[\u4e00-\u9fff]{2,4}?)(?P<act>(?:寄|发|飞|坐车|坐火车|开车)?到)(?P<b>[\u4e00-\u9fff]{2,3})(?=要|多|怎么|需|的|坐|$)"
)


def swapped(text: str) -> Iterator[str]:
    """`text` with the roles of two parties turned about, or with the other party in the only role.

    >>> list(swapped("房东不退租客押金")), list(swapped("我怎么给他转账"))
    (['租客不退房东押金'], ['他怎么给我转账'])
    >>> list(swapped("房东和租客怎么签合同"))
    []
    """
    for pattern in (_GIVES, _GIVEN, _MOVES, _FROM_TO):
        found = list(pattern.finditer(text))
        if len(found) == 1:
            yield _exchanged(text, found[0].span("a"), found[0].span("b"))
    for one, other in ROLES:
        if _TERMS.search(text):
            return
        counts = text.count(one), text.count(other)
        if counts == (1, 1):
            spans = sorted((text.index(word), text.index(word) + len(word)) for word in (one, other))
            between = text[spans[0][1] : spans[1][0]]
            if _ACTS.search(between) and not _TOGETHER.search(text):
                yield _exchanged(text, *spans)
        elif sum(counts) == 1:
            here, there = (one, other) if counts[0] else (other, one)
            yield text.replace(here, there)


def _exchanged(text: str, first: tuple[int, int], second: tuple[int, int]) -> str:
    (a, b), (c, d) = first, second
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
