"""The quality page on the real model and the bank sample."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from calibration import Policy
from calibration.policies.gate import check
from calibration.scoring.score_pairs import ScoringOptions
from dashboard import resources, state
from dashboard.components.shared import samples

Open = Callable[..., Any]


@pytest.fixture
def judged(ran: Open) -> Any:
    """A session that has judged the bank sample."""
    return ran("calibrate/quality", "quality_go")


def test_sentence_picture_and_numbers_of_a_domain(judged: Any) -> None:
    said = judged.words()
    assert "In **bank**" in said
    assert "50% would be chance" in said
    assert "sample data" in said
    rows = resources.store().datasets.list()[0].rows
    numbers = judged.at.table[0].value
    assert numbers["Measure"].tolist()[0] == "AUC"
    assert numbers["Labels"].tolist() == [str(rows)] * 5
    assert numbers["Value and interval"].str.fullmatch(r"0\.\d{3} \(0\.\d{3}–[01]\.\d{3}\)").all()
    specs = [json.loads(chart.proto.spec) for chart in judged.at.get("vega_lite_chart")]
    assert [one["predicted"] for one in specs[1]["layer"][0]["data"]["values"]] == [0, 1]


def test_a_lower_live_share_lowers_the_precision_that_may_be_expected(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expected() -> float:
        return float(judged.at.table[1].value["Precision on live pairs"][0].split("%")[0])

    key = state.live_share("bank")
    assert judged.at.number_input(key=key).value is None  # nobody knows it yet
    assert "Enter that share" in judged.words()
    judged.at.number_input(key=key).set_value(5.0)
    assert "No policy is in use yet" in judged.run().words()
    low = expected()
    among = float(judged.at.table[1].value["Precision on the labels"][0].split("%")[0])
    judged.at.number_input(key=key).set_value(80.0)
    judged.run()
    assert low < among < expected()
    assert any("holds only if" in warning.value for warning in judged.at.warning)
    judged.at.selectbox(key="drawn").set_value("balanced")
    judged.run()
    assert not any("holds only if" in warning.value for warning in judged.at.warning)
    judged.at.selectbox(key="drawn").set_value("random_live")
    assert "drawn at random from live ones" not in judged.run().words(), "a written sample was never live"
    monkeypatch.setattr(samples, "SOURCE", "elsewhere")
    said = judged.run().words()
    (found,) = (int(n) for n in re.findall(r"Of (\d+) labelled pairs, drawn at random", said))
    labels = resources.dataset_frame(resources.store().datasets.list()[0])["label"]
    assert found == len(labels)
    share = judged.at.number_input(
        key=state.live_share("bank", f"{(labels == labels.max()).sum()}/{len(labels)}")
    ).value
    assert share == round(100 * (labels == labels.max()).mean(), 1)


def test_the_policy_in_use_is_judged_where_it_judges_such_scores(judged: Any) -> None:
    encoder, cleaner = resources.encoder(), ScoringOptions().cleaning.key()
    domains = {"bank": {"thresholds": {"same": 0.93, "related": 0.9, "weak": 0.8}, "certificates": {}}}

    def publish(fingerprint: str) -> None:
        made = Policy({}, name="mine", fingerprint=fingerprint, cleaner=cleaner, segments="none").to_json()
        stored = resources.store().policies.save(Policy.from_json(made | {"domains": domains}))
        opponent = resources.store().policies.opponent(stored.id)
        resources.store().policies.publish(stored.id, opponent and check(opponent.policy, stored.policy))

    judged.at.number_input(key=state.live_share("bank")).set_value(10.0)
    publish(encoder.fingerprint)
    assert judged.run().at.table[1].value["Threshold"].tolist() == ["≥\xa00.930", "≥\xa00.850"]
    publish("f" * 32)
    assert judged.run().at.table[1].value["Threshold"].tolist() == ["≥\xa00.850"]
    assert "its scores are computed differently" in judged.words()


def test_labels_of_one_kind_are_said_to_tell_nothing(open_page: Open) -> None:
    pairs = "text_a,text_b,label\n" + "\n".join(f"怎么退货{n},如何退货{n},1" for n in range(5))
    page = open_page("data/datasets").upload("one.csv", pairs.encode())
    page.at.text_input(key=page.key("domain_", "text_input")).set_value("shop")
    page.run().press(page.key("save_")).go("calibrate/quality").press("quality_go").finish()
    assert "5 of 5 labels mean the same" in page.words()
    assert not page.at.get("vega_lite_chart")


def test_all_domains_at_a_glance_in_chinese(open_page: Open) -> None:
    page = (
        open_page("data/datasets", "zh-CN")
        .press("samples_ecommerce")
        .press("samples_bank")
        .press("samples_legal")
        .go("calibrate/quality")
        .press("quality_go")
        .finish()
    )
    overview = page.at.table[0].value
    assert len(overview) == 3
    assert "随机水平" in page.words()
    assert "**3 个领域中有 1 个**" in page.words()
    page.at.selectbox(key="quality_domain").set_value("legal")
    assert "在 **legal** 领域" in page.run().words()
