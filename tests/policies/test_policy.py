from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import Policy, certify_precision
from calibration.certificates.certify import certify_fpr
from calibration.certificates.procedures import METHODS
from calibration.columns import LABEL_KINDS, TIERS
from calibration.errors import (
    BadArgument,
    CleanerMismatch,
    DomainNeeded,
    FileUnreadable,
    ModelMismatch,
    PolicyInvalid,
    PolicyUnbound,
    UnknownDomain,
)
from calibration.messages.catalogues import explain
from calibration.policies.policy import DomainPolicy
from calibration.policies.probability_map import MAX_KNOTS, ProbabilityMap

HUGE = 10**400
"""A whole number that JSON holds and no float does."""
CERTIFICATE = certify_precision(np.linspace(0, 1, 200), np.linspace(0, 1, 200) > 0.5, 0.9)


def policy(**changes: Any) -> Policy:
    bank = DomainPolicy({"same": CERTIFICATE.threshold, "related": 0.2, "weak": None}, {"same": CERTIFICATE}, 200)
    return Policy(**({"domains": {"bank": bank}, "fingerprint": "f1", "cleaner": "1"} | changes))


def thresholds() -> st.SearchStrategy[dict[str, float | None]]:
    number = st.none() | st.floats(-1, 1)
    return st.lists(number, min_size=3, max_size=3).map(in_order)


def in_order(numbers: list[float | None]) -> dict[str, float | None]:
    falling = iter(sorted((n for n in numbers if n is not None), reverse=True))
    names = ("same", "related", "weak")
    return {name: None if n is None else next(falling) for name, n in zip(names, numbers, strict=True)}


