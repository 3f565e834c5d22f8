"""The page on preprocessing, on the real model."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from calibration.comparison.ablate import scoring_variants
from calibration.comparison.ablation_result import Difference
from calibration.stats.intervals import Estimate
from dashboard import resources
from dashboard.components.calibrate.preprocessing import words as ablation_words

Open = Callable[..., Any]
TOPICS = ("怎么退货", "运费谁出", "发票怎么开", "多久能发货", "可以换尺码吗", "怎么改地址")


def pairs() -> bytes:
    """Pairs in which only the first text has Chinese quotes and stops."""
    lines = [
        (f"「{topic}」。{n}号订单。", f"{topic}{n}号订单" if same else f"{TOPICS[at - 1]}{n}号订单", int(same))
        for n in range(10)
        for at, topic in enumerate(TOPICS)
        for same in (True, False)
    ]
    return pd.DataFrame(lines, columns=["text_a", "text_b", "label"]).to_csv(index=False).encode()


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.0, 0.0, 0.0, "no change"),
        (0.0, -0.001, 0.001, "+0.00 (-0.10 – +0.10)"),
        (-0.00001, -0.00003, 0.00002, "less than 0.01"),
        (0.02, 0.01, 0.03, "+2.00 (+1.00 – +3.00)"),
        (float("nan"), float("nan"), float("nan"), "–"),
    ],
)
def test_a_difference_is_in_numbers_only_where_something_changed(
    value: float, low: float, high: float, said: str
) -> None:
    gap = Difference(Estimate(value, low, high, 9, 0.9, "group_bootstrap_normal"), 1.0, 1.0)
    assert ablation_words.shown(gap) == said


@pytest.fixture
def measured(open_page: Open) -> Any:
    """A session that has measured the settings on such pairs."""
    page = open_page("data/datasets").upload("shop.csv", pairs())
    page.at.text_input(key=page.key("domain_", "text_input")).set_value("shop")
    return page.run().press(page.key("save_")).go("calibrate/preprocessing").press("ablation_go").finish()


def test_every_setting_has_a_name() -> None:
    assert set(ablation_words.VARIANTS) == set(scoring_variants())


def test_sentence_picture_numbers_and_choice(measured: Any) -> None:
    said = measured.words()
    assert "In **shop**," in said
    assert "(120 pairs)" in said
    assert "certify the choice on fresh ones" in said
    numbers = measured.at.table[0].value
    assert len(numbers) == 7
    changed = dict(zip(numbers["Setting"], numbers["Scores changed"], strict=True))
    assert changed["Line breaks left in"] == "0/120"
    assert changed["Punctuation mapped to ASCII"] == "120/120"
    charts = [json.loads(chart.proto.spec) for chart in measured.at.get("vega_lite_chart")]
    assert charts[0]["layer"][1]["mark"]["type"] == "rule"
    found = resources.jobs().result(resources.jobs().snapshots()[-1].id).found
    assert f"All {found.tests} intervals hold together" in said
    rows = pd.read_csv(io.BytesIO(ablation_words.rows(found).to_csv(index=False).encode()))
    assert len(rows) == 8 * 3
    assert (rows["low"] <= rows["difference"]).where(rows["difference"].notna(), True).all()
    measured.at.selectbox(key="ablation_choice").set_value("map_punctuation")
    page = measured.run().press("ablation_use").go("calibrate/distribution")
    assert page.at.toggle(key="punctuation").value is True
    assert page.at.selectbox(key="segments").value == "none"


def test_settings_without_anything_to_act_on_are_said_to_do_nothing_in_chinese(open_page: Open) -> None:
    page = (
        open_page("data/datasets", "zh-CN")
        .press("samples_bank")
        .go("calibrate/preprocessing")
        .press("ablation_go")
        .finish()
    )
    assert "没有改变任何分数" in page.words()
    assert "没有可检验的差异" in page.words()
    assert "0 次检验" not in page.words()
    assert "没有变化" in page.words()
    assert "+0.00" not in page.words()
    assert not page.at.get("vega_lite_chart")
