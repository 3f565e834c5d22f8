"""Policies in the store: versions of a name, one in force, and the way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from calibration.errors import BadArgument, NotFound
from calibration.policy import DomainPolicy, Policy
from calibration.store import Store, open_store

BANK = DomainPolicy({"same": 0.95, "related": 0.9, "weak": None}, n=120, kinds=("binary",))


def policy(name: str = "bank", key: str = "", **values: object) -> Policy:
    return replace(Policy({"bank": BANK}, id=key, name=name, fingerprint="f" * 8), **values)  # type: ignore[arg-type]


def published(store: Store) -> list[tuple[str, int]]:
    return [(stored.name, stored.version) for stored in store.policies.list() if stored.status == "published"]


def test_a_policy_comes_back_as_it_was(store: Store, database: str) -> None:
    given = policy(key="p1", settings={"精确率": 0.9})
    saved = store.policies.save(given, "首版", actor="li")
    assert saved.policy == given
    assert (saved.id, saved.version, saved.status, saved.note) == ("p1", 1, "draft", "首版")
    with open_store(database) as other:
        assert other.policies.get("p1") == saved
    assert store.audit.list("policy", "p1")[0].detail == {"name": "bank", "version": 1}


def test_the_same_name_makes_the_next_version(store: Store) -> None:
    first, second = store.policies.save(policy(key="p1")), store.policies.save(policy(key="p1"))
    other = store.policies.save(policy("shop"))
    assert (first.version, second.version, other.version) == (1, 2, 1)
    assert first.id == "p1"
    assert second.id not in ("", "p1")
    assert (second.policy.id, second.policy.version) == (second.id, 2)
    assert other.policy.id == other.id != ""
    assert [stored.version for stored in store.policies.list("bank")] == [2, 1]
    assert {stored.id for stored in store.policies.list()} == {first.id, second.id, other.id}


def test_eight_threads_save_without_losing_a_version(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(lambda _: store.policies.save(policy(key="same id")), range(80)))
    assert sorted(stored.version for stored in saved) == list(range(1, 81))
    assert len({stored.id for stored in saved}) == 80


def test_one_version_of_a_name_is_in_force(store: Store) -> None:
    assert store.policies.current() is None
    first, second = store.policies.save(policy()), store.policies.save(policy())
    assert store.policies.publish(first.id, actor="li").published_at is not None
    assert store.policies.publish(second.id).status == "published"
    assert store.policies.get(first.id).status == "retired"
    assert published(store) == [("bank", 2)]
    event = store.audit.list("policy", second.id)[0]
    assert (event.action, event.detail) == ("publish", {"name": "bank", "version": 2, "replaced": first.id})


def test_current_is_what_was_published_last(store: Store) -> None:
    bank, shop = store.policies.save(policy("bank")), store.policies.save(policy("shop"))
    store.policies.publish(bank.id)
    store.policies.publish(shop.id)
    assert published(store) == [("shop", 1), ("bank", 1)]
    assert store.policies.current() == store.policies.get(shop.id)
    assert store.policies.current("bank") == store.policies.get(bank.id)
    assert store.policies.current("nobody") is None
    store.policies.publish(bank.id)
    assert store.policies.current() == store.policies.get(bank.id)


def test_rollback_goes_back_step_by_step(store: Store) -> None:
    versions = [store.policies.save(policy()) for _ in range(3)]
    for version in versions:
        store.policies.publish(version.id)
    assert store.policies.rollback(actor="li").version == 2
    assert [stored.status for stored in store.policies.list()] == ["withdrawn", "published", "retired"]
    assert store.policies.rollback("bank").version == 1
    event = store.audit.list("policy", versions[1].id)[0]
    assert (event.action, event.actor, event.detail["replaced"]) == ("rollback", "li", versions[2].id)
    with pytest.raises(NotFound, match="earlier published policy 'bank'"):
        store.policies.rollback("bank")
    assert published(store) == [("bank", 1)]
    store.policies.publish(versions[2].id)
    assert published(store) == [("bank", 3)]


def test_rollback_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="published policy"):
        store.policies.rollback()


def test_eight_threads_publish_and_one_is_in_force(store: Store) -> None:
    keys = [store.policies.save(policy()).id for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(store.policies.publish, keys * 3))
    assert len(published(store)) == 1
    current = store.policies.current()
    assert current is not None
    assert current.publication == 24
    assert len(done) == 24


def test_listing_needs_no_readable_document(store: Store) -> None:
    saved = store.policies.save(policy())
    with store._database.write("policy") as connection:
        connection.exec_driver_sql("UPDATE policies SET document = '{}'")
    assert store.policies.list()[0].id == saved.id
    with pytest.raises(Exception, match="schema_version"):
        _ = store.policies.get(saved.id).policy


def test_bad_names_and_unknown_ids_are_refused(store: Store) -> None:
    with pytest.raises(BadArgument):
        store.policies.save(policy("  "))
    with pytest.raises(NotFound, match="policy 'nobody'"):
        store.policies.publish("nobody")
    with pytest.raises(NotFound):
        store.policies.get("nobody")
