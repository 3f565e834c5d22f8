"""Two servers on one PostgreSQL: what is published or reported on one is served by both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from calibration.policies.gate import check
from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import open_store
from tests.api.conftest import home, serving
from tests.store.conftest import emptied

pytestmark = pytest.mark.slow
PAIR = {"text_a": "怎么提额", "text_b": "如何提高额度"}


@pytest.fixture(scope="module")
def database_of_both(newest_schema: str) -> str:
    return emptied(newest_schema)


@pytest.fixture
def two(database_of_both: str, data_dir: Path, tmp_path: Path) -> Iterator[list[str]]:
    """Their addresses."""
    with ExitStack() as servers:
        folders = [tmp_path / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
        environ = {"SIMTIER_DATABASE_URL": database_of_both}
        yield [servers.enter_context(serving(home(folder, data_dir), **environ)) for folder in folders]


def until(look: Callable[[], object], wanted: object) -> None:
    """Wait for it: a publication is served a second later at the latest, on a machine with nothing else to do."""
    end = time.monotonic() + 60
    while (found := look()) != wanted:
        assert time.monotonic() < end, f"{found}, not {wanted}"
        time.sleep(0.1)


def test_what_is_published_once_is_served_by_both(two: list[str], database_of_both: str) -> None:
    fingerprint = httpx.get(f"{two[0]}/health", timeout=60).json()["model"]["fingerprint"]

    def policy(same: float) -> Policy:
        tiers = {"same": same, "related": None, "weak": None}
        domains = {"bank": DomainPolicy(tiers)}
        return Policy(domains, name="both", fingerprint=fingerprint, cleaner="1", segments="none")

    def versions() -> list[int | None]:
        asked = [httpx.get(f"{base}/v1/policies/current", timeout=60) for base in two]
        return [answer.json().get("version") if answer.status_code == 200 else None for answer in asked]

    def tiers() -> list[str]:
        body = {"sources": [PAIR["text_a"]], "targets": [PAIR["text_a"]], "domain": "bank"}
        return [httpx.post(f"{base}/v1/similarity", json=body, timeout=60).json()["tiers"][0][0] for base in two]

    with open_store(database_of_both) as store:
        first = store.policies.publish(store.policies.save(policy(0.9)).id)
        until(versions, [first.policy.version] * 2)
        assert tiers() == ["same", "same"]
        stricter = store.policies.save(policy(0.99))
        second = store.policies.publish(stricter.id, check(first.policy, stricter.policy))
        until(versions, [second.policy.version] * 2)
    reported = [httpx.post(f"{base}/v1/bad-cases", json={**PAIR, "expected": "same"}, timeout=60) for base in two]
    assert [answer.status_code for answer in reported] == [201, 200]
    assert reported[0].json()["id"] == reported[1].json()["id"]
