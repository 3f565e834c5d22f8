"""Marks in texts: only what a tag is sure of, in the place where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.text.differences import pair_tags
from calibration.text.differences.spans import differing


@pytest.mark.parametrize(
    ("text", "other", "marks"),
    [
        ("信用卡分3期手续费多少", "信用卡分12期手续费多少", ["3期"]),
        ("这件衣服不支持七天无理由退货吗", "这件衣服支持七天无理由退货吗", ["不"]),
        ("这件衣服支持七天无理由退货吗", "这件衣服不支持七天无理由退货吗", []),
        ("iPhone 15 怎么换电池", "iphone14换电池多少钱", ["iPhone 15"]),
        ("3月5日发货", "3月6日发货", ["3月5日"]),
        ("怎么退货", "如何退货", []),
        ("《背影》的作者是谁", "《春》的作者是谁", ["《背影》"]),
    ],
)
def test_what_differs_is_marked(text: str, other: str, marks: list[str]) -> None:
    assert [text[span.start : span.end] for span in differing(text, other)] == marks


@given(
    st.text("不没支持退货3月12日iPhone《》 0", max_size=20), st.text("不没支持退货3月12日iPhone《》 0", max_size=20)
)
def test_marks_lie_in_the_text_one_after_another_and_have_a_tag(text: str, other: str) -> None:
    spans, tags = differing(text, other), pair_tags(text, other)
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert span.tag in tags
        end = span.end


def test_a_text_does_not_differ_from_itself() -> None:
    assert differing("不支持3期iPhone15", "不支持3期iPhone15") == ()
