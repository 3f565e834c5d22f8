"""API keys in the store: what is kept of them, and that nothing brings a revoked one back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calibration.errors import AlreadyExists, BadArgument, NotFound
from calibration.store import Store
from calibration.store.api_keys import key_hash


def test_a_key_round_trips_without_its_secret(store: Store) -> None:
    key, secret = store.api_keys.add("网站 A", access="read", actor="li")
    assert len(secret) >= 43
    assert key.hash == key_hash(secret)
    assert store.api_keys.list() == (key,)
    assert (key.access, key.actor, key.used_at, key.revoked_at) == ("read", "li", None, None)
    assert store.audit.list("API key")[0].action == "add"
    assert secret not in str(store.audit.list())


def test_names_are_given_once_even_after_revoking(store: Store) -> None:
    store.api_keys.add("web")
    with pytest.raises(AlreadyExists):
        store.api_keys.add(" web ")
    revoked = store.api_keys.revoke("web", actor="li")
    assert revoked.revoked_at is not None
    assert store.api_keys.revoke("web") == revoked
    assert [event.action for event in store.audit.list("API key", "web")] == ["revoke", "add"]
    with pytest.raises(AlreadyExists):
        store.api_keys.add("web")
    with pytest.raises(NotFound):
        store.api_keys.revoke("other")


@pytest.mark.parametrize(("name", "access"), [("", "read"), ("x" * 81, "read"), ("a\nb", "read"), ("a", "admin")])
def test_a_key_that_makes_no_sense_is_refused(store: Store, name: str, access: str) -> None:
    with pytest.raises(BadArgument):
        store.api_keys.add(name, access=access)


def test_the_last_use_only_moves_forward(store: Store) -> None:
    key, _ = store.api_keys.add("web")
    later, earlier = key.created_at + timedelta(hours=2), key.created_at + timedelta(hours=1)
    store.api_keys.used({key.id: later})
    store.api_keys.used({key.id: earlier, key.id + 7: later})
    assert store.api_keys.list()[0].used_at == later
