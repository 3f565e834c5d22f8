"""Policies in the store: versions of a name, one in use, and the way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from calibration.certificates.certify import certify_precision
from calibration.errors import BadArgument, Conflict, GateClosed, NotFound, PolicyInvalid
from calibration.policies.gate import check
from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import PolicySource, Store, StoredPolicy, open_store

BANK = DomainPolicy({"same": 0.95, "related": 0.9, "weak": None}, n=120, kinds=("binary",))


def policy(name: str = "bank", key: str = "", **values: object) -> Policy:
    return replace(Policy({"bank": BANK}, id=key, name=name, fingerprint="f" * 8), **values)  # type: ignore[arg-type]


def publish(store: Store, policy_id: str, **values: str) -> StoredPolicy:
    """Publish through the gate, without any bad case or pair to judge."""
    opponent = store.policies.opponent(policy_id)
    gate = opponent and check(opponent.policy, store.policies.get(policy_id).policy)
    return store.policies.publish(policy_id, gate, **values)


def published(store: Store) -> list[tuple[str, int]]:
    return [(stored.name, stored.version) for stored in store.policies.list() if stored.status == "published"]


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"domains": {"bank": DomainPolicy({"same": 0.8, "related": 0.9})}}, "thresholds"),
        ({"domains": {"\ud800": BANK}}, "domains"),
        ({"settings": {"a": float("nan")}}, "settings"),
    ],
)
def test_what_could_not_be_read_again_is_not_saved(
    store: Store, tmp_path: Path, wrong: dict[str, object], names: str
) -> None:
    given = policy(**wrong)
    with pytest.raises(PolicyInvalid, match=names):
        store.policies.save(given)
    with pytest.raises(PolicyInvalid, match=names):
        given.save(tmp_path / "policy.json")
    assert store.policies.list() == ()
    assert not (tmp_path / "policy.json").exists()


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


def test_one_version_is_in_force(store: Store) -> None:
    assert store.policies.current() is None
    first, second = store.policies.save(policy()), store.policies.save(policy())
    assert publish(store, first.id, actor="li").published_at is not None
    assert publish(store, second.id).status == "published"
    assert store.policies.get(first.id).status == "retired"
    assert published(store) == [("bank", 2)]
    event = store.audit.list("policy", second.id)[0]
    assert (event.action, event.detail) == ("publish", {"name": "bank", "version": 2, "replaced": first.id})


def test_a_policy_of_another_name_replaces_what_is_in_force_and_goes_back(store: Store) -> None:
    """Pages and API judge by one policy, so whatever it replaced must be a step away, whatever its name."""
    bank, shop = store.policies.save(policy("bank")), store.policies.save(policy("shop"))
    publish(store, bank.id)
    publish(store, shop.id)
    assert published(store) == [("shop", 1)]
    assert store.policies.get(bank.id).status == "retired"
    assert store.policies.publications()[0].replaced == bank.id
    assert store.policies.current() == store.policies.current("shop") == store.policies.get(shop.id)
    assert store.policies.current("bank") is None
    with pytest.raises(NotFound, match="published policy 'bank'"):
        store.policies.rollback("bank")
    assert store.policies.rollback("shop").id == bank.id
    assert published(store) == [("bank", 1)]
    assert store.policies.reinstate(shop.id).status == "published"
    assert published(store) == [("shop", 1)]
    publish(store, bank.id)
    assert store.policies.current() == store.policies.get(bank.id)


def test_rollback_goes_back_step_by_step(store: Store) -> None:
    versions = [store.policies.save(policy()) for _ in range(3)]
    for version in versions:
        publish(store, version.id)
    assert store.policies.rollback(actor="li").version == 2
    assert [stored.status for stored in store.policies.list()] == ["withdrawn", "published", "retired"]
    assert store.policies.rollback("bank").version == 1
    event = store.audit.list("policy", versions[1].id)[0]
    assert (event.action, event.actor, event.detail["replaced"]) == ("rollback", "li", versions[2].id)
    with pytest.raises(NotFound, match="earlier published policy 'bank'"):
        store.policies.rollback("bank")
    assert published(store) == [("bank", 1)]
    publish(store, versions[2].id)
    assert published(store) == [("bank", 3)]


def test_rollback_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="published policy"):
        store.policies.rollback()


def test_eight_threads_publish_and_one_is_in_force(store: Store) -> None:
    """Each reads what is in use, runs the gate, and starts again where another was faster: none is lost."""

    def insist(key: str) -> StoredPolicy:
        while True:
            try:
                return publish(store, key)
            except (Conflict, GateClosed):
                continue

    keys = [store.policies.save(policy()).id for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(insist, keys * 2))
    assert len(published(store)) == 1
    current = store.policies.current()
    assert current is not None
    assert (current.publication, len(done)) == (16, 16)
    history = store.policies.publications()
    assert [entry.replaced for entry in history[:-1]] == [entry.policy_id for entry in history[1:]]


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


def worse(key: str) -> Policy:
    """A candidate that lacks the domain of BANK."""
    return replace(policy(key=key), domains={"shop": BANK})


def test_what_the_gate_speaks_against_takes_a_reason(store: Store) -> None:
    first, second = store.policies.save(policy(key="p1")), store.policies.save(worse("p2"))
    publish(store, first.id)
    gate = check(first.policy, second.policy)
    for given, reason in ((None, ""), (None, "because"), (gate, ""), (gate, "  ")):
        with pytest.raises(GateClosed, match="bank v2"):
            store.policies.publish(second.id, given, reason=reason)
    assert published(store) == [("bank", 1)]
    store.policies.publish(second.id, gate, reason=" 银行业务已下线 ", actor="li")
    newest, oldest = store.policies.publications("bank")
    assert (newest.action, newest.reason, newest.actor, newest.replaced) == (
        "override",
        "银行业务已下线",
        "li",
        "p1",
    )
    assert (newest.name, newest.version) == ("bank", 2)
    assert newest.gate is not None
    assert (newest.gate["passed"], newest.gate["vanished"]) == (False, ["bank"])
    assert (oldest.action, oldest.gate, oldest.replaced, oldest.reason) == ("publish", None, None, "")
    assert store.audit.list("policy", "p2")[0].detail["reason"] == "银行业务已下线"


def test_a_gate_of_other_versions_opens_nothing(store: Store) -> None:
    one, two, three = (store.policies.save(policy()) for _ in range(3))
    publish(store, one.id)
    gate = check(one.policy, two.policy)
    publish(store, three.id)
    with pytest.raises(Conflict):
        store.policies.publish(two.id, gate)
    with pytest.raises(Conflict):
        store.policies.publish(one.id, gate)


def test_a_policy_of_another_name_is_held_against_what_is_in_force(store: Store) -> None:
    bank, shop = store.policies.save(policy("bank", "b")), store.policies.save(policy("shop", "s"))
    assert store.policies.opponent("b") is None
    publish(store, bank.id)
    assert store.policies.opponent("s") == store.policies.get("b")
    assert store.policies.opponent("b") is None
    with pytest.raises(GateClosed):
        store.policies.publish(shop.id)


def test_a_rollback_can_be_taken_back_until_something_else_is_published(store: Store) -> None:
    one, two, three = (store.policies.save(policy()) for _ in range(3))
    publish(store, one.id)
    publish(store, two.id)
    store.policies.rollback()
    assert store.policies.reinstate(two.id, actor="li").status == "published"
    assert [stored.status for stored in store.policies.list("bank")] == ["draft", "published", "retired"]
    assert store.policies.publications()[0].action == "reinstate"
    store.policies.rollback()
    publish(store, three.id)
    for key in (one.id, two.id, three.id):
        with pytest.raises(Conflict):
            store.policies.reinstate(key)


def test_who_saved_a_policy_and_on_which_data(store: Store) -> None:
    source = PolicySource(3, "银行", 2, "a" * 64, 190)
    saved = store.policies.save(policy(), sources=[source], actor="李雷")
    assert (saved.sources, saved.saved_by) == ((source,), "李雷")
    assert store.policies.save(policy()).sources == ()


def test_notes_change_and_nobody_overwrites_unseen(store: Store) -> None:
    saved = store.policies.save(policy(), "first")
    changed = store.policies.update_note(saved.id, "second", actor="li", edits=saved.edits)
    assert (changed.note, changed.edits) == ("second", 1)
    with pytest.raises(Conflict, match="bank v1"):
        store.policies.update_note(saved.id, "third", edits=saved.edits)
    event = store.audit.list("policy", saved.id)[0]
    assert (event.action, event.actor, event.detail) == ("note", "li", {"old": "first", "new": "second"})


def test_eight_writers_on_one_note_lose_nothing(store: Store) -> None:
    saved = store.policies.save(policy())

    def add(number: int) -> None:
        while True:
            seen = store.policies.get(saved.id)
            try:
                store.policies.update_note(saved.id, f"{seen.note} {number}", edits=seen.edits)
                return
            except Conflict:
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    found = store.policies.get(saved.id)
    assert sorted(map(int, found.note.split())) == list(range(24))
    assert found.edits == 24


def fitted(**asked: object) -> Policy:
    """A policy that a calibration with these settings made."""
    certificate = certify_precision([0.95, 0.94, 0.1], [1, 1, 0], 0.5, 0.5)
    return replace(policy(settings=asked), domains={"bank": replace(BANK, certificates={"same": certificate})})


def test_fits_on_the_same_labels_are_counted_saved_or_not(store: Store) -> None:
    ours, others = PolicySource(1, "bank", 1, "a" * 64, 190), PolicySource(2, "shop", 1, "b" * 64, 80)
    first = fitted(precision=0.9)
    store.fits.add(first, [ours], actor="li")
    store.fits.add(replace(first, id="again", settings={**first.settings, "drawn": "mined"}), [ours])
    assert store.fits.count(first, [ours]) == 1  # the same ask gives the same thresholds: no further look
    assert [(event.action, event.actor) for event in store.audit.list("labels", "a" * 64)] == [("fit", "li")]
    store.fits.add(fitted(precision=0.8), [ours, others])
    assert store.fits.count(first, [ours]) == 2
    assert store.fits.count(fitted(precision=0.7), [ours]) == 3
    assert store.fits.count(replace(first, fingerprint="another model"), [ours]) == 3
    assert store.fits.count(first, [others]) == 2
    assert store.fits.count(first, [replace(ours, version=2, content_hash="c" * 64)]) == 1
    assert store.fits.count(first, []) == 1


def test_policies_saved_before_fits_were_recorded_count_too(store: Store) -> None:
    source = PolicySource(1, "bank", 1, "a" * 64, 190)
    store.policies.save(fitted(precision=0.9), sources=[source])
    store.policies.save(fitted(precision=0.9, fits=2), sources=[source])
    store.policies.save(policy(settings={"kappa": 10.0}), sources=[source])  # cheapest thresholds certify nothing
    assert store.fits.count(fitted(precision=0.9), [source]) == 1
    assert store.fits.count(fitted(precision=0.8), [source]) == 2
