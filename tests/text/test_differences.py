"""Tags: given where certain, silent elsewhere, and never by the order of the texts."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.pairs import read_pairs
from calibration.pairs.samples import sample_folder
from calibration.text.differences import TAG_NAMES, TAGS, folded, pair_tags
from calibration.text.differences.numbers import numeral

PAIRS = [
    # negation, and what only looks like it
    ("这件衣服支持七天无理由退货吗", "这件衣服不支持七天无理由退货吗", "negation"),
    ("还没有发货", "已经发货了", "negation"),
    ("订单未付款", "订单已付款", "negation"),
    ("我同意", "我不同意", "negation"),
    ("非会员能买吗", "会员能买吗", "negation"),
    ("请别发货", "请发货", "negation"),
    ("无法登录", "可以登录", "negation"),
    ("包裹收不到", "包裹收到", "negation"),
    ("有优惠券", "没有优惠券", "negation"),
    ("分期无息", "分期有息", "negation"),
    ("I can not log in", "I can log in", "negation"),
    ("the card doesn't work", "the card work", "negation"),
    ("能不能退货", "能退货吗", ""),
    ("是不是正品", "是正品吗", ""),
    ("有没有优惠", "有优惠吗", ""),
    ("喜不喜欢这件", "喜欢这件吗", ""),
    ("发货了没有", "发货了吗", ""),
    ("这个非常好", "这个常好", ""),
    ("质量不错", "质量错", ""),
    ("不过可以退货", "可以退货", ""),
    ("无线耳机", "线耳机", ""),
    ("没关系，可以退", "关系可以退", ""),
    ("特别好看", "好看", ""),
    ("不能不退货", "能退货", ""),
    ("不支持退货", "无法支持退货", ""),
    ("不同颜色可以换吗", "同颜色可以换吗", ""),
    ("未来可以提额吗", "来可以提额吗", ""),
    ("未成年的子女", "成年子女", ""),
    ("公司没给我交社保", "公司不交社保", ""),
    ("拒不提供担保的，驳回", "提供担保", ""),
    ("不想要了怎么办", "怎么退货", ""),
    # opposite actions
    ("怎么开通花呗", "怎么关闭花呗", "opposites"),
    ("怎么绑定银行卡", "怎么解绑银行卡", "opposites"),
    ("怎么绑定银行卡", "怎么解除银行卡绑定", "opposites"),
    ("如何开启自动还款", "如何关掉自动还款", "opposites"),
    ("账户冻结了怎么办", "账户解冻了怎么办", "opposites"),
    ("开通和关闭花呗", "关闭花呗", ""),
    ("借呗如何快速解冻", "能快速解除被冻结的借呗吗", ""),
    ("取消绑定", "解绑", ""),
    ("提前还款后还能借吗，要等多久", "一次性还清借款，次日可以继续借款吗", ""),
    # numbers
    ("会员试用3天", "会员试用3个月", "numbers"),
    ("会员试用30天", "会员试用1个月", ""),
    ("保修一年", "保修365天", ""),
    ("信用卡分3期手续费多少", "信用卡分12期手续费多少", "numbers"),
    ("信用卡分3期手续费多少", "信用卡分十二期手续费多少", "numbers"),
    ("年利率4.35%", "年利率４.９％", "numbers"),
    ("满100减20", "满200减20", "numbers"),
    ("押金500元", "押金一千元", "numbers"),
    ("3-5天到货", "5-7天到货", "numbers"),
    ("借十万元", "借20万元", "numbers"),
    ("分三期", "分3期", ""),
    ("1,000元", "1000元", "near_duplicate"),
    ("10万元", "100000元", ""),
    ("百分之十", "10%", ""),
    ("一周内退货", "7天内退货", ""),
    ("保修1年", "保修12个月", ""),
    ("１００元", "100块", ""),
    ("买3件", "买几件", ""),
    ("100元", "100元分3期", ""),
    ("保修一年", "保修365天", ""),
    ("万一退货怎么办", "十分着急要退货", ""),
    ("一下单就发货吗", "两个都要", ""),
    ("500克", "1斤", ""),
    ("2.0小时", "120分钟", ""),
    (
        "租期两年，乙方须在签约当日另付相当于一个月租金的押金，到期后甲方在三个工作日内将押金无息退还乙方",
        "两年",
        "length_ratio",
    ),
    (
        "乙方迟延交货的，应按合同总价的百分之五向甲方支付违约金，并且在收到甲方书面通知以后立即补交全部货物",
        "乙方迟延交货的，应按合同总价的百分之九向甲方支付违约金，并且在收到甲方书面通知以后立即补交全部货物",
        "numbers",
    ),
    # dates
    ("2023年3月5日的订单", "2024年3月5日的订单", "dates"),
    ("3月5日发货", "3月6号发货", "dates"),
    ("三月五日发货", "2024-03-05发货", ""),
    ("周一能到吗", "周三能到吗", "dates"),
    ("每周一次", "每周三次", ""),
    ("今天能到吗", "明天能到吗", "dates"),
    ("10:30开门", "9:30开门", "dates"),
    ("2024年的账单", "3月份的账单", ""),
    ("星期天营业吗", "周日营业吗", ""),
    ("3月份账单", "2024年3月账单", ""),
    # names
    ("iPhone 15 怎么换电池", "iphone14怎么换电池", "entities"),
    ("iPhone 15 Pro 多少钱", "iPhone 15 多少钱", "entities"),
    ("iPhone 15 换电池", "iPhone 14 换电池", "entities"),
    ("支持5G吗", "支持4G吗", "entities"),
    ("支持iOS吗", "支持Android吗", "entities"),
    ("《红楼梦》讲什么", "《水浒传》讲什么", "entities"),
    ("“甲方”是谁", "“乙方”是谁", "entities"),
    ("iPhone15多少钱", "iPhone 15 多少钱", "near_duplicate"),
    ("WiFi连不上", "Wi-Fi连不上", "near_duplicate"),
    ("iOS怎么更新", "系统更新在哪里", ""),
    ("《民法典》第三条", "民法典第三条", "near_duplicate"),
    ("hello there", "hi there", ""),
    # lengths, invisible characters, near-duplicates
    ("提额", "我想把我的信用卡额度提高一些，请问在哪里可以申请", "length_ratio"),
    ("提额", "怎么提额", ""),
    ("怎么\u200b提额", "如何提额", "invisible"),
    ("花呗，怎么还款？", "花呗怎么 还款", "near_duplicate"),
    ("ABC卡", "ａｂｃ卡", "near_duplicate"),
    ("3.5折", "35折", "numbers"),
    ("", "", ""),
    ("？？", "！！", ""),
]


@pytest.mark.parametrize(("a", "b", "tags"), PAIRS)
def test_pairs_get_the_tags_that_are_certain(a: str, b: str, tags: str) -> None:
    assert pair_tags(a, b) == tuple(filter(None, tags.split("+")))


def test_what_the_model_did_not_read_is_passed_in() -> None:
    assert pair_tags("甲", "乙", truncated=True) == ("truncated",)


TEXT = st.text(
    st.sampled_from("不没有无非别能是支持退货元期天年月日周一二三十百千万0123456789.%-, 是吗iOSG《》“”\u200b"),
    max_size=16,
)


@given(a=TEXT, b=TEXT)
def test_the_order_of_the_texts_does_not_matter(a: str, b: str) -> None:
    assert pair_tags(a, b) == pair_tags(b, a)


@pytest.mark.slow
@given(text=st.one_of(TEXT, st.text(max_size=30)))
def test_a_text_differs_from_itself_in_nothing(text: str) -> None:
    assert set(pair_tags(text, text)) <= {"near_duplicate", "invisible"}


@given(text=st.text(max_size=12), start=st.integers(0, 11), size=st.integers(0, 12))
def test_a_part_stays_a_part_when_folded(text: str, start: int, size: int) -> None:
    assert folded(text[start : start + size]) in folded(text)


def spelled(number: int) -> str:
    """A slow and obvious writer of Chinese numerals below ten thousand."""
    digits, places = "零一二三四五六七八九", ("千", "百", "十", "")
    written, gap = "", False
    for place, digit in zip(places, f"{number:04d}", strict=True):
        if digit == "0":
            gap = bool(written)
        else:
            written += ("零" if gap else "") + digits[int(digit)] + place
            gap = False
    return written


@given(number=st.integers(1, 9999))
def test_numerals_are_read_as_they_are_written(number: int) -> None:
    assert numeral(spelled(number)) == number
    assert pair_tags(f"押金{spelled(number)}元", f"押金{number}元") == ()


def test_every_tag_has_a_name() -> None:
    assert tuple(TAG_NAMES) == TAGS


SAMPLES = ("bank", "ecommerce", "legal", "service")


def test_tags_are_right_on_the_samples_far_more_often_than_not() -> None:
    """Precision: of the tagged sample pairs so many do not mean the same. Recall: of those made to differ so."""
    frame = pd.concat(
        [read_pairs(sample_folder() / name / "pairs.csv").frame for name in SAMPLES], ignore_index=True
    )
    same = frame["label"] == frame["kind"].map({"binary": 1.0, "tier": 3.0})
    tags = [set(pair_tags(a, b)) for a, b in zip(frame["text_a"], frame["text_b"], strict=True)]
    tagged = pd.Series([bool(found & {"negation", "opposites", "numbers", "dates"}) for found in tags])
    right = int((tagged & ~same).sum())
    assert right / int(tagged.sum()) >= 0.9, (right, int(tagged.sum()))
    for note, least in (("negation", 0.45), ("amount", 0.5)):
        made = (frame["note"] == note) & ~same
        assert int((made & tagged).sum()) / int(made.sum()) >= least, (
            note,
            int((made & tagged).sum()),
            int(made.sum()),
        )
