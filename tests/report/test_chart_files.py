"""Charts beyond the histogram: their frames hold what they say, and each can be had as a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.certificates.certificate import Certificate
from calibration.fitting.empirical_threshold import nominal_thresholds
from calibration.fitting.fit import FitSettings, fit_domains
from calibration.policies.tiers import GuardedThresholds
from calibration.report import case_patterns, daily, heat_map, precision_recall, small_multiples, threshold_spread
from calibration.report.charts import HistogramTexts, Spec, label_colors, name_bins
from calibration.report.palette import NEUTRAL
from calibration.report.picture import png_file, svg_file

NAMES = {"same": "高度一致", "related": "中等相关", "weak": "弱相关"}
LABELS = {0.0: "无关", 1.0: "弱相关", 2.0: "中等相关", 3.0: "高度一致"}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    random, size = np.random.default_rng(0), 600
    label = random.integers(0, 4, size).astype(float)
    scores = np.clip(0.7 + 0.08 * label + 0.04 * random.normal(size=size), 0, 1)
    texts = {"text_a": [f"甲{n}" for n in range(size)], "text_b": [f"乙{n}" for n in range(size)]}
    domains = np.where(np.arange(size) % 3 == 0, "bank", "shop")
    return pd.DataFrame({**texts, "score": scores, "label": label, "kind": "tier", "domain": domains})


def files(spec: Spec, frame: pd.DataFrame, *words: str) -> None:
    drawn = svg_file(spec, frame, "标题").decode()
    assert drawn.startswith("<svg")
    for word in ("标题", *words):
        assert word in drawn
    assert png_file(spec, frame, "标题").startswith(b"\x89PNG")


def test_precision_and_recall_with_certified_points(rows: pd.DataFrame) -> None:
    bank = rows[rows["domain"] == "bank"]
    frame = precision_recall.curve_frame(bank, NAMES)
    top = frame[(frame["tier"] == "same") & (frame["threshold"] >= 0.9)].iloc[-1]
    above = bank[bank["score"] >= top["threshold"]]
    assert top["above"] == len(above)
    assert top["precision"] == pytest.approx((above["label"] >= 3).mean())
    assert top["recall"] == pytest.approx((above["label"] >= 3).sum() / (bank["label"] >= 3).sum())
    fits = fit_domains(rows, FitSettings(precision=0.7))
    points = precision_recall.certified_points(bank, fits["bank"].certificates, NAMES)
    assert {point["tier"] for point in points} == {
        tier for tier, found in fits["bank"].certificates.items() if found.certified
    }
    assert points
    for point in points:
        assert 0.7 <= float(str(point["lower"])) <= float(str(point["precision"]))
    texts = precision_recall.CurveTexts("召回率", "精确率", "阈值", "句对", "等级", "下界", "目标 {precision}")
    files(precision_recall.curve_chart(NAMES, points, 0.7, texts), frame, "召回率", "高度一致", "目标 70%")


def test_pairs_that_guards_hold_back_count_as_missed(rows: pd.DataFrame) -> None:
    bank = rows[rows["domain"] == "bank"].reset_index(drop=True)
    bank.loc[::5, "text_a"], bank.loc[::5, "text_b"] = "分3期", "分12期"
    guarded = GuardedThresholds({"same": 0.9}, ("numbers",))
    frame = precision_recall.curve_frame(bank, NAMES, thresholds=guarded)
    last = frame[frame["tier"] == "same"].iloc[-1]
    free = bank[bank["text_a"] != "分3期"]
    assert last["above"] == len(free)
    assert last["recall"] == pytest.approx((free["label"] >= 3).sum() / (bank["label"] >= 3).sum())
    assert frame[frame["tier"] == "weak"].iloc[-1]["above"] == len(bank), "guards hold pairs back from same alone"
    certified = Certificate("certified", 0.9, 50, 5, 0.7, None, 0.7, 0.9, "auto", 200, 100)
    (point,) = precision_recall.certified_points(bank, {"same": certified}, NAMES, thresholds=guarded)
    assert point["above"] == int((free["score"] >= 0.9).sum())


def test_thresholds_of_domains_with_intervals(rows: pd.DataFrame) -> None:
    asked = FitSettings(precision=0.7)
    fits = fit_domains(rows, asked)
    found = {str(name): nominal_thresholds(part, fits[str(name)], asked) for name, part in rows.groupby("domain")}
    frame = threshold_spread.spread_frame(found, fits, NAMES.__getitem__)
    assert set(frame["place"]) == {"bank", "shop"}
    assert (frame["low"] <= frame["value"]).all()
    assert (frame["value"] <= frame["high"]).all()
    certified = frame.dropna(subset=["certified"])
    assert len(certified)
    assert (certified["certified"] >= certified["value"]).all()
    texts = threshold_spread.SpreadTexts("阈值", "等级", "低", "高", "有保证", "公开阈值")
    files(threshold_spread.spread_chart(frame, texts), frame, "bank", "shop")


def test_small_multiples_count_every_pair(rows: pd.DataFrame) -> None:
    frame = name_bins(small_multiples.multiples_frame(rows), LABELS)
    assert frame.groupby("place")["count"].sum().to_dict() == rows["domain"].value_counts().to_dict()
    spec = small_multiples.multiples_chart(
        list(LABELS.values()), label_colors(list(LABELS), 3), HistogramTexts("分数", "句对", "标签")
    )
    files(spec, frame, "bank", "shop")


def test_a_heat_map_has_a_cell_for_every_source_and_target() -> None:
    scores = np.array([[0.99, 0.5], [-0.1, 0.7]])
    frame = heat_map.heat_frame(["怎么退货", "开发票"], ["退货", "发票"], scores, [["甲", "乙"], ["丙", "丁"]])
    assert frame["shown"].tolist() == ["99.0%", "50.0%", "0.0%", "70.0%"]
    assert frame[["row", "column"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    names = [("甲", "#2468B4"), ("乙", "#4FB3BF"), ("丙", "#E5A835"), ("丁", "#A8566B")]
    spec = heat_map.heat_chart(2, names, -0.1, 0.99, heat_map.HeatTexts("源句", "对比", "分数", "等级"))
    files(spec, frame, "99.0%", "1 怎么退货")


def test_days_are_drawn_in_order() -> None:
    live = pd.DataFrame({"day": ["2026-01-02", "2026-01-01"] * 3, "score": [0.1, 0.5, 0.2, 0.5, 0.3, 0.5]})
    frame = daily.daily_frame(live)
    assert frame["day"].tolist() == ["2026-01-01", "2026-01-02"]
    assert frame["middle"].tolist() == [0.5, 0.2]
    texts = daily.DailyTexts("日期", "分数", "低", "高", "个数")
    spec = daily.daily_chart((0.4, 0.5, 0.6), texts)
    files(spec, frame, "分数")
    assert {layer["encoding"]["x"]["timeUnit"] for layer in spec["layer"] if "x" in layer["encoding"]} == {
        "utcyearmonthdate"
    }


def test_a_tag_keeps_its_colour_whichever_others_there_are() -> None:
    texts = case_patterns.PatternTexts("坏例", "属实", "周", "标签")
    scales = [
        case_patterns.weeks(texts, names)["encoding"]["color"]["scale"]
        for names in ({"negation": "否定", "dates": "日期", "none": "无"}, {"dates": "日期", "none": "无"})
    ]
    some, fewer = (dict(zip(scale["domain"], scale["range"], strict=True)) for scale in scales)
    assert len(set(some.values())) == 3
    assert fewer.items() <= some.items()
    assert some["无"] == NEUTRAL