certificates = st.dictionaries(
    st.sampled_from(TIERS),
    st.builds(
        certify_precision,
        st.lists(st.floats(0, 1), min_size=30, max_size=30),
        st.lists(st.integers(0, 1), min_size=30, max_size=30),
        st.sampled_from([0.5, 0.9]),
        st.sampled_from([0.9, 0.95]),
        st.sampled_from(METHODS),
    ),
    max_size=3,
)
MAP = ProbabilityMap((0.2, 0.9), (0.1, 0.8), (0.0, 0.5), (0.3, 1.0), 40, 0.9, 12, 0.1)
domains = st.builds(
    DomainPolicy,
    thresholds(),
    certificates,
    st.integers(0, 9),
    st.lists(st.sampled_from(LABEL_KINDS)).map(tuple),
    st.none() | st.just(MAP),
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
policies = st.builds(
    Policy,
    domains=st.dictionaries(words.filter(bool), domains, min_size=1, max_size=3),
    id=words,
    name=words.filter(bool),
    version=st.integers(0, 99),
    created_at=words,
    model=st.none() | words,
    fingerprint=st.none() | words,
    cleaner=st.none() | words,
    segments=st.none() | words,
)


@pytest.mark.slow
@given(policies)
def test_json_round_trip(before: Policy) -> None:
    text = json.dumps(before.to_json(), allow_nan=False)
    assert Policy.from_json(json.loads(text)).to_json() == before.to_json()


def test_saved_file_loads_again(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    policy().save(path)
    assert Policy.load(path) == policy()
    assert [entry.name for entry in tmp_path.iterdir()] == ["policy.json"]


def test_tier_is_the_highest_threshold_reached() -> None:
    bank = DomainPolicy({"same": 0.9, "related": None, "weak": 0.5})
    found = [Policy({"bank": bank}).tier(score, "bank") for score in (1.0, 0.9, 0.899999, 0.5, 0.4, -1.0)]
    assert found == ["same", "same", "weak", "weak", "unrelated", "unrelated"]


def test_one_domain_needs_no_name_and_several_do() -> None:
    assert policy().tier(0.99) == "same"
    two = policy(domains={"a": DomainPolicy({"same": 0.9}), "b": DomainPolicy({"same": 0.8})})
    assert two.tier(0.85, "b") == "same"
    with pytest.raises(UnknownDomain, match=r"'c'.*a, b"):
        two.tier(0.85, "c")
    for name in (None, ""):
        with pytest.raises(DomainNeeded, match=r"^name a domain: this policy has a, b$") as needed:
            two.tier(0.85, name)
    assert explain(needed.value, "zh_CN") == "请指明领域：该方案有 a, b"
    assert policy().tier(0.99, "") == "same"


def test_nan_score_has_no_tier() -> None:
    with pytest.raises(BadArgument):
        policy().tier(math.nan)


def test_scores_of_another_model_or_cleaner_are_refused() -> None:
    policy().check_model("f1", "1")
    with pytest.raises(ModelMismatch, match=r"f1.*f2"):
        policy().check_model("f2", "1")
    with pytest.raises(CleanerMismatch):
        policy().check_model("f1", "1+punct")
    with pytest.raises(PolicyUnbound):
        policy(fingerprint=None).check_model("f1", "1")


def test_thresholds_edited_by_hand_load_and_are_marked_manual() -> None:
    data = policy().to_json()
    assert data["domains"]["bank"]["provenance"] == {"same": "certified", "related": "manual", "weak": "none"}
    data["domains"]["bank"]["thresholds"]["same"] = 0.97
    edited = Policy.from_json(data)
    assert edited.provenance("bank", "same") == "manual"
    assert edited.tier(0.96, "bank") == "related"


def test_a_false_positive_rate_survives_json_and_is_checked() -> None:
    found = certify_fpr(np.linspace(0, 1, 400), np.linspace(0, 1, 400) > 0.5, 0.05)
    bank = DomainPolicy({"same": found.threshold, "related": None, "weak": None}, {"same": found}, 400)
    data = json.loads(json.dumps(policy(domains={"bank": bank}).to_json(), allow_nan=False))
    back = Policy.from_json(data)
    assert back.domains["bank"].certificates["same"].to_json() == found.to_json()
    assert back.provenance("bank", "same") == "certified"
    entry = data["domains"]["bank"]["certificates"]["same"]
    for name, value in (
        ("fpr", 1.5),
        ("fpr", "low"),
        ("fpr_upper", "low"),
        ("deff", 0.5),
        ("deff", None),
        ("fpr", None),
    ):
        broken = entry | {name: value}
        data["domains"]["bank"]["certificates"]["same"] = broken
        with pytest.raises(PolicyInvalid, match=r"certificates\.same"):
            Policy.from_json(data)


def test_a_policy_written_before_rates_and_design_effects_loads() -> None:
    data = policy().to_json()
    for name in ("deff", "fpr", "fpr_upper"):
        del data["domains"]["bank"]["certificates"]["same"][name]
    found = Policy.from_json(data).domains["bank"].certificates["same"]
    assert found.to_json() == CERTIFICATE.to_json()


def test_suggested_thresholds_are_so_until_somebody_moves_them() -> None:
    bank = DomainPolicy({"same": 0.9, "related": 0.8, "weak": None}, suggested={"same": 0.9, "related": 0.8})
    data = policy(domains={"bank": bank}).to_json()
    data["domains"]["bank"]["thresholds"]["related"] = 0.7
    edited = Policy.from_json(data)
    assert [edited.provenance("bank", tier) for tier in ("same", "related", "weak")] == [
        "suggested",
        "manual",
        "none",
    ]
    data["domains"]["bank"]["suggested"] = {"best": 0.9}
    with pytest.raises(PolicyInvalid, match="suggested"):
        Policy.from_json(data)


def test_where_promises_from_both_sides_meet_both_are_certified() -> None:
    below = replace(CERTIFICATE, threshold=CERTIFICATE.threshold + 0.05)
    bank = DomainPolicy(
        {"same": CERTIFICATE.threshold, "related": CERTIFICATE.threshold, "weak": None},
        {"same": CERTIFICATE, "unrelated": below},
    )
    assert Policy({"bank": bank}).provenance("bank", "related") == "certified"


def test_the_lowest_score_as_a_threshold_claims_nothing() -> None:
    found = Policy({"d": DomainPolicy({"same": 0.9, "related": -1.0, "weak": None})})
    assert (found.tier(-0.5), found.provenance("d", "related")) == ("related", "none")


def test_a_minimal_policy_written_by_hand_loads() -> None:
    found = Policy.from_json({"schema_version": 1, "domains": {"d": {"thresholds": {"same": 0.9}}}})
    assert found.tier(0.95) == "same"
    assert found.fingerprint is None


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["schema_version"], 2, "schema_version"),
        (["schema_version"], True, "schema_version"),
        (["domains"], {}, "domains"),
        (["domains"], [], "domains"),
        (["domains", "bank"], 3, "domains.bank"),
        (["domains", "bank", "thresholds"], None, "domains.bank.thresholds"),
        (["domains", "bank", "thresholds", "same"], "0.9", "domains.bank.thresholds.same"),
        (["domains", "bank", "thresholds", "same"], math.nan, "domains.bank.thresholds.same"),
        (["domains", "bank", "thresholds", "same"], 0.1, "domains.bank.thresholds"),
        (["domains", "bank", "thresholds", "other"], 0.1, "domains.bank.thresholds"),
        (["domains", "bank", "certificates", "same", "status"], "sure", "domains.bank.certificates.same.status"),
        (["domains", "bank", "certificates", "same", "n"], -1, "domains.bank.certificates.same.n"),
        (["domains", "bank", "certificates", "best"], {}, "domains.bank.certificates"),
        (["domains", "bank", "kinds"], ["stars"], "domains.bank.kinds"),
        (["model"], "gte", "model"),
        (["model", "fingerprint"], 7, "model.fingerprint"),
        (["version"], 1.5, "version"),
        (["version"], HUGE, "version"),
        (["domains", "bank", "n"], HUGE, "domains.bank.n"),
        (["domains", "bank", "thresholds", "same"], HUGE, "domains.bank.thresholds.same"),
        (["domains", "bank", "thresholds", "weak"], -HUGE, "domains.bank.thresholds.weak"),
        *(
            (["domains", "bank", "certificates", "same", name], HUGE, f"domains.bank.certificates.same.{name}")
            for name in ("threshold", "precision", "confidence", "fpr", "fpr_upper", "deff", "n", "labels_needed")
        ),
    ],
)
def test_a_broken_field_is_named(path: list[str], value: object, field: str) -> None:
    data = policy().to_json()
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(PolicyInvalid) as caught:
        Policy.from_json(data, "p.json")
    assert (caught.value.params["file"], caught.value.params["field"]) == ("p.json", field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scores", [0.9, 0.2]),
        ("scores", [0.2, 0.2]),
        ("scores", [0.2, "0.9"]),
        ("scores", [0.2, True]),
        ("scores", [0.2, math.nan]),
        ("scores", [0.2, 10**400]),
        ("scores", "0.2"),
        ("scores", None),
        ("scores", [0.0] * (MAX_KNOTS + 1)),
        ("values", [0.1]),
        ("values", [0.8, 0.1]),
        ("values", [0.1, 1.1]),
        ("low", [0.2, 0.5]),
        ("high", [0.3, 0.7]),
        ("n", -1),
        ("n", 4.0),
        ("n", None),
        ("positives", 41),
        ("confidence", 1.5),
        ("confidence", None),
        ("floor", -2),
    ],
)
def test_a_broken_probability_map_is_refused(field: str, value: object) -> None:
    data = policy(domains={"bank": DomainPolicy({"same": 0.9}, probability=MAP)}).to_json()
    data["domains"]["bank"]["probability"][field] = value
    with pytest.raises(PolicyInvalid, match=r"domains\.bank\.probability"):
        Policy.from_json(data)
    data["domains"]["bank"]["probability"] = [field]
    with pytest.raises(PolicyInvalid, match=r"domains\.bank\.probability"):
        Policy.from_json(data)
    del data["domains"]["bank"]["probability"]
    assert Policy.from_json(data).domain("bank").probability is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[1]", b"null", b"[" * 100_000, b"1" * 5000])
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(content)
    with pytest.raises(PolicyInvalid):
        Policy.load(path)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"nowhere\.json"):
        Policy.load(tmp_path / "nowhere.json")
    with pytest.raises(FileUnreadable):
        policy().save(tmp_path / "no" / "folder.json")


