"""Names that labels of each kind have, in both languages and in the writings of both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from calibration.columns import BINARY, GRADED, TIER

_TRADITIONAL: Final = str.maketrans(
    "問題標籤領類別編號備註說質詢語測對錯複關無異義準應為結參數業務場劃據評審樣應庫級區頭體會點實與後來開問幾個負於",
    "问题标签领类别编号备注说质询语测对错复关无异义准应为结参数业务场划据评审样应库级区头体会点实与后来开问几个负于",
)

_POSITIVE: Final = (
    "是 是的 对 对的 真 同 相同 相似 近似 相近 近义 同义 一致 匹配 等价 等同 等于 重复 一样 同一 同类 符合 正确 "
    "正 正例 正样本 可合并 可以合并 能合并 合并 true yes y t p same pos positive duplicate dup match matched "
    "matching similar paraphrase equivalent equal identical relevant correct accept accepted ok "
    "√ ✓ ✔ ☑ ✅ ○ ◯ ⭕ 👍"
)
_NEGATIVE: Final = (
    "否 错 假 异 异义 false no n f different diff 不同 错误 负 负例 负样本 反例 neg negative mismatch mismatched "
    "dissimilar irrelevant incorrect wrong reject rejected ng × ✗ ✘ ✕ ✖ ☒ ❌ ❎ 👎"
)
_NOT: Final = ("不", "非", "不是", "没有", "未", "not", "non", "isnot", "no", "un")
_MARKS: Final = "\"'“”‘’「」。.,!"
_ABOUT: Final = re.compile(r"^(?:语义|意思|含义|意图)(?=.)|(?<=.)(?:意图|意思|语义|含义|句子|句对|句|问题)$")
"""What a label may say it is about: 语义相同, 不同意图, 同义句."""
_ENTAILED: Final = {
    **dict.fromkeys(["entailment", "entails", "蕴含"], 1.0),
    **dict.fromkeys(["neutral", "中立", "contradiction", "矛盾", "notentailment", "nonentailment"], 0.0),
}
_TIERS: Final = {
    3.0: "same 高度一致 高度相似 高度相关 完全一致 强相关 identical",
    2.0: "related 有关 中等相关 中度相关 中相关 相关 部分相关 中等相似 中度相似",
    1.0: "weak 弱相关 轻微相关 微弱相关 低度相关 低相关 弱相似 weaklyrelated",
    0.0: "unrelated 无关 不相关 完全无关 毫无关系 没有关系 irrelevant",
}


def _binary() -> dict[str, float]:
    """The names of a yes, those of a no, and every yes with a word for not before it, or with 是."""
    names = dict.fromkeys(_POSITIVE.split(), 1.0)
    names |= {"是" + name: 1.0 for name in names if not name.isascii()}
    negated = {word + name: 0.0 for name in names for word in _NOT if word.isascii() == name.isascii()}
    return {**negated, **names, **dict.fromkeys(_NEGATIVE.split(), 0.0), **_ENTAILED}


LABEL_NAMES: Final[Mapping[str, Mapping[str, float]]] = {
    BINARY: _binary(),
    TIER: {name: value for value, names in _TIERS.items() for name in names.split()},
    GRADED: {},
}
"""Names that a label of each kind may have, folded, and their values."""
ENTAILMENT_NAMES: Final = frozenset(_ENTAILED)
"""Names of natural language inference, which are read as binary labels."""


def simplified(text: str) -> str:
    """A text with the traditional characters that names of columns and labels have in simplified writing.

    >>> simplified("標籤"), simplified("不重複")
    ('标签', '不重复')
    """
    return text.translate(_TRADITIONAL)


def folded_name(text: str) -> str:
    """A name without case, width, blanks and signs around and between words, in simplified writing.

    >>> folded_name(" Not_Similar "), folded_name("對。"), folded_name("语义相同")
    ('notsimilar', '对', '相同')
    """
    name = re.sub(r"[\s_\-]+", "", simplified(unicodedata.normalize("NFKC", text).casefold()))
    return _ABOUT.sub("", name.strip(_MARKS)) or name
