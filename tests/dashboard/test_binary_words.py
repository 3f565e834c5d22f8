"""Where labels only say same or not, no page speaks of the four tiers, and no sentence contradicts another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from calibration.certificates.certificate import Certificate
from calibration.policies.policy import DomainPolicy, Policy
from calibration.policies.probability_map import ProbabilityMap
from calibration.store import BadCaseDraft
from dashboard import resources
from dashboard.components.calibrate.costs import table as cost_table
from dashboard.components.overview.standing import FOUND, measure
from dashboard.components.policies.listing import lines

Open = Callable[..., Any]
Ran = Callable[[str, str], Any]

FOUR = re.compile("高度一致|中等相关|弱相关|无关")
PARAPHRASE = ("怎么提高信用卡额度", "信用卡额度怎样才能提高")
ONE_LINE = DomainPolicy({"same": 0.93, "related": None, "weak": None}, kinds=("binary",))
BELOW = Certificate("certified", 0.85, 100, 2, 0.95, None, 0.9, 0.9, "auto", 400, 200)
TWO_LINES = replace(ONE_LINE, thresholds={"same": 0.93, "related": 0.85}, certificates={"unrelated": BELOW})


def bound(entry: DomainPolicy) -> Policy:
    """A policy for the model here, with one domain."""
    encoder = resources.encoder()
    return Policy(
        {"shop": entry},
        name="mine",
        model=encoder.name,
        fingerprint=encoder.fingerprint,
        cleaner="1",
        segments="none",
    )


def publish(entry: DomainPolicy) -> None:
    store = resources.store().policies
    store.publish(store.save(bound(entry)).id, actor="王敏")


def compared(open_page: Open, locale: str, *targets: str) -> str:
    """What the compare page says of the first text of the paraphrase with these."""
    page = open_page("compare", locale=locale)
    page.at.text_area(key="live_source").set_value(PARAPHRASE[0])
    page.at.text_area(key="live_targets").set_value("\n".join(targets))
    return str(page.run().words())


@pytest.fixture
def pairs() -> pd.DataFrame:
    """Labels that only say same or not, on texts that share nothing."""
    rows = [
        (f"怎么办理第{i}号业务", f"第{i}号业务怎样办理" if i % 2 else f"天气{i}如何", float(i % 2))
        for i in range(60)
    ]
    return pd.DataFrame(rows, columns=["text_a", "text_b", "label"]).assign(kind="binary", domain="shop")


@pytest.mark.parametrize("entry", [ONE_LINE, TWO_LINES])
def test_a_paraphrase_can_merge_and_every_line_of_its_card_agrees(open_page: Open, entry: DomainPolicy) -> None:
    chance = ProbabilityMap((0.8, 1.0), (0.1, 0.97), (0.05, 0.9), (0.2, 0.99), 400, 0.9, 200)
    publish(replace(entry, probability=chance))
    said = compared(open_page, "zh-CN", PARAPHRASE[1], "今天天气怎么样")
    assert "可合并" in said
    assert not FOUR.search(said.partition("可合并")[2])
    assert len(re.findall(r"badge\[(?:不同|需人工)", said)) >= 1


def test_below_the_only_line_a_person_is_needed_and_nothing_is_called_different(open_page: Open) -> None:
    publish(ONE_LINE)
    said = compared(open_page, "en-US", "今天天气怎么样")
    assert re.search(r"Policy :green-badge\[needs a person", said)
    figures = measure(
        pd.DataFrame({"score": [0.95, 0.9], "label": [1.0, 0.0], "kind": "binary", "domain": "shop",
                      "text_a": ["a", "b"], "text_b": ["c", "d"]}),
        {"shop": ONE_LINE},
    )  # fmt: skip
    found = figures.loc["shop", FOUND]
    assert (found.merged, found.person, found.apart) == (1, 1, 0)


def test_a_policy_card_has_one_line_and_what_becomes_of_the_rest(open_page: Open) -> None:
    publish(TWO_LINES)
    said = open_page("policies/versions", locale="zh-CN").words()
    assert "可合并 ≥\xa00.930 · 不同 <\xa00.850 · 其余需人工" in said.replace("\\", "")
    assert not FOUR.search(said)


@pytest.mark.parametrize(
    "place",
    ["overview", "compare", "calibrate/distribution", "policies/versions", "policies/compare", "review/inbox",
     "review/cases", "review/find", "label/plan", "monitor", "batch/dedup", "batch/match", "data/datasets"],
)  # fmt: skip
def test_no_page_speaks_of_the_four_tiers(open_page: Open, pairs: pd.DataFrame, place: str) -> None:
    resources.store().datasets.add("d", pairs)
    publish(TWO_LINES)
    draft = BadCaseDraft(*PARAPHRASE, "not_same", "shop", score=0.96, tier_given="same", reporter="li")
    resources.store().bad_cases.add(draft)
    resources.store().bad_cases.add(replace(draft, text_a="甲", tier_given="unrelated", expected="same"))
    page = open_page(place, locale="zh-CN")
    for _ in range(3):
        page.finish()
    frames = [frame.value.astype(str).to_string() for frame in page.at.dataframe]
    labels = [
        str(one.label) for kind in ("slider", "toggle", "selectbox", "button") for one in getattr(page.at, kind)
    ]
    options = [str(option) for one in (*page.at.selectbox, *page.at.button_group) for option in one.options]
    said = "\n".join([page.words(), *frames, *labels, *options])
    assert not FOUR.search(said), FOUR.search(said)


@pytest.mark.parametrize("place", ["calibrate/fit", "calibrate/costs", "calibrate/quality"])
def test_no_result_of_a_calibration_speaks_of_the_four_tiers(
    open_page: Open, pairs: pd.DataFrame, place: str
) -> None:
    resources.store().datasets.add("d", pairs)
    page = open_page(place, locale="zh-CN")
    page.press(
        {"calibrate/fit": "calibrate_go", "calibrate/costs": "cost_go", "calibrate/quality": "quality_go"}[place]
    )
    said = page.finish().words()
    assert "shop" in said
    assert not FOUR.search(said), FOUR.search(said)


def test_the_watched_promise_is_one_of_merging(open_page: Open) -> None:
    publish(replace(ONE_LINE, certificates={"same": replace(BELOW, threshold=0.93)}))
    said = open_page("monitor/promise", locale="zh-CN").words()
    assert "可合并" in said
    assert not FOUR.search(said), FOUR.search(said)


def test_the_distribution_has_one_line_to_move_where_the_scores_are(open_page: Open, pairs: pd.DataFrame) -> None:
    resources.store().datasets.add("d", pairs)
    publish(replace(TWO_LINES, thresholds={"same": 0.999, "related": 0.2}))
    page = open_page("calibrate/distribution")
    for button in (one for one in page.at.button if str(one.label).startswith("Score")):
        button.click()  # there where no other test has scored these pairs
        page.run().finish()
    (line,) = (one for one in page.at.slider if str(one.key).startswith("threshold_"))
    assert line.key == "threshold_shop_same"
    scored = page.at.get("vega_lite_chart")[0].proto.datasets
    (bars,) = (pa.ipc.open_stream(one.data.data).read_pandas() for one in scored if one.name == "rows")
    assert (line.min, line.max) == pytest.approx((bars["lo"].min(), bars["hi"].max()), abs=0.02)
    assert line.value == line.max, "0.999 of the policy lies above every score"
    line.set_value(round((line.min + line.max) / 2, 3))
    page.run()
    metrics, given = (table.value for table in page.at.table)
    assert len(metrics) == 1, "nothing is called different without a line for it"
    assert "needs a person" in str(given.index[-1])


def test_lines_of_four_tiers_stay_as_they_are() -> None:
    assert [line.split()[0] for line in lines(replace(TWO_LINES, kinds=("tier",)))] == ["same", "related"]


def test_a_table_of_costs_hides_the_tier_that_binary_labels_cannot_tell(open_page: Open) -> None:
    frame = pd.DataFrame(
        [[0.0, 1.0, 5.0, 3.0], [10.0, 1.0, 1.0, 0.0]], columns=["same", "related", "weak", "unrelated"]
    )
    assert not cost_table.problems("binary", frame.assign(weak=float("nan")))
