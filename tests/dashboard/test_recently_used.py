"""What is kept in memory between requests and sessions, and what goes first."""

from __future__ import annotations

import pandas as pd

from dashboard.frames import keep_frames
from dashboard.recently_used import RecentlyUsed


def rows(count: int) -> pd.DataFrame:
    return pd.DataFrame({"score": range(count)})


def test_the_value_not_used_for_longest_goes_first() -> None:
    kept = RecentlyUsed[str](at_most=2)
    kept.put("a", "A")
    kept.put("b", "B")
    assert kept.get("a") == "A"
    kept.put("c", "C")
    assert [kept.get(key) for key in "abc"] == ["A", None, "C"]


def test_a_value_put_again_is_the_newest() -> None:
    kept = RecentlyUsed[str](at_most=2)
    for key in "aba":
        kept.put(key, key)
    kept.put("c", "c")
    assert [kept.get(key) for key in "abc"] == ["a", None, "c"]


def test_a_value_is_made_once_while_it_is_kept() -> None:
    kept, made = RecentlyUsed[str](at_most=1), list[str]()

    def make() -> str:
        made.append("made")
        return "value"

    assert kept.kept("a", make) == kept.kept("a", make) == "value"
    assert len(made) == 1
    kept.put("b", "other")
    kept.kept("a", make)
    assert len(made) == 2


def test_frames_are_bounded_in_rows_and_the_newest_stays_however_large() -> None:
    kept = keep_frames(at_most=10, most_rows=100)
    for key in "abc":
        kept.put(key, rows(40))
    assert [kept.get(key) is None for key in "abc"] == [True, False, False]
    kept.put("d", rows(1000))
    assert [kept.get(key) is None for key in "bcd"] == [True, True, False]


def test_a_frame_under_two_keys_counts_once() -> None:
    kept, same = keep_frames(at_most=10, most_rows=100), rows(60)
    kept.put("a", same)
    kept.put("b", same)
    assert kept.get("a") is same
    assert kept.get("b") is same
