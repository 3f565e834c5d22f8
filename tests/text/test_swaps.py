"""Swaps of one thing in a text: those that are made differ in meaning, and doubtful texts give none."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration import load_pairs
from calibration.text.differences import NEAR_DUPLICATE, pair_tags
from calibration.text.swaps import KINDS, swaps

ROOT = Path(__file__).resolve().parents[2]
MADE = [
    ("polarity", "怎么开通花呗", "怎么关闭花呗"),
    ("polarity", "为什么不能提现", "为什么能提现"),
    ("polarity", "为什么可以提现", "为什么不可以提现"),
    ("polarity", "还没有发货怎么办", "已经发货怎么办"),
    ("polarity", "Why can't I log in", "Why can I log in"),
    ("number", "借1000元怎么还", "借2000元怎么还"),
    ("number", "装修贷分12期", "装修贷分24期"),
    ("number", "两天能到吗", "三天能到吗"),
    ("unit", "3年利息多少", "3个月利息多少"),
    ("unit", "西瓜5公斤多少钱", "西瓜5斤多少钱"),
    ("date", "3月5日还款", "5月5日还款"),
    ("date", "明天几点扣款", "后天几点扣款"),
    ("date", "今天怎么还没扣款", "昨天怎么还没扣款"),
    ("date", "20:00开抢", "22:00开抢"),
    ("name", "iPhone 15怎么换电池", "iPhone 14怎么换电池"),
    ("name", "借呗怎么还款", "花呗怎么还款"),
    ("name", "北京什么工作好找", "上海什么工作好找"),
    ("role", "买家怎么申请退款", "卖家怎么申请退款"),
    ("role", "甲方应向乙方付款", "乙方应向甲方付款"),
    ("role", "我怎么给他转账", "他怎么给我转账"),
    ("role", "微信怎么转到银行卡", "银行卡怎么转到微信"),
    ("role", "从北京到上海多少钱", "从上海到北京多少钱"),
]
ALIKE = [
    "支持退货吗",  # a question whether: 不支持退货吗 asks the same
    "能不能退货",
    "这件有没有现货",
    "95588是哪里的电话",  # no unit: it may be a name
    "有一天我会回来",
    "一年级语文书",
    "二元二次方程怎么解",
    "3-5天能到吗",
    "取消自动还款",
    "怎样解花呗冻结",
    "房东和租客怎么签合同",
    "店员被告知这事",
    "支持哪些付款方式",
    "北京路在哪",
    "周末上班",
    "",
    "你好",
]


@pytest.mark.parametrize(("kind", "text", "other"), MADE)
def test_one_thing_is_swapped(kind: str, text: str, other: str) -> None:
    assert other in [swap.text for swap in swaps(text) if swap.kind == kind]


@pytest.mark.parametrize("text", ALIKE)
def test_doubtful_texts_give_no_pair(text: str) -> None:
    assert not [swap for swap in swaps(text) if swap.kind not in ("date", "name")]


def test_the_samples_give_every_kind_and_no_pair_without_a_difference() -> None:
    """No swap leaves a text as it was, and each kind has the tags of that kind where the tags know it."""
    found: dict[str, int] = dict.fromkeys(KINDS, 0)
    for name in ("bank", "legal", "service"):
        pairs = load_pairs(ROOT / "datasets" / name / "pairs.csv")
        for text in sorted({*pairs["text_a"], *pairs["text_b"]}):
            for swap in swaps(text):
                found[swap.kind] += 1
                tags = pair_tags(text, swap.text)
                assert swap.text != text
                assert NEAR_DUPLICATE not in tags
                if swap.kind in ("number", "unit"):
                    assert "numbers" in tags, (text, swap.text)
                if swap.kind == "date":
                    assert "dates" in tags, (text, swap.text)
    assert min(found.values()) >= 3, found
