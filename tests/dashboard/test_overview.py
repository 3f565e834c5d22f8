"""The Overview: states, next steps, shares, savings, and the examples near the line."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from calibration.certificates.certificate import NOT_CERTIFIABLE, Certificate
from calibration.evaluation.decisions import Decisions
from calibration.policies.policy import DomainPolicy, Policy
from calibration.stats.intervals import proportion
from calibration.store import BadCaseDraft
from dashboard import resources
from dashboard.components.overview import savings
from dashboard.components.overview.standing import Standing, measure, near_the_line

Open = Callable[..., Any]

SCORED = pd.DataFrame(
    {
        "text_a": list("abcdefghij"),
        "text_b": list("klmnopqrst"),
        "label": [1, 1, 1, 0, 1, 0, 0, 0, 0, 0],
        "kind": "binary",
        "domain": "shop",
        "score": [0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.90],
        "purpose": ["calibrate"] * 10,
    }
)
CERTIFICATE = Certificate("certified", 0.955, 100, 2, 0.95, None, 0.9, 0.9, "auto", 400, 200)


def standing(**changed: Any) -> Standing:
    return Standing(**{"domain": "shop", "state": "published", "labels": 400, "open_cases": 0, **changed})


def test_shares_are_counted_by_the_thresholds_in_use() -> None:
    found = measure(SCORED, {"shop": DomainPolicy({"same": 0.955, "related": 0.925, "weak": None})}).at[
        "shop", "found"
    ]
    assert (found.merged, found.person, found.apart) == (4, 3, 3)
    assert (found.precision.hits, found.precision.n, found.recall.hits, found.recall.n) == (3, 4, 3, 4)


def test_rows_picked_for_review_are_not_measured() -> None:
    picked = SCORED.assign(purpose="review")
    assert measure(picked, {"shop": DomainPolicy({"same": 0.955})}).empty


def test_the_pairs_nearest_to_the_line_come_highest_first() -> None:
    assert near_the_line(SCORED, "shop", 0.955, 2)["score"].tolist() == [0.96, 0.95]


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"state": "unlabelled"}, "label"),
        ({"state": "labelled"}, "calibrate"),
        ({"state": "calibrated"}, "publish"),
        ({"drifted": True, "open_cases": 3}, "drift"),
        ({"open_cases": 3, "certificate": CERTIFICATE}, "review"),
        ({}, "more"),
        ({"certificate": replace(CERTIFICATE, status=NOT_CERTIFIABLE)}, "wrong"),
        ({"certificate": CERTIFICATE}, "near"),
    ],
)
def test_each_domain_has_one_next_step(changed: dict[str, Any], step: str) -> None:
    assert standing(**changed).step == step


def test_the_worst_domain_comes_first() -> None:
    rows = [standing(domain="good", certificate=CERTIFICATE), standing(domain="bad", drifted=True)]
    assert [row.domain for row in sorted(rows, key=Standing.badness)] == ["bad", "good"]


def test_a_saving_counts_wrong_merges_at_the_most_that_is_promised() -> None:
    said = savings.Assumptions(minutes=3, hour=60, false_merge=10)
    none = proportion(0, 0)
    row = standing(certificate=CERTIFICATE, found=Decisions(40, 40, 20, none, none))
    found = savings.saving(row, said, 1000)
    assert found is not None
    assert found.hours == pytest.approx(30)
    assert found.money == pytest.approx(30 * 60 - 1000 * 0.4 * 0.05 * 10)
    nothing = Certificate("insufficient_labels", math.inf, 0, 0, math.nan, 22, 0.9, 0.9, "auto", 20, 10)
    assert savings.saving(standing(certificate=nothing, found=row.found), said, 1000) is None


def test_the_page_leads_from_labels_to_the_next_step(open_page: Open) -> None:
    page = open_page("data/datasets").press("samples_bank").go("overview")
    assert "No policy is in use" in page.words()
    page.press("step_bank")
    assert page.place() == "calibrate/fit"


def test_with_a_policy_in_use_it_scores_by_itself_and_shows_shares_and_savings(open_page: Open) -> None:
    page = open_page("data/datasets").press("samples_bank")
    encoder = resources.encoder()
    policy = Policy(
        {"bank": DomainPolicy({"same": 0.97, "related": 0.9, "weak": None}, {"same": CERTIFICATE}, 190)},
        name="mine", fingerprint=encoder.fingerprint, cleaner="1", segments="none",
    )  # fmt: skip
    resources.store().policies.publish(resources.store().policies.save(policy).id, actor="王敏")
    page.go("overview").finish()
    assert "merge" in page.words()
    assert "at least 90% promised" in page.words()
    page.at.number_input(key="saving_minutes").set_value(2.0)
    page.at.number_input(key="saving_hour").set_value(50.0)
    page.at.number_input(key="volume_bank").set_value(3000.0)
    page.press(page.key("FormSubmitter:savings"))
    said = savings.load()
    assert said is not None
    assert (said.minutes, said.hour, said.volumes, said.currency) == (2.0, 50.0, {"bank": 3000.0}, "USD")
    assert page.at.metric[1].value.startswith("$")
    assert page.at.download_button(key="scorecard").label == "Scorecard"
    assert page.at.metric[0].value.endswith("hours")
    assert len(page.press("near_bank").at.dataframe[0].value) == 10


def test_domains_with_bad_cases_alone_have_no_row(open_page: Open) -> None:
    open_page("data/datasets").press("samples_bank")
    resources.store().bad_cases.add(BadCaseDraft("甲", "乙", "same", domain="ghost"))
    assert "ghost" not in open_page("overview").words()


def test_a_policy_of_another_model_promises_nothing_and_leads_to_calibrating(open_page: Open) -> None:
    page = open_page("data/datasets").press("samples_bank")
    policy = Policy(
        {"bank": DomainPolicy({"same": 0.97}, {"same": CERTIFICATE}, 190)},
        name="old", fingerprint="another model", cleaner="1", segments="none",
    )  # fmt: skip
    resources.store().policies.publish(resources.store().policies.save(policy).id, actor="王敏")
    page.go("overview")
    assert "promised" not in page.words()
    assert "another model" in page.words()
    assert page.press("step_bank").place() == "calibrate/fit"
