"""The report: whole, self-contained, in both languages, and deaf to what users wrote into their texts."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.calibrate import CalibrationRun, calibrate_scored, judged_as_found
from calibration.columns import SCORE, TIERS
from calibration.fitting.fit import FitSettings
from calibration.fitting.sentences import row_bound
from calibration.report.content import Origin, ReportInput, report_input
from calibration.report.examples import GIVEN, MARGIN, examples, placed
from calibration.report.html import html_report
from calibration.report.limits import limits
from calibration.stats.formatting import percent, threshold

HOSTILE = "<script>alert(1)</script>{0}{x}\" onload='x' \u202e</title>"
VOID = {"meta", "br", "img", "link", "input", "hr"}


def scored(domain: str = "shop", kind: str = "binary", n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    scores = rng.random(n).round(4)
    same = rng.random(n) < 1 / (1 + np.exp(-14 * (scores - 0.5)))
    labels = same.astype(float) if kind == "binary" else np.floor(scores * 3.999)
    texts = {"text_a": [f"问题{i}" for i in range(n)], "text_b": [f"问法{i}" for i in range(n)]}
    return pd.DataFrame({**texts, "label": labels, "kind": kind, "domain": domain, "score": scores})


def run_of(frame: pd.DataFrame, name: str = "policy") -> CalibrationRun:
    return calibrate_scored(frame, FitSettings(), name=name)


@pytest.fixture(scope="module")
def run() -> CalibrationRun:
    return run_of(pd.concat([scored("shop"), scored("law", "tier")], ignore_index=True))


def said(run: CalibrationRun, locale: str = "en", **more: object) -> ReportInput:
    return replace(report_input(run, judged_as_found(run), locale=locale), **more)


class Document(HTMLParser):
    """Tags, attributes and texts; fails where tags are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def test_it_says_the_numbers_of_the_policy(run: CalibrationRun) -> None:
    text = Document(html_report(said(run, origins=(Origin("pairs.csv", 1200),)))).text()
    for domain, entry in run.policy.domains.items():
        assert f"Domain: {domain}" in text
        certified = [c for tier, c in entry.certificates.items() if c.certified and tier != "unrelated"]
        assert certified
        for certificate in certified:
            assert threshold(certificate.threshold) in text
            assert f"{certificate.n_above:,} pairs, {certificate.false_positives:,} wrong" in text
            assert percent(certificate.precision_lower) in text
        same = run.evaluation[domain].tier("same")
        assert same is not None
        assert f"{same.precision.hits:,}/{same.precision.n:,}" in text
    assert run.policy.id in text
    assert "pairs.csv (1,200)" in text


def test_it_fetches_nothing_and_runs_nothing(run: CalibrationRun) -> None:
    html = html_report(said(run))
    page = Document(html)
    assert {"script", "link", "iframe", "object", "img", "a"}.isdisjoint(page.tags)
    assert "://" not in html
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href")]
    policy = next(value for name, value in page.attributes if value.startswith("default-src"))
    assert policy.startswith("default-src 'none'")
    assert "url(" not in html
    assert "@import" not in html


def test_charts_are_pictures_whose_texts_are_texts(run: CalibrationRun) -> None:
    page = Document(html_report(said(run, "zh_CN")))
    assert page.tags.count("svg") == len(run.policy.domains)
    assert "意思相同" in page.text()
    assert page.tags.count("text") > 20


def test_hostile_texts_stay_texts() -> None:
    frame = scored(HOSTILE, n=200).assign(text_a=[f"{HOSTILE}{i}" for i in range(200)])
    cases = pd.DataFrame(
        [{"text_a": HOSTILE, "text_b": "b", "domain": HOSTILE, "expected": "same", "note": HOSTILE}]
    )
    origins = (Origin(HOSTILE, 200),)
    html = html_report(said(run_of(frame, HOSTILE), bad_cases=cases, origins=origins))
    page = Document(html)
    assert "script" not in page.tags
    assert "onload" not in {name for name, _ in page.attributes}
    assert "<script" not in html
    assert page.text().count("<script>alert(1)</script>{0}{x}") > 10


def test_chinese_is_chinese(run: CalibrationRun) -> None:
    html = html_report(said(run, "zh_CN", bad_cases=bad_cases(3)))
    assert 'lang="zh-CN"' in html
    text = Document(html).text()
    for word in ("校准报告", "结论", "阈值与保证", "局限", "坏例", "如何复现"):
        assert word in text
    assert "What was" not in text


