"""Reviews of bad cases: leases, decisions that count once, conflicts, undo among other people's changes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from calibration.errors import Conflict
from calibration.store import BadCaseDraft, BadCaseFilter, Store, open_store
from calibration.store.answers import Answer, read_answers
from calibration.store.bad_cases.records import Judgement
from calibration.store.reviews import reviews
from calibration.store.reviews.reviews import CONFIRM, REJECT, RIGHT_TIER, SKIP, UNDO


def fill(store: Store, count: int = 6) -> tuple[int, ...]:
    given = {"tier_given": "same", "reporter": "li", "thresholds": {"same": 0.9, "related": None, "weak": None}}
    texts = [(f"问题{i}怎么办", f"怎么办问题{i}呢", 0.9 + i / 1000) for i in range(count)]
    drafts = [BadCaseDraft(a, b, "not_same", "bank", score, **given) for a, b, score in texts]  # type: ignore[arg-type]
    return store.bad_cases.add_many(drafts)[0]


def test_two_reviewers_never_get_the_same_case(store: Store) -> None:
    ids = fill(store)
    li = {one.case.id for one in store.reviews.take("li", count=4)}
    wang = {one.case.id for one in store.reviews.take("wang", count=4)}
    assert (len(li), len(wang), li & wang, li | wang) == (4, 2, set(), set(ids))
    assert {one.case.id for one in store.reviews.take("li", count=4)} == li
    assert store.reviews.waiting(reviewer="wang") == (6, 0, 4)
    store.reviews.release("li")
    assert len(store.reviews.take("wang")) == 6


def test_a_lease_ends(database: str) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    with open_store(database, clock=lambda: now[0]) as store:
        fill(store)
        assert len(store.reviews.take("li")) == 6
        assert store.reviews.take("wang") == ()
        now[0] += reviews.LEASE + timedelta(seconds=1)
        assert len(store.reviews.take("wang")) == 6


def test_an_answer_that_is_sent_twice_counts_once(store: Store) -> None:
    first, second, *_ = fill(store)
    sent = [Answer("a1", first, CONFIRM), Answer("a2", second, REJECT)]
    assert store.reviews.answer("li", sent).kept == ("a1", "a2")
    again = store.reviews.answer("li", [*sent, Answer("a3", first, UNDO, "a1")])
    assert (again.kept, again.refused) == (("a1", "a2", "a3"), {})
    assert [store.bad_cases.get(key).status for key in (first, second)] == ["new", "label_wrong"]
    assert len(store.bad_cases.history(first)) == 3


def test_the_right_tier_confirms_or_rejects(store: Store) -> None:
    first, second, *_ = fill(store)
    answers = [Answer("a1", first, RIGHT_TIER, "related"), Answer("a2", second, RIGHT_TIER, "same")]
    store.reviews.answer("li", answers)
    assert [(case.expected, case.status) for case in map(store.bad_cases.get, (first, second))] == [
        ("related", "confirmed"),
        ("same", "label_wrong"),
    ]
    store.reviews.answer("li", [Answer("u2", second, UNDO, "a2")])
    case = store.bad_cases.get(second)
    assert (case.expected, case.status) == ("not_same", "new")


def test_undo_survives_what_others_do_to_other_cases_and_respects_this_one(store: Store) -> None:
    first, second, third, *_ = fill(store)
    store.reviews.answer("li", [Answer("a1", first, CONFIRM), Answer("a2", second, CONFIRM)])
    store.bad_cases.set_status([third], "wont_fix", actor="wang")
    store.bad_cases.update_note(first, "看过了", actor="wang")
    assert store.reviews.answer("li", [Answer("u1", first, UNDO, "a1")]).refused == {}
    assert store.bad_cases.get(first).note == "看过了"
    store.bad_cases.set_status([second], "fixed", actor="wang")
    refused = store.reviews.answer("li", [Answer("u2", second, UNDO, "a2")]).refused
    assert isinstance(refused["u2"], Conflict)
    assert store.bad_cases.get(second).status == "fixed"
    theirs = store.reviews.answer("wang", [Answer("u3", first, UNDO, "a1")]).refused
    assert "u3" in theirs


def test_a_case_that_somebody_else_decided_is_refused_by_itself(store: Store) -> None:
    first, second, *_ = fill(store)
    store.bad_cases.set_status([first], "wont_fix", actor="wang")
    taken = store.reviews.answer("li", [Answer("a1", first, CONFIRM), Answer("a2", second, CONFIRM)])
    assert (taken.kept, list(taken.refused)) == (("a2",), ["a1"])


def test_conflicts_come_first_with_both_opinions_until_somebody_decides(store: Store) -> None:
    ids = fill(store)
    weakest = ids[0]
    second = BadCaseDraft("怎么办问题0呢", "问题0怎么办", "same", "bank", note="是一回事", reporter="wang")
    assert store.bad_cases.add(second)[0].conflict
    found = store.reviews.take("zhao")
    assert found[0].case.id == weakest
    assert [(one.reporter, one.expected, one.note) for one in found[0].opinions] == [
        ("li", "not_same", ""),
        ("wang", "same", "是一回事"),
    ]
    assert store.bad_cases.search(BadCaseFilter(conflict=True)).total == 1
    store.reviews.answer("zhao", [Answer("a1", weakest, RIGHT_TIER, "weak")])
    assert not store.bad_cases.get(weakest).conflict
    store.reviews.answer("zhao", [Answer("u1", weakest, UNDO, "a1")])
    assert store.bad_cases.get(weakest).conflict
    store.reviews.answer("zhao", [Answer("a2", weakest, RIGHT_TIER, "weak")])
    store.bad_cases.add(second)
    assert store.reviews.waiting()[:2] == (6, 1), "a confirmed case that is contradicted is to be decided again"


def test_what_is_skipped_comes_last(store: Store) -> None:
    fill(store)
    before = [one.case.id for one in store.reviews.take("li")]
    store.reviews.answer("li", [Answer("s1", before[0], SKIP)])
    assert [one.case.id for one in store.reviews.take("li")] == [*before[1:], before[0]]


def test_cases_that_come_without_a_score_are_judged_once(store: Store) -> None:
    case, _ = store.bad_cases.add(BadCaseDraft("a", "b", "not_same"))
    assert [one.id for one in store.bad_cases.unjudged()] == [case.id]
    found = Judgement(case.id, 0.95, "same", {"same": 0.9, "related": None, "weak": None}, None, "f1", True)
    assert (store.bad_cases.judge([found]), store.bad_cases.judge([found])) == (1, 0)
    judged = store.bad_cases.get(case.id)
    assert (judged.score, judged.tier_given, round(judged.margin or 0, 3), judged.truncated, judged.version) == (
        0.95, "same", 0.05, True, case.version,
    )  # fmt: skip
    assert store.bad_cases.unjudged() == ()


def test_all_that_match_move_at_once(store: Store) -> None:
    ids = fill(store, 70)
    moved = store.bad_cases.set_status_of_all(BadCaseFilter(status="new", text="问题1"), "confirmed", actor="li")
    assert {case.id for case in moved} == {ids[i] for i in (1, *range(10, 20))}
    assert store.bad_cases.counts()["confirmed"] == 11


def test_known_pairs_say_their_newest_case(store: Store) -> None:
    first, *_ = fill(store, 2)
    store.bad_cases.set_status([first], "label_wrong")
    pairs = [("怎么办问题0呢", "问题0怎么办", "bank"), ("问题1怎么办", "怎么办问题1呢", "bank"), ("x", "y", "bank")]
    found = store.bad_cases.known(pairs)
    assert [(found[pair].open if pair in found else None) for pair in pairs] == [False, True, None]


@pytest.mark.parametrize("sent", [None, "x", [None, 3, {}], [{"id": "a", "key": True, "action": "confirm"}],
                                  [{"id": "a", "key": 2.5, "action": "confirm"}]])  # fmt: skip
def test_what_no_page_has_sent_is_left_out(sent: object) -> None:
    assert read_answers(sent) == ()


def test_an_answer_that_breaks_a_rule_is_refused_and_the_rest_kept(store: Store) -> None:
    first, second, *_ = fill(store)
    names = itertools.count()
    bad = [
        Answer("!", first, CONFIRM),
        Answer(f"n{next(names)}", first, "drop"),
        Answer(f"n{next(names)}", 10**9, CONFIRM),
        Answer(f"n{next(names)}", first, RIGHT_TIER, "best"),
        Answer(f"n{next(names)}", first, UNDO, "nothing"),
        Answer(f"n{next(names)}", first, "note", None, "x" * 2001),
    ]
    taken = store.reviews.answer("li", [*bad, Answer("good", second, CONFIRM)])
    assert taken.kept == ("good",)
    assert set(taken.refused) == {one.id for one in bad}
