"""Reviews of clusters: kept decision by decision, on both databases."""

from __future__ import annotations

import pytest

from calibration.corpus.cluster_decisions import CONFIRM, REOPEN, SPLIT, in_force
from calibration.errors import AlreadyExists, BadArgument, NotFound
from calibration.store import ClusterRun, Store, open_store

RUN = ClusterRun("a" * 64, "titles.csv: title", 6)
STANDS_FOR = [0, 0, 0, 3, 3, 5]


def stands(store: Store) -> tuple[set[int], set[int]]:
    split, confirmed = in_force(store.cluster_reviews.get(RUN.key), STANDS_FOR)
    return set(split), set(confirmed)


def test_decisions_are_there_for_whoever_opens_the_store_again(store: Store, database: str) -> None:
    reviews = store.cluster_reviews
    assert reviews.get(RUN.key) == ()
    first = reviews.decide(RUN, CONFIRM, [3], actor="li")
    second = reviews.decide(RUN, SPLIT, [1, 2])
    with open_store(database) as again:
        assert again.cluster_reviews.get(RUN.key) == (first, second)
        assert stands(again) == ({1, 2}, {3})
    assert (first.actor, first.rows, second.rows) == ("li", (3,), (1, 2))
    assert reviews.get("b" * 64) == ()


def test_undoing_takes_back_one_decision_and_no_other(store: Store) -> None:
    reviews = store.cluster_reviews
    reviews.decide(RUN, CONFIRM, [0])
    split = reviews.decide(RUN, SPLIT, [1])
    assert stands(store) == ({1}, set())  # what was confirmed was another cluster
    reviews.decide(RUN, CONFIRM, [3])
    reviews.undo(RUN.key, split.id, actor="li")
    assert stands(store) == (set(), {0, 3})
    for wrong in (split.id, split.id + 100, reviews.get(RUN.key)[-1].id):
        with pytest.raises(NotFound):
            reviews.undo(RUN.key, wrong)
    with pytest.raises(NotFound):
        reviews.undo("b" * 64, split.id)


def test_what_was_confirmed_without_a_row_is_not_confirmed_with_it(store: Store) -> None:
    reviews = store.cluster_reviews
    split = reviews.decide(RUN, SPLIT, [1])
    both = reviews.decide(RUN, SPLIT, [1, 4])  # a colleague did the same
    reviews.decide(RUN, CONFIRM, [0])
    reviews.undo(RUN.key, split.id)
    assert stands(store) == ({1, 4}, set())
    reviews.decide(RUN, CONFIRM, [0])
    assert stands(store) == ({1, 4}, {0})
    reviews.decide(RUN, REOPEN, [0])
    reviews.undo(RUN.key, both.id)
    assert stands(store) == (set(), set())


def test_a_review_is_forgotten_as_a_whole_and_brought_back(store: Store) -> None:
    reviews = store.cluster_reviews
    split = reviews.decide(RUN, SPLIT, [1])
    reviews.undo(RUN.key, split.id)
    reviews.decide(RUN, CONFIRM, [0], actor="li")
    other = ClusterRun("b" * 64, "other.csv: title", 2)
    kept = reviews.decide(other, CONFIRM, [0])
    gone = reviews.delete(RUN.key, actor="wang")
    assert (len(gone), reviews.get(RUN.key), reviews.get(other.key)) == (3, (), (kept,))
    assert store.audit.list()[0].action == "delete"
    with pytest.raises(NotFound):
        reviews.delete(RUN.key)
    reviews.bring_back(RUN, gone)
    assert stands(store) == (set(), {0})
    assert [(one.action, one.rows, one.actor, one.at) for one in reviews.get(RUN.key)] == [
        (one.action, one.rows, one.actor, one.at) for one in gone
    ]
    with pytest.raises(AlreadyExists):
        reviews.bring_back(RUN, gone)


@pytest.mark.parametrize(("action", "rows"), [("undo", [0]), (SPLIT, []), (SPLIT, [6]), (CONFIRM, [-1])])
def test_what_makes_no_sense_is_refused(store: Store, action: str, rows: list[int]) -> None:
    with pytest.raises(BadArgument):
        store.cluster_reviews.decide(RUN, action, rows)
    assert store.cluster_reviews.get(RUN.key) == ()