def test_loading_a_policy_imports_no_heavy_library() -> None:
    code = (
        "import sys; from calibration import Policy;"
        f"p = Policy.from_json({policy(domains={'d': DomainPolicy({}, probability=MAP)}).to_json()!r});"
        "p.tier(0.5); p.domain('d').probability.at(0.5);"
        "print([m for m in ('torch', 'scipy', 'sklearn', 'pandas', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"domains": {"\ud800": {"thresholds": {}}}}, "domains"),
        ({"domains": {"a\0b": {"thresholds": {}}}}, "domains"),
        ({"domains": {"x" * 201: {"thresholds": {}}}}, "domains"),
        ({"domains": {"": {"thresholds": {}}}}, "domains"),
        ({"id": "x" * 201}, "id"),
        ({"name": "\udfff"}, "name"),
        ({"model": {"name": "m" * 1001}}, "model.name"),
        ({"settings": {"a": math.nan}}, "settings"),
        ({"settings": {"a": "\ud800"}}, "settings"),
        ({"settings": {"a": "x" * 100_001}}, "settings"),
    ],
)
def test_what_no_answer_could_carry_is_refused(change: dict[str, Any], field: str) -> None:
    good = {"schema_version": 1, "domains": {"bank": {"thresholds": {"same": 0.9}}}}
    with pytest.raises(PolicyInvalid) as refused:
        Policy.from_json(good | change)
    assert refused.value.params["field"] == field
    str(refused.value).encode(errors="backslashreplace")
