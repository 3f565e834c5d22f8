"""Policies on their page: through the gate, against it, back again, and to and from files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from calibration import Policy
from calibration.certificates.certificate import Certificate
from calibration.policies.policy import DomainPolicy
from calibration.store import BadCaseDraft, StoredPolicy
from dashboard import resources
from dashboard.components.policies import listing
from dashboard.components.shared import samples

Open = Callable[..., Any]


def save(same: float, name: str = "mine", domain: str = "bank") -> StoredPolicy:
    """A policy for the model here, its thresholds by hand."""
    encoder = resources.encoder()
    entry = DomainPolicy({"same": same, "related": 0.85, "weak": None})
    bound = {"model": encoder.name, "fingerprint": encoder.fingerprint, "cleaner": "1", "segments": "none"}
    return resources.store().policies.save(Policy({domain: entry}, name=name, **bound))  # type: ignore[arg-type]


@pytest.fixture
def two() -> tuple[StoredPolicy, StoredPolicy]:
    """One in use that takes hardly anything for the same, and one that takes all of it."""
    samples.load(["bank"])
    strict, lax = save(0.999), save(0.86)
    resources.store().policies.publish(strict.id)
    return strict, lax


def confirm(expected: str | int) -> int:
    case, _ = resources.store().bad_cases.add(BadCaseDraft("怎么开户", "如何销户", expected, "bank"))
    resources.store().bad_cases.set_status([case.id], "confirmed")
    return case.id


def test_a_candidate_that_loses_nothing_is_published_and_taken_back(open_page: Open, two: Any) -> None:
    confirm(1)
    page = open_page("policies/versions")
    page.at.text_input(key="actor").set_value("李雷")
    said = page.press(f"publish_{two[1].id}").finish().words()
    assert "would replace **mine v1**" in said
    assert "the 1 confirmed bad case does not get worse" in said
    assert "1 bad case would be right" in [expander.label for expander in page.at.expander]
    assert "stored pairs change their tier" in said
    page.press("gate_publish")
    newest = resources.store().policies.publications()[0]
    assert (newest.policy_id, newest.action, newest.actor) == (two[1].id, "publish", "李雷")
    assert newest.gate is not None
    assert newest.gate["moves"]["bank"]["n"] == 190
    page.press("undo")
    assert resources.store().policies.current() == resources.store().policies.get(two[0].id)


def test_a_candidate_that_loses_a_case_takes_a_reason(open_page: Open, two: Any) -> None:
    case_id = confirm(0)
    page = open_page("policies/versions", "zh-CN").press(f"publish_{two[1].id}").finish()
    assert "有 1 个已确认的坏例会再次判错" in page.at.error[0].value
    assert case_id in page.at.dataframe[0].value["id"].tolist()
    page.press("gate_publish")
    assert "请先写明理由" in page.words()
    assert resources.store().policies.get(two[1].id).status == "draft"
    page.at.text_area(key="gate_reason").set_value("业务方已同意")
    page.run()
    assert "仍然发布" in page.at.button(key="gate_publish").label
    page.press("gate_publish")
    newest = resources.store().policies.publications()[0]
    assert (newest.action, newest.reason) == ("override", "业务方已同意")
    assert "理由：业务方已同意" in page.words()
    assert "gate_for" not in page.at.session_state


def test_rollback_in_one_step_and_back(open_page: Open, two: Any) -> None:
    page = open_page("policies/versions").press(f"publish_{two[1].id}").finish().press("gate_publish")
    page.press(f"rollback_{two[1].id}")
    current = resources.store().policies.current()
    assert current is not None
    assert current.id == two[0].id
    assert resources.store().policies.get(two[1].id).status == "withdrawn"
    page.press("undo")
    assert resources.store().policies.get(two[1].id).status == "published"


def test_a_policy_of_another_name_is_one_step_back_too(open_page: Open, two: Any) -> None:
    other = save(0.9, "theirs")
    page = open_page("policies/versions").press(f"publish_{other.id}").finish().press("gate_publish")
    assert [stored.name for stored in resources.store().policies.list() if stored.status == "published"] == [
        "theirs"
    ]
    page.press(f"rollback_{other.id}")
    assert resources.store().policies.current() == resources.store().policies.get(two[0].id)
    page.press("undo")
    assert resources.store().policies.current() == resources.store().policies.get(other.id)


def test_what_differs_between_two_versions(open_page: Open, two: Any) -> None:
    page = open_page("policies/differences")
    table = page.at.table[0].value
    assert table["B minus A"].tolist() == ["-0.139", "+0.000"]
    said = page.press("diff_go").finish().words()
    assert "of 190 stored pairs change their tier" in said
    assert page.at.dataframe[0].value["tier_of_a"].ne(page.at.dataframe[0].value["tier_of_b"]).all()


def test_a_policy_of_another_model_cannot_be_judged_and_says_so(open_page: Open, two: Any) -> None:
    confirm(1)
    foreign = Policy({"bank": DomainPolicy({"same": 0.9})}, name="mine", fingerprint="f" * 32, cleaner="1")
    stored = resources.store().policies.save(foreign)
    page = open_page("policies/versions").press(f"publish_{stored.id}").finish()
    assert "could not be judged" in page.at.error[0].value
    page.press("gate_publish")
    assert resources.store().policies.get(stored.id).status == "draft"


def test_policies_come_from_files_and_damaged_ones_are_named(open_page: Open) -> None:
    page = open_page("policies/files")
    good = json.dumps(Policy({"shop": DomainPolicy({"same": 0.9})}, name="从文件").to_json()).encode()
    page.at.file_uploader(key="policy_file").upload("mine.json", good)
    page.run().press("policy_import")
    (stored,) = resources.store().policies.list()
    assert (stored.name, stored.note, stored.status) == ("从文件", "imported from mine.json", "draft")
    page.at.file_uploader(key="policy_file").upload("bad.json", good.replace(b"0.9", b'"high"'))
    assert "domains.shop.thresholds.same" in page.run().at.error[0].value.replace("\\", "")
    page.at.file_uploader(key="policy_file").upload("bad.json", b"{")
    assert "JSON in UTF" in page.run().at.error[0].value


def test_notes_change_with_a_way_back(open_page: Open) -> None:
    stored = save(0.9)
    page = open_page("policies/versions")
    page.at.text_area(key=f"note_{stored.id}_0").set_value("for the autumn release")
    page.run().press(f"note_save_{stored.id}")
    assert resources.store().policies.get(stored.id).note == "for the autumn release"
    page.press("undo")
    assert resources.store().policies.get(stored.id).note == ""


def test_a_calibration_remembers_its_data_and_passes_the_gate(open_page: Open) -> None:
    samples.load(["bank"])
    (dataset,) = resources.store().datasets.list()
    page = open_page("calibrate/fit").press("calibrate_go").finish().press("policy_publish")
    (first,) = resources.store().policies.list()
    assert (first.status, first.sources[0].content_hash) == ("published", dataset.content_hash)
    page.press("policy_publish").finish()
    assert "would replace" in page.words()
    page.press("gate_publish")
    assert [stored.status for stored in resources.store().policies.list()] == ["published", "retired"]
    assert dataset.name in page.go("policies/versions").words()


def test_a_tier_that_nothing_gets_is_said(open_page: Open) -> None:
    open_ = Certificate("not_certifiable", math.inf, 0, 0, 0.0, None, 0.9, 0.9, "auto", 100, 50)
    tiers = DomainPolicy({"same": None, "related": 0.951, "weak": -1.0}, {"same": open_}, kinds=("tier",))
    binary = DomainPolicy({"same": None, "related": None, "weak": None}, {"same": open_}, kinds=("binary",))
    store = resources.store().policies
    store.save(Policy({"bank": tiers, "faq": binary}, name="mine"))
    said = open_page("policies/versions").words()
    assert "**bank** same: none · related ≥\xa00.951" in said
    assert "**faq** can merge: none" in said
    assert listing.lines(DomainPolicy({"same": 0.9, "related": None, "weak": None})) == ["same ≥\xa00.900"]
