"""Files of earlier versions open as they did: policies, exports of datasets, a database and its backup."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from calibration import Policy, load_pairs
from calibration.store import Store, open_store

HERE = Path(__file__).parent / "data" / "made_before"
HOLDS: dict[str, Any] = json.loads((HERE / "holds.json").read_text("utf-8"))
SCORES = (-1, 0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0)


def told(policy: Policy) -> dict[str, Any]:
    """What a policy says, as `holds.json` has it."""
    domains = {}
    for name, entry in policy.domains.items():
        likely = entry.probability.at(0.95).value if entry.probability else None
        domains[name] = {
            "tiers": [policy.tier(score, name) for score in SCORES],
            "provenance": {tier: policy.provenance(name, tier) for tier in ("same", "related", "weak")},
            "n": entry.n,
            "probability": None if likely is None else pytest.approx(likely, abs=1e-6),
        }
    return {"name": policy.name, "domains": domains}


@pytest.mark.parametrize("name", sorted(HOLDS["policies"]))
def test_a_policy_says_what_it_said_and_is_written_as_it_was(name: str, tmp_path: Path) -> None:
    policy = Policy.load(HERE / name)
    assert HOLDS["policies"][name] == told(policy)
    policy.save(tmp_path / name)
    assert Policy.load(tmp_path / name) == policy
    before, now = (json.loads((folder / name).read_text("utf-8")) for folder in (HERE, tmp_path))
    assert kept(before, now) == before


def kept(before: Any, now: Any) -> Any:
    """Of what is written today, the fields that there were; later versions may have added some.

    Where a threshold comes from is worked out again, and so says `manual` of the one that was edited by hand.
    """
    if isinstance(before, dict):
        return {key: value if key == "provenance" else kept(value, now[key]) for key, value in before.items()}
    return now


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "xlsx", "parquet"])
def test_an_exported_dataset_is_read_back(kind: str) -> None:
    frame = load_pairs(HERE / f"dataset.{kind}")
    assert frame["text_a"].tolist() == ['怎么“开户”?\n"a"', "e\u0301", "emoji 👍", "'; DROP TABLE pairs; --"]
    assert frame["label"].tolist() == [1, 0, 1, 0]
    assert set(frame["domain"]) == {"银行"}
    assert frame["score"].tolist()[:3] == [0.3, -1.0, 1e-17]
    assert frame["score"].isna().tolist() == [False, False, False, True]


def whole(store: Store) -> None:
    """Everything that the store held is there."""
    holds = HOLDS["store"]
    dataset = store.datasets.get(holds["dataset"]["id"])
    assert {name: getattr(dataset, name) for name in holds["dataset"]} == holds["dataset"]
    assert (
        store.datasets.frame(dataset.id)["text_a"].tolist() == load_pairs(HERE / "dataset.csv")["text_a"].tolist()
    )
    assert [gone.name for gone in store.datasets.list(include_deleted=True) if gone.deleted_at] == ["gone"]
    assert store.labellings.labellers(dataset.id) == {"wang": 4}
    current = store.policies.current()
    assert current is not None
    assert current.policy.name == holds["current"]
    assert told(current.policy) == HOLDS["policies"]["policy-binary.json"]
    assert [len(store.bad_cases.history(case)) for case in holds["cases"]] == [2, 1]
    assert [key.name for key in store.api_keys.list()] == ["app"]
    assert [kept.name for kept in store.case_filters.list()] == ["mine"]


def test_a_database_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(gzip.decompress((HERE / "store.db.gz").read_bytes()))
    with open_store(path) as store:
        whole(store)
        rows = store.backup(tmp_path / "b.zip").rows
    before: dict[str, int] = HOLDS["store"]["rows"]
    assert {table: count for table, count in before.items() if rows.get(table, 0) < count} == {}


def test_a_backup_is_brought_back(tmp_path: Path) -> None:
    with open_store(tmp_path / "new.db") as store:
        store.restore(HERE / "backup.zip", tmp_path / "safety.zip")
        whole(store)
