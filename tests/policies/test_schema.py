"""The published schema of policies says what the reader accepts, and every policy that is made is one."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from calibration import Policy, certify_precision, fit_policy
from calibration.certificates.certify import certify_fpr
from calibration.errors import PolicyInvalid
from calibration.policies.policy import DomainPolicy
from calibration.policies.probability_map import ProbabilityMap
from calibration.policies.schema import policy_schema

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(policy_schema())
SCORES, LABELS = np.linspace(0, 1, 200), np.linspace(0, 1, 200) > 0.5
MAP = ProbabilityMap((0.2, 0.9), (0.1, 0.8), (0.0, 0.5), (0.3, 1.0), 40, 0.9, 12, 0.1)


def whole() -> dict[str, Any]:
    """A policy in which every field that there is holds something."""
    sure = certify_precision(SCORES, LABELS, 0.9)
    rate = certify_fpr(SCORES, LABELS, 0.1)
    bank = DomainPolicy(
        {"same": sure.threshold, "related": 0.2, "weak": None},
        {"same": sure, "unrelated": rate, "weak": certify_precision(SCORES[:5], LABELS[:5], 0.9)},
        200,
        ("binary",),
        MAP,
        {"same": 0.9, "related": None, "weak": None},
    )
    made = Policy({"银行": bank}, id="p", model="m", fingerprint="f", cleaner="1", settings={"precision": 0.9})
    return json.loads(json.dumps(made.to_json(), allow_nan=False))  # type: ignore[no-any-return]


def accepts(data: Any) -> bool:
    try:
        Policy.from_json(data)
    except PolicyInvalid:
        return False
    return True


def test_the_schema_is_one_and_its_file_is_current() -> None:
    Draft202012Validator.check_schema(policy_schema())
    published = json.loads((ROOT / "docs" / "policy.schema.json").read_text(encoding="utf-8"))
    assert published == policy_schema()


@pytest.mark.slow
def test_every_policy_that_is_made_is_valid() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"score": rng.random(300), "domain": ["a", "b", "c"] * 100, "kind": "binary"})
    for kind, labels in (("binary", 2), ("tier", 4), ("graded", 6)):
        frame = rows.assign(kind=kind, label=np.floor(rows["score"] * labels), text_a="x", text_b="y")
        VALIDATOR.validate(json.loads(json.dumps(fit_policy(frame).to_json())))
    VALIDATOR.validate(whole())


DOMAIN_FIELDS = ("thresholds", "certificates", "n", "kinds", "probability", "suggested")
CERTIFICATE_FIELDS = (
    "status",
    "threshold",
    "n_above",
    "precision_lower",
    "precision",
    "n",
    "deff",
    "fpr",
    "labels_needed",
)
MAP_FIELDS = ("scores", "low", "n", "confidence", "positives", "floor")
PLACES = [
    *(["schema_version"], ["id"], ["name"], ["version"], ["created_at"], ["model"], ["scoring"], ["settings"]),
    *(["domains"], ["model", "fingerprint"], ["scoring", "cleaner"]),
    *(["domains", "银行", name] for name in DOMAIN_FIELDS),
    ["domains", "银行"],
    *(["domains", "银行", "thresholds", name] for name in ("same", "other")),
    *(["domains", "银行", "certificates", name] for name in ("same", "other")),
    *(
        ["domains", "银行", "certificates", tier, name]
        for tier in ("same", "unrelated")
        for name in CERTIFICATE_FIELDS
    ),
    *(["domains", "银行", "probability", name] for name in MAP_FIELDS),
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1,
    0.5,
    2.5,
    10**6,
    10**400,
    "",
    "text",
    [],
    ["binary"],
    ["stars"],
    [0.5, 2.0],
    {},
]
ORDER = ("order", "every score once", "rising", "as many as", "at or below", "0 or above")
"""What the reader refuses and a schema cannot say: how numbers stand to each other."""


def reason(data: Any) -> str:
    try:
        Policy.from_json(data)
    except PolicyInvalid as error:
        return str(error)
    return ""


@pytest.mark.parametrize("path", PLACES, ids=".".join)
def test_reader_and_schema_agree_on_every_field(path: list[str]) -> None:
    for value in VALUES:
        data = whole()
        place = data
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        if VALIDATOR.is_valid(data):
            refused = reason(data)
            assert not refused or any(rule in refused for rule in ORDER), (value, refused)
        else:
            assert not accepts(data), value


@pytest.mark.parametrize("path", PLACES, ids=".".join)
def test_reader_and_schema_agree_on_what_may_be_left_out(path: list[str]) -> None:
    data = whole()
    place = data
    for key in path[:-1]:
        place = place[key]
    place.pop(path[-1], None)
    assert VALIDATOR.is_valid(data) == accepts(data)


def test_neither_takes_what_is_no_number() -> None:
    data = whole()
    data["domains"]["银行"]["thresholds"]["same"] = "0.9"
    assert not VALIDATOR.is_valid(data)
    assert not accepts(data)
    data["domains"]["银行"]["thresholds"]["same"] = math.inf
    assert not accepts(data)


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        known = top in sys.stdlib_module_names or "sysconfig" in top
        if not known and top not in ("calibration", "numpy", *allowed):
            raise ImportError(f"{name} must not be needed")
allowed = []
sys.meta_path.insert(0, Block())
from calibration import Policy
from calibration.policies.policy import DomainPolicy
assert Policy({"银行": DomainPolicy({"same": 0.9})}).tier(0.99) == "same"
allowed += ["pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"]
policy = Policy.load(sys.argv[1])
print(policy.tier(0.99, "银行"), policy.provenance("银行", "same"), policy.domains["银行"].probability.at(0.5).n)
"""


def test_a_policy_needs_numpy_alone_and_pydantic_to_read_a_file(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(whole(), ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, str(path)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, ["same", "certified", "40"]), done.stderr


def test_the_schema_says_which_it_is() -> None:
    assert (policy_schema()["$id"], policy_schema()["version"]) == ("urn:simtier:policy:1", 1)


@pytest.mark.parametrize("name", ["\ud800", "a\0b"])
def test_a_domain_that_no_store_can_hold_is_refused(name: str) -> None:
    data = whole()
    data["domains"][name] = data["domains"].pop("银行")
    with pytest.raises(PolicyInvalid, match="domains"):
        Policy.from_json(data)


def test_settings_hold_no_number_that_json_lacks() -> None:
    data = whole() | {"settings": {"a": {"b": [math.nan]}}}
    with pytest.raises(PolicyInvalid, match="settings"):
        Policy.from_json(data)
