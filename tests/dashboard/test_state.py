"""The keys of a session: pages share one namespace."""

from __future__ import annotations

from collections import Counter

from dashboard import state


def test_no_two_keys_are_the_same() -> None:
    keys = [value for name, value in vars(state).items() if name.isupper() and isinstance(value, str)]
    assert len(keys) > 100
    assert [key for key, count in Counter(keys).items() if count > 1] == []
