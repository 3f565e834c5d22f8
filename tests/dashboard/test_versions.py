"""Journeys through version comparison and drift, on the real model and the samples."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from calibration import Policy
from calibration.comparison.drift import score_drift
from calibration.policies.policy import DomainPolicy
from calibration.stats.intervals import Estimate
from calibration.store import PolicySource
from dashboard import resources
from dashboard.components.monitor import result as drift_result
from dashboard.components.policies.compare import result as versions_result
from dashboard.components.policies.compare.run import Compared
from dashboard.components.shared import samples, tables

Open = Callable[..., Any]


def bound(domains: dict[str, DomainPolicy], name: str = "mine") -> Policy:
    """A policy for the model here, thresholds by hand."""
    encoder = resources.encoder()
    return Policy(
        domains, name=name, model=encoder.name, fingerprint=encoder.fingerprint, cleaner="1", segments="none"
    )


def compared() -> Compared:
    (job,) = [s for s in resources.jobs().snapshots() if s.key.startswith("compare")]
    found = resources.jobs().result(job.id)
    assert isinstance(found, Compared)
    return found


def test_a_policy_against_the_published_thresholds(open_page: Open) -> None:
    samples.load(["ecommerce", "bank"])
    high = {"same": 0.93, "related": 0.9, "weak": 0.86}
    resources.store().policies.save(bound({"ecommerce": DomainPolicy(high)}))
    page = open_page("policies/compare")
    assert page.at.selectbox(key="version_a").value == "published"
    said = page.press("versions_go").finish().words()
    found = compared()
    assert found.left_out == ("bank",)
    assert "no thresholds for them: bank" in said
    comparison = found.comparison.domains["ecommerce"]
    moved = sum(comparison.transitions.values())
    assert moved > 100
    assert f"**{moved:,}** of {comparison.n:,} pairs change their tier" in said
    assert "mine v1 gets" in said
    assert re.search(r"\(p(<0\.001|=[\d.]+)\)\.", said.replace("\\", ""))
    assert "A policy does better on the pairs it was fitted on" in said
    assert len(page.at.get("vega_lite_chart")) == 1
    assert page.at.dataframe[0].value["tier_of_a"].ne(page.at.dataframe[0].value["tier_of_b"]).all()
    page.at.segmented_control(key="lang").set_value("zh_CN")
    assert "个句对中有" in page.run().words()


def test_pairs_that_a_policy_was_fitted_on_are_warned_of_before_the_comparison(open_page: Open) -> None:
    samples.load(["ecommerce"])
    (dataset,) = resources.store().datasets.list()
    policy = bound({"ecommerce": DomainPolicy({"same": 0.93, "related": 0.9, "weak": 0.86})})
    source = PolicySource(dataset.id, dataset.name, dataset.version, dataset.content_hash, dataset.rows)
    resources.store().policies.save(policy, sources=[source])
    page = open_page("policies/compare")
    assert any("was fitted on" in str(warning.value) for warning in page.at.warning)


def test_equal_versions_cannot_be_told_apart(open_page: Open) -> None:
    samples.load(["bank"])
    thresholds = {"bank": DomainPolicy({"same": 0.95, "related": 0.9, "weak": None})}
    store = resources.store().policies
    store.save(bound(thresholds))
    other = store.save(bound(thresholds, "other"))
    page = open_page("policies/compare")
    page.at.selectbox(key="version_a").set_value(other.id)
    newest = page.run().at.selectbox(key="version_b").value
    if newest == other.id:
        assert "Choose two different versions" in page.words()
        page.at.selectbox(key="version_b").set_value(next(p.id for p in store.list() if p.id != other.id))
        page.run()
    said = page.press("versions_go").finish().words()
    assert "does not prove them equal" in said
    assert "both versions give every pair the same tier" in said


def test_a_policy_of_another_model_is_refused(open_page: Open) -> None:
    samples.load(["bank"])
    strange = replace(bound({"bank": DomainPolicy({"same": 0.9})}), fingerprint="another")
    resources.store().policies.save(strange)
    page = open_page("policies/compare")
    assert "another" in page.words()
    assert not [button for button in page.at.button if button.key == "versions_go"]


def test_without_a_policy_the_page_says_where_to_get_one(open_page: Open) -> None:
    samples.load(["bank"])
    assert "Save a policy" in open_page("policies/compare", "en-US").words()


def test_estimates_carry_interval_and_count() -> None:
    share = Estimate(0.5, 0.41, 0.59, 100, 0.9, "clopper_pearson")
    assert versions_result.estimate(share) == "50.0% (41%–59%) · n=100"
    assert versions_result.estimate(share, "+") == "+50.0% (+41.0% … +59.0%) · n=100"
    lower = replace(share, value=-0.5, low=-0.59, high=-0.41)
    assert versions_result.estimate(lower, "+").replace("\N{MINUS SIGN}", "~") == "~50.0% (~59.0% … ~41.0%) · n=100"
    assert versions_result.estimate(replace(share, value=float("nan"))) == "–"
    nothing = replace(share, value=0.0, low=0.0, high=0.0)
    assert versions_result.estimate(nothing, "+") == "no change · n=100"
    assert versions_result.estimate(nothing) == "0.0% (0%–0%) · n=100"


def test_drift_of_other_pairs_alarms_and_the_same_pairs_do_not(open_page: Open) -> None:
    samples.load(["ecommerce"])
    (dataset,) = resources.store().datasets.list()
    page = open_page("monitor", tab="drift")
    page.at.selectbox(key="drift_source").set_value(str(dataset.id))
    said = page.run().press("drift_go").finish().words()
    assert "look like those it was calibrated on" in said
    assert "do not prove unchanged precision" in said
    pairs = resources.dataset_frame(dataset)
    # Random partners: unrelated pairs, which score lower.
    live = pd.DataFrame({"text_a": pairs["text_a"], "text_b": np.roll(pairs["text_b"], 7), "domain": "ecommerce"})
    page.at.selectbox(key="drift_source").set_value("file")
    page.run().at.file_uploader[0].upload("live.csv", tables.csv_bytes(live))
    said = page.run().press("drift_go").finish().words()
    assert "have drifted" in said
    assert len(page.at.get("vega_lite_chart")) == 1


def test_a_domain_without_live_scores_has_dashes_for_numbers() -> None:
    both = [pd.DataFrame({"domain": name, "score": np.linspace(0.5, 1.0, 60)}) for name in ("bank", "shop")]
    lines = drift_result.numbers_table(score_drift(pd.concat(both), both[0])).to_dict("records")
    assert [(line["Live scores"], line["PSI (alarm above)"] == "–") for line in lines] == [
        ("60", False),
        ("0", True),
    ]


def test_a_p_value_is_never_told_as_0() -> None:
    before = pd.DataFrame({"domain": "bank", "score": np.linspace(0.5, 1.0, 5000)})
    found = score_drift(before, before.assign(score=before["score"] - 0.5))
    assert found.domains["bank"].ks_p_adjusted == 0
    (line,) = drift_result.numbers_table(found).to_dict("records")
    assert [line[f"p of {name}, corrected"] for name in ("PSI", "KS")] == ["<\xa00.001"] * 2


def test_shares_of_each_side_sum_to_one() -> None:
    sides = {"old": pd.Series([0.8, 0.9, np.nan]), "new": pd.Series([0.85] * 5)}
    found = drift_result.shares(sides)
    assert found.groupby("side")["share"].sum().round(12).eq(1).all()
    assert found.groupby("side")["n"].sum().to_dict() == {"new": 5, "old": 2}


def test_policies_of_other_domains_are_not_compared(open_page: Open) -> None:
    samples.load(["bank"])
    resources.store().policies.save(bound({"legal": DomainPolicy({"same": 0.9})}))
    page = open_page("policies/compare")
    assert "No domain of these datasets" in page.words()
    assert not [button for button in page.at.button if button.key == "versions_go"]
