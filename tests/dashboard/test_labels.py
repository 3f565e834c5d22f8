"""Journeys through the page on labels, on the real model and the samples."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from calibration.errors import BadRows
from calibration.fitting.fit import fit_domains
from calibration.labels.advice import CERTIFIED, LABEL_MORE, OUT_OF_REACH, PrecisionAdvice
from calibration.labels.plan import plan_labels
from calibration.pairs import read_pairs
from calibration.stats.intervals import proportion
from dashboard import resources
from dashboard.components.label import advice as labels_advice
from dashboard.components.label import plan as labels_plan
from dashboard.components.label import power as labels_power
from dashboard.components.label import review as labels_review
from dashboard.components.shared import samples, tables, unlabelled_upload

Open = Callable[..., Any]
QUESTIONS = ("怎么退货", "运费谁出", "发票怎么开", "多久能发货", "可以换尺码吗")
UNLABELLED = "text_a,text_b\n" + "\n".join(f"{a},{b}{n}号" for n in range(20) for a in QUESTIONS for b in QUESTIONS)


def test_advice_for_every_domain_and_tier(open_page: Open) -> None:
    samples.load(["ecommerce", "bank"])
    page = open_page("label/plan")
    page.at.slider(key="precision").set_value(70)
    said = page.run().press("advice_go").finish().words()
    (job,) = resources.jobs().snapshots()
    found: labels_advice.Advised = resources.jobs().result(job.id)
    assert set(found.advice) == {"bank", "ecommerce"}
    assert len(page.at.table) == 2
    assert "target of 70% at 90% confidence" in said
    for tiers in found.advice.values():
        for advice in tiers.values():
            assert advice.explain("en").split("%")[0] in said.replace("\\", "")
    page.at.segmented_control(key="lang").set_value("zh_CN")
    assert "目标精确率 70%，置信度 90%" in page.run().words()


def test_advice_on_a_second_target(open_page: Open) -> None:
    samples.load(["bank"])
    page = open_page("label/plan")
    page.at.selectbox(key="joint_label").set_value("recall")
    page.run().at.number_input(key="joint_least_label").set_value(60)
    said = page.run().press("advice_go").finish().words()
    (job,) = resources.jobs().snapshots()
    both = resources.jobs().result(job.id).both["bank"]
    assert {tier: (one.precision, one.recall, one.coverage) for tier, one in both.items()} == dict.fromkeys(
        both, (0.9, 0.6, None)
    )
    for one in both.values():
        assert one.explain("en").split(":")[0] in said
    assert "recall 60%" in said.replace("\\", "")


def test_advice_for_a_false_positive_rate(open_page: Open) -> None:
    samples.load(["bank"])
    page = open_page("label/plan")
    page.at.radio(key="target").set_value("rate")
    said = page.run().press("advice_go").finish().words()
    (job,) = resources.jobs().snapshots()
    rates = resources.jobs().result(job.id).advice["bank"]
    for advice in rates.values():
        assert (advice.fpr, advice.true_fpr) == (0.05, 0.025)
        assert f"{advice.needed:,} pairs that are" in said
    (line, *_) = page.at.table[0].value.to_dict("records")
    assert (line["Promised rate"], line["Labels of these needed"]) == ("5%", f"{rates['same'].needed:,}")
    page.at.segmented_control(key="lang").set_value("zh_CN")
    assert "误合并率" in page.run().words()


def test_a_file_is_scored_and_pairs_are_drawn_from_its_top(open_page: Open) -> None:
    samples.load(["ecommerce"])
    page = open_page("label/plan")
    page.at.text_input(key="plan_domain").set_value("ecommerce")
    page.at.file_uploader[0].upload("live.csv", UNLABELLED.encode())
    page.run().press("plan_score").finish()
    page.at.number_input(key="plan_count").set_value(40)
    page.at.slider(key="plan_share").set_value(20)
    said = page.run().words()
    assert "Label **all** of these 40 pairs" in said
    assert "20% of each domain's pairs" in said
    (line,) = page.at.table[0].value.to_dict("records")
    assert (line["Domain"], line["Drawn"], line["Pairs above the floor"]) == ("ecommerce", "40", "100")
    assert page.at.get("download_button")
    assert not page.at.warning
    page.at.number_input(key="plan_count").set_value(150)
    (warning,) = page.run().at.warning
    assert "asked for 150 pairs, but only 100" in warning.value
    page.at.slider(key="plan_share").set_value(100)
    assert not page.run().at.warning


def test_what_is_downloaded_comes_back_with_purpose_seed_and_floor() -> None:
    frame = unlabelled_upload.read("live.csv", UNLABELLED.encode(), "shop").frame
    scored = frame.assign(score=[n / len(frame) for n in range(len(frame))], truncated=False)
    file = labels_plan.to_label(plan_labels(scored, 30, top=0.5, seed=7))
    assert not {"score", "truncated"} & set(file.columns)
    filled = pd.read_csv(io.BytesIO(tables.csv_bytes(file))).assign(label=1)
    back = read_pairs(tables.csv_bytes(filled), name="labelled.csv")
    assert not back.problems
    assert set(back.frame["purpose"]) == {"calibrate"}
    assert back.frame["note"].str.contains("floor=0.500000 seed=7 n=30 of=250").all()


def test_unusable_rows_of_a_pool_are_named_and_left_out() -> None:
    read = unlabelled_upload.read("live.csv", b"text_a,text_b\nwhere,there\n,nothing\n", "")
    assert len(read.frame) == 1
    assert read.unusable is not None
    with pytest.raises(BadRows):
        unlabelled_upload.read("live.csv", b"text_a,text_b\n,nothing\n", "")


def test_a_file_that_is_no_table_is_refused_in_words(open_page: Open) -> None:
    page = open_page("label/plan")
    page.at.file_uploader[0].upload("live.csv", b"\x00\x01\x02")
    page.run()
    assert page.at.error
    assert not [button for button in page.at.button if button.key == "plan_score"]


ADVICE = PrecisionAdvice(
    domain="bank",
    tier="same",
    verdict=LABEL_MORE,
    target=0.9,
    confidence=0.9,
    power=0.8,
    n=400,
    threshold=0.94,
    precision=proportion(95, 100),
    share=proportion(100, 400),
    planned_precision=0.95,
    labels_above=192,
    more=768,
    more_above=192,
    more_range=(300, float("inf")),
    fresh=True,
)


def test_the_curve_reaches_the_planned_chance_where_the_advice_is() -> None:
    line = labels_power.points("same", ADVICE)
    assert line["more"].is_monotonic_increasing
    near = line.iloc[(line["more"] - 768).abs().argmin()]
    assert 0.7 < near["chance"] < 0.95
    assert (line["low"] <= line["high"]).all()


def test_verdicts_and_ranges_in_words() -> None:
    assert labels_advice.verdict(ADVICE) == "**Within reach.**"
    row = labels_advice.advice_table({"same": ADVICE}).iloc[0]
    assert row["More labels, drawn at random"] == "770 (from 300 to no number)"
    assert row["Precision there"].endswith("95/100")
    for status, word in ((CERTIFIED, "Enough"), (OUT_OF_REACH, "Out of reach")):
        assert word in labels_advice.verdict(replace(ADVICE, verdict=status))


def test_picks_for_review_are_marked_so_and_never_certify(open_page: Open) -> None:
    samples.load(["bank"])
    page = open_page("label/plan")
    assert "no certificate uses them" in page.words()
    page.press("review_go").finish()
    (job,) = [s for s in resources.jobs().snapshots() if s.key.startswith("review")]
    found = resources.jobs().result(job.id)
    assert len(found) == labels_review.LOOKED_AT
    assert page.at.dataframe[0].value["why"].isin(["near the threshold", "the label may be wrong"]).all()
    back = read_pairs(labels_review.to_review(found), name="review.csv")
    assert not back.problems
    assert set(back.frame["purpose"]) == {"review"}
    assert back.frame["label"].tolist() == found["label"].tolist()
    scored = back.frame.assign(score=found["score"])
    (fit,) = fit_domains(scored).values()
    assert (fit.n, fit.reviewed) == (0, len(found))


def test_what_any_dataset_has_labelled_is_not_drawn_again(open_page: Open) -> None:
    rows = pd.DataFrame(
        {"text_a": ["怎么退货"], "text_b": ["如何退货"], "label": [1.0], "kind": "binary", "domain": "shop"}
    )
    resources.store().datasets.add("old", rows)
    resources.store().datasets.add("elsewhere", rows.assign(domain="bank"))
    known = labels_plan.labelled(rows[["text_a", "text_b", "domain"]])
    assert known is not None
    assert known["domain"].tolist() == ["shop"]
    assert labels_plan.labelled(rows.assign(domain="new")) is None


def test_a_draw_that_comes_back_in_part_is_noticed(open_page: Open) -> None:
    frame = unlabelled_upload.read("live.csv", UNLABELLED.encode(), "shop").frame
    scored = frame.assign(score=[n / len(frame) for n in range(len(frame))], truncated=False)
    filled = labels_plan.to_label(plan_labels(scored, 30, top=0.5, seed=7)).assign(label=1)
    page = open_page("data/datasets").upload("back.csv", tables.csv_bytes(filled))
    assert "of this draw" not in page.words()
    assert page.at.selectbox(key=page.key("drawn_", "selectbox")).value == "random_live"
    part = open_page("data/datasets").upload("part.csv", tables.csv_bytes(filled.head(20)))
    assert "10 pairs of this draw are not in the file" in part.words()
    other = open_page("data/datasets").upload("other.csv", tables.csv_bytes(filled.assign(note="")))
    assert other.at.selectbox(key=other.key("drawn_", "selectbox")).value == "unknown"


def test_advice_of_other_settings_is_marked(sampled_advice: Any) -> None:
    page = sampled_advice
    assert "made with other settings" not in page.words()
    page.at.slider(key="precision").set_value(80)
    assert "made with other settings" in page.run().words()


@pytest.fixture
def sampled_advice(open_page: Open) -> Any:
    """Advice for the bank sample beside a dataset that holds nothing but bad cases of another domain."""
    samples.load(["bank"])
    case = {"text_a": ["怎么退货"], "text_b": ["退货吗"], "label": [0.0], "kind": "binary", "domain": "shop"}
    rows = pd.DataFrame(case).assign(purpose="review")
    resources.store().datasets.add("cases", rows)
    return open_page("label/plan").press("advice_go").finish()


def test_bad_cases_alone_make_no_domain_to_label(sampled_advice: Any) -> None:
    (job,) = [job for job in resources.jobs().snapshots() if job.key.startswith("advise")]
    assert list(resources.jobs().result(job.id).advice) == ["bank"]
