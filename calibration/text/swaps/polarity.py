"""Polarity: an action becomes its opposite, a negated statement an affirmed one, and the other way about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

OPPOSITES: Final = (
    ("开通", "关闭"),
    ("开启", "关闭"),
    ("打开", "关闭"),
    ("启用", "停用"),
    ("绑定", "解绑"),
    ("冻结", "解冻"),
    ("锁定", "解锁"),
    ("挂失", "解挂"),
    ("注册", "注销"),
    ("开户", "销户"),
    ("签约", "解约"),
    ("转入", "转出"),
    ("提高", "降低"),
    ("提升", "降低"),
    ("增加", "减少"),
    ("上调", "下调"),
    ("调高", "调低"),
    ("添加", "删除"),
    ("新增", "删除"),
    ("加入", "退出"),
    ("提前", "推迟"),
    ("自动", "手动"),
    ("允许", "禁止"),
    ("上架", "下架"),
    ("上涨", "下跌"),
    ("升高", "下降"),
    ("最高", "最低"),
    ("最多", "最少"),
    ("最大", "最小"),
    ("最贵", "最便宜"),
    ("enable", "disable"),
    ("increase", "decrease"),
    ("upgrade", "downgrade"),
    ("highest", "lowest"),
    ("maximum", "minimum"),
)
"""Words with one opposite each; words that are half of a compound elsewhere (收入证明) are left out."""
_COMPOUNDS: Final = re.compile(
    "自动(?:取款|售货|柜员|挡|化|档|铅笔|驾驶)|提高班|添加剂|加入购物车|打开方式|提升(?:机|班)|锁定期|冻结期|新增功能"
    "|注册(?:会计|商标|资本|表|码|号|证)|开户(?:行|许可|银行|名)|签约(?:率|仪式)|最高(?:法|人民|检|院)|最低还|新绑定|有开通"
    "|提前(?:知道|准备|说|告知|通知|祝|量)|解.{0,4}冻结|取消|解除|手动|不再|停止"
)
"""Words in which one of the above means something else, or that undo it; a text with one is left alone."""
_YES_NO: Final = re.compile(
    r"[吗嘛吧]|(?<![什怎这那多])么|是否|能否|可否|是不是|有没有|要不要|能不能|可不可以|会不会|好不好|行不行|([\u4e00-\u9fff])[不没]\1|还是|或者|[?？].+[?？]"
    r"|^(?:can|do|does|is|are|will|did|could|should|may)\b",
    re.IGNORECASE,
)
"""A question whether something is so asks the same of its opposite: 支持退货吗 and 不支持退货吗."""
_AFFIRMED: Final = (
    (re.compile("(?<!又)无法(?=[\u4e00-\u9fffA-Za-z])"), "可以"),
    (re.compile("(?<![能可不只])不(?=能(?!不|力|够不))"), ""),
    (re.compile("(?<![能可不])不(?=可以)"), ""),
    (re.compile("(?<![支不])不(?=支持)"), ""),
    (re.compile("(?<=[收查看找登连用])不(?=到(?!一|位|底))"), ""),
    (re.compile("还?没有?(?=(?:收到|到账|成功|通过|发货|还清|还款|完成|生效|退款|签收|绑定))"), "已经"),
    (re.compile(r"\bcannot\b|\bcan't\b|\bcan not\b"), "can"),
    (re.compile(r"\b(is|are|was|were|does|do|did|will|has|have) not\b"), r"\1"),
)
"""What denies, and what says the same affirmed."""
_NEGATED: Final = (
    (
        re.compile("已经(收到|到账|成功|通过|发货|还清|还款|完成|生效|退款|签收|绑定)(?:了(?=$|[，。,.!！]))?"),
        r"还没有\1",
    ),
    (re.compile("(为什么|为何|为啥)(?=可以|支持|能(?![力量源耗不]))"), r"\1不"),
)
"""What affirms, and what says the same denied."""
_DENIES: Final = re.compile(r"不|没|无|未|非|别|勿|\bnot?\b|n't|cannot|without", re.IGNORECASE)


def swapped(text: str) -> Iterator[str]:
    """`text` with its polarity turned.

    >>> next(swapped("怎么开通花呗")), next(swapped("为什么不能提现")), list(swapped("能不能开发票"))
    ('怎么关闭花呗', '为什么能提现', [])
    """
    if not _YES_NO.search(text):
        yield from _turned(text, _AFFIRMED, denials=1)
        yield from _turned(text, _NEGATED, denials=0)
    yield from _opposites(text)


def _opposites(text: str) -> Iterator[str]:
    plain = text.casefold()
    if _COMPOUNDS.search(plain) or "还是" in plain:
        return
    for pair in OPPOSITES:
        for word, other in (pair, pair[::-1]):
            alone = plain.count(word) == 1 and other not in plain
            if alone and (not word.isascii() or re.search(rf"\b{word}\b", plain)):
                at = plain.index(word)
                yield text[:at] + other + text[at + len(word) :]


def _turned(text: str, rules: tuple[tuple[re.Pattern[str], str], ...], denials: int) -> Iterator[str]:
    """By a rule that fits once, in a text that denies exactly so often: two denials may mean neither."""
    if len(_DENIES.findall(text)) != denials:
        return
    for pattern, other in rules:
        if len(pattern.findall(text)) == 1:
            yield pattern.sub(other, text)
