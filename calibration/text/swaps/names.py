"""Another name of the same sort: a product, a bank, a city, a model number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

ALIKE: Final = (
    ("花呗", "借呗"),
    ("支付宝", "微信"),
    ("建设银行", "工商银行", "农业银行", "招商银行", "交通银行", "平安银行", "邮政储蓄银行"),
    ("淘宝", "京东", "拼多多"),
    ("顺丰", "圆通", "中通", "韵达"),
    ("中国移动", "中国联通", "中国电信"),
    ("苹果手机", "华为手机", "小米手机"),
    ("北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安"),
    ("安卓", "苹果系统"),
    ("iOS", "Android"),
    ("Visa", "Mastercard"),
    ("身份证", "驾驶证", "护照"),
    ("借记卡", "信用卡"),
    ("公积金", "养老金"),
    ("养老保险", "医疗保险", "工伤保险"),
    ("增值税", "个人所得税"),
)
"""Names of one sort: whatever is asked of one is another question of the next."""
_TIED: Final = (
    ("支付宝", re.compile("花呗|借呗|余额宝|蚂蚁|芝麻|口碑")),
    ("微信", re.compile("微粒贷|零钱|朋友圈|公众号|群|聊天|小程序|理财通|好友|微众")),
    ("淘宝", re.compile("支付宝|天猫|旺旺|花呗")),
    ("京东", re.compile("白条|金条")),
    ("信用卡", re.compile("额度|还款|账单|分期|逾期|花呗|借呗|刷|积分|年费|提额|借")),
    ("公积金", re.compile("贷款|买房|租房")),
    ("身份证", re.compile("号|实名|绑|扫|认证|照|手机|注册")),
    ("安卓", re.compile("[a-z]", re.IGNORECASE)),
    ("花呗", re.compile("分期|收款|付款|购物|支付|淘宝|消费|商家|扫码|买|红包|店|当面")),
)
"""With such words beside it a name has no other that would fit: the pair would read strangely."""
_PLACE: Final = re.compile("(?:路|街|大学|大道|菜|烤鸭|时间|话|站|东路|西路|号|银行|奥运|人|户口|滩|南|西|北|东)")
_CITIES: Final = frozenset(("北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安"))
_MODEL: Final = re.compile(
    r"(?P<stem>[A-Za-z]{2,}) ?(?P<number>\d{1,2})(?P<tail>(?: ?(?:pro|max|plus|mini|ultra))*)(?![A-Za-z\d])", re.I
)
_GENERATION: Final = re.compile(r"(?<![\w.])(?P<number>[45])G(?=网|手机|套餐|信号|流量|卡|$)", re.I)


def swapped(text: str) -> Iterator[str]:
    """`text` with one name changed to another of its sort.

    >>> next(swapped("iPhone 15怎么换电池")), next(swapped("顺丰几天到")), list(swapped("北京路在哪"))
    ('iPhone 14怎么换电池', '圆通几天到', [])
    """
    for pattern in (_MODEL, _GENERATION):
        found = list(pattern.finditer(text))
        if len(found) == 1 and int(found[0]["number"]) > 1:
            yield _numbered(text, found[0])
    for sort in ALIKE:
        named = [name for name in sort if name in text]
        if len(named) == 1 and text.count(named[0]) == 1 and _fits(text, named[0]):
            after = sort[(sort.index(named[0]) + 1) % len(sort)]
            if _fits(text.replace(named[0], after), after):
                yield text.replace(named[0], after)


def _numbered(text: str, match: re.Match[str]) -> str:
    start, end = match.span("number")
    value = int(match["number"])
    other = {4: 5, 5: 4}[value] if match.re is _GENERATION else value - 1
    return f"{text[:start]}{other}{text[end:]}"


def _fits(text: str, name: str) -> bool:
    if any(name == tied and words.search(text) for tied, words in _TIED):
        return False
    if name not in _CITIES:
        return True
    at = text.index(name)
    return not _PLACE.match(text[at + len(name) :])