def bad_cases(n: int) -> pd.DataFrame:
    row = {
        "text_a": "甲",
        "text_b": "乙",
        "domain": "shop",
        "expected": "not_same",
        "tier_given": "same",
        "score": 0.9,
    }
    return pd.DataFrame([{**row, "text_a": f"坏例{i}"} for i in range(n)])


def test_bad_cases_are_shown_up_to_a_number(run: CalibrationRun) -> None:
    assert "Bad cases" not in html_report(said(run))
    assert "Bad cases" not in html_report(said(run, bad_cases=bad_cases(0)))
    text = Document(html_report(said(run, bad_cases=bad_cases(60)))).text()
    assert "60 pairs were reported" in text
    assert "The first 50 are shown" in text
    assert "坏例49" in text
    assert "坏例50" not in text


def test_limits_say_what_is_missing() -> None:
    few = [str(line) for line in limits(said(run_of(scored(n=12))))]
    assert any("same is not provable yet: there are 12 labels" in line for line in few)
    assert not any("cannot tell" in line for line in few)  # binary labels know all that their words say
    assert any("bound to no model" in line for line in few)
    assert any("not known how these labels were drawn" in line for line in few)
    looked = run_of(scored())
    looked = replace(looked, policy=replace(looked.policy, settings={**looked.policy.settings, "fits": 3}))
    assert any("fitted on these labels 3 times" in str(line) for line in limits(said(looked)))
    reviewed = scored().assign(purpose=["review"] * 10 + ["calibrate"] * 590)
    assert any(str(line).startswith("10 pairs were picked") for line in limits(said(run_of(reviewed))))


@given(st.lists(st.floats(-1, 1) | st.just(float("nan")), max_size=80), st.integers(0, 5))
@settings(max_examples=40)
def test_examples_are_pairs_of_their_tier(values: list[float], seed: int) -> None:
    thresholds = {"same": 0.8, "related": 0.4, "weak": None}
    rows = pd.DataFrame({SCORE: pd.Series(values, dtype=float)})
    shown = examples(rows, thresholds, seed=seed)
    assert shown.index.is_unique
    assert shown.index.isin(rows.index[np.isfinite(rows[SCORE])]).all()
    assert set(shown[GIVEN]) <= set(TIERS)
    assert (shown.groupby(GIVEN).size() <= 4).all()
    assert ((shown[SCORE] >= 0.8) == (shown[GIVEN] == "same")).all()
    assert examples(rows, thresholds, seed=seed).equals(shown)


def test_where_a_tier_ends_the_one_above_begins(run: CalibrationRun) -> None:
    judged = run.published["law"]
    moved = replace(judged, tiers=tuple(
        replace(one, threshold=0.853_051) if one.tier in ("weak", "unrelated") else one for one in judged.tiers
    ))  # fmt: skip
    assert row_bound("weak", moved) == "≥\xa00.854"
    assert row_bound("unrelated", moved) == "<\xa00.854"
    apart = replace(moved, tiers=tuple(one for one in moved.tiers if one.tier != "weak"))
    assert row_bound("unrelated", apart) == "<\xa00.853", "alone it is a promise, and keeps to its safe side"


def test_an_examples_score_is_on_the_side_of_the_threshold_that_its_tier_is_on() -> None:
    scores = np.array([0.8525, 0.85304, 0.853_06, 0.8539, 0.8541])
    shown = [float(placed(score, {"weak": 0.853_051, "same": None})) for score in scores]
    assert [score >= 0.854 for score in shown] == [False, False, True, True, True]
    assert np.abs(np.array(shown) - scores).max() < 0.0015


def test_how_long_texts_were_compared_is_said_in_words(run: CalibrationRun) -> None:
    for segments, words in (
        ("none", "what is too long is cut off"),
        ("max", "the best match counts"),
        ("x<y", "x&lt;y"),
    ):
        made = replace(run, policy=replace(run.policy, segments=segments))
        assert words in html_report(said(made))


def test_examples_are_near_and_far() -> None:
    rows = pd.DataFrame({SCORE: np.linspace(0.8, 1.0, 101)})
    shown = examples(rows, {"same": 0.8, "related": None, "weak": None})
    near, far = shown[MARGIN].iloc[:2], shown[MARGIN].iloc[2:]
    assert (near < 0.025).all()
    assert (far >= 0.099).all()
