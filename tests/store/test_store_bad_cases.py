"""Bad cases in the store: one open case a pair, nothing lost, everything undoable."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from calibration.errors import AlreadyExists, BadArgument, Conflict, NotFound
from calibration.store import (
    DEAREST,
    MOST_WRONG,
    NEWEST,
    NO_TAG,
    STATUSES,
    BadCase,
    BadCaseDraft,
    BadCaseFilter,
    Store,
)
from calibration.store.schema import bad_case_tags, bad_cases
from calibration.text.differences import TAGS

from .conftest import asked, plan

DRAFT = BadCaseDraft(
    "怎么开户",
    "如何销户",
    expected="unrelated",
    domain="bank",
    score=0.91,
    tier_given="same",
    policy_id="p1",
    fingerprint="f1",
    note="用户反馈",
    source="live",
    reporter="li",
    thresholds={"same": 0.9, "related": None, "weak": 0.5},
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


def add(store: Store, text: str = "怎么开户", **values: object) -> BadCase:
    case, created = store.bad_cases.add(replace(DRAFT, text_a=text, **values))  # type: ignore[arg-type]
    assert created
    return case


def found(store: Store, **wanted: object) -> list[str]:
    return [case.text_a for case in store.bad_cases.search(BadCaseFilter(**wanted)).rows]  # type: ignore[arg-type]


def test_a_report_is_kept_whole(store: Store) -> None:
    case, created = store.bad_cases.add(DRAFT)
    assert created
    assert {name: getattr(case, name) for name in vars(DRAFT)} == vars(DRAFT)
    assert (case.status, case.version, case.created_at) == ("new", 1, case.updated_at)
    assert store.bad_cases.get(case.id) == case
    (entry,) = store.bad_cases.history(case.id)
    assert (entry.action, entry.actor, entry.new, entry.at) == ("created", "li", "new", case.created_at)


@pytest.mark.parametrize(
    ("given_", "kept", "kind", "label"),
    [
        ("same", "same", "tier", 3.0),
        ("related", "related", "tier", 2.0),
        ("weak", "weak", "tier", 1.0),
        ("unrelated", "unrelated", "tier", 0.0),
        (1, "same", "tier", 3.0),
        (0, "not_same", "binary", 0.0),
        ("not_same", "not_same", "binary", 0.0),
    ],
)
def test_expectations_and_the_pairs_they_become(
    store: Store, given_: str | int, kept: str, kind: str, label: float
) -> None:
    case = add(store, expected=given_)
    assert case.expected == kept
    store.bad_cases.set_status([case.id], "confirmed")
    frame = store.bad_cases.frame()
    assert frame.to_dict("records") == [
        {
            "text_a": "怎么开户",
            "text_b": "如何销户",
            "label": label,
            "kind": kind,
            "domain": "bank",
            "id": f"bad-case-{case.id}",
            "purpose": "review",
            "note": "用户反馈",
        }
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"expected": "equal"},
        {"expected": 2},
        {"expected": True},
        {"expected": 1.0},
        {"text_a": " \n"},
        {"text_b": ""},
        {"domain": ""},
        {"text_a": "a\0b"},
        {"note": "\ud83d"},
        {"tier_given": "not_same"},
        {"score": float("nan")},
        {"score": 1.1},
    ],
)
def test_a_report_that_breaks_a_rule_is_refused(store: Store, wrong: dict[str, object]) -> None:
    with pytest.raises(BadArgument, match=next(iter(wrong))):
        store.bad_cases.add(replace(DRAFT, **wrong))  # type: ignore[arg-type]
    assert store.bad_cases.search().total == 0


def test_scores_of_numpy_are_kept_as_numbers(store: Store) -> None:
    assert add(store, score=np.float32(0.5)).score == 0.5


def test_the_same_open_pair_is_found_again_in_either_order(store: Store) -> None:
    case = add(store)
    turned = replace(DRAFT, text_a="如何销户 ", text_b=" 怎么开户", expected="weak", note="又一次", reporter="wang")
    assert store.bad_cases.add(turned) == (replace(case, conflict=True), False)
    said = [(entry.field, entry.new, entry.actor) for entry in store.bad_cases.history(case.id)[1:]]
    assert said == [("expected", "weak", "wang"), ("note", "又一次", "wang")]
    assert add(store, domain="shop").id != case.id
    store.bad_cases.set_status([case.id], "confirmed")
    assert store.bad_cases.add(DRAFT)[1] is False
    store.bad_cases.set_status([case.id], "fixed")
    assert add(store).id != case.id


def test_eight_threads_report_one_pair_once(store: Store) -> None:
    drafts = [DRAFT, replace(DRAFT, text_a=DRAFT.text_b, text_b=DRAFT.text_a)] * 20
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(store.bad_cases.add, drafts))
    assert len({case.id for case, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1
    assert store.bad_cases.search().total == 1


@pytest.mark.slow
def test_eight_threads_change_one_case_and_lose_nothing(store: Store) -> None:
    case = add(store, note="")

    def append_letter(number: int) -> None:
        while True:
            seen = store.bad_cases.get(case.id)
            try:
                store.bad_cases.update_note(case.id, seen.note + "x", actor=str(number), version=seen.version)
                return
            except Conflict:
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append_letter, range(200)))
    changed = store.bad_cases.get(case.id)
    assert (changed.note, changed.version) == ("x" * 200, 201)
    assert len({entry.actor for entry in store.bad_cases.history(case.id)[1:]}) == 200


def test_an_outdated_version_is_a_conflict_and_changes_none(store: Store) -> None:
    one, two = add(store, "一"), add(store, "二")
    store.bad_cases.update_note(two.id, "改过")
    with pytest.raises(Conflict, match=f"bad case {two.id}"):
        store.bad_cases.set_status([one.id, two.id], "fixed", versions={one.id: one.version, two.id: two.version})
    assert store.bad_cases.get(one.id) == one
    for change in (
        lambda: store.bad_cases.update_note(two.id, "x", version=1),
        lambda: store.bad_cases.update_expected(two.id, 1, version=1),
        lambda: store.bad_cases.undo([two.id], versions={two.id: 1}),
    ):
        with pytest.raises(Conflict):
            change()


def test_many_cases_move_together_and_back(store: Store) -> None:
    ids = [add(store, text).id for text in "一二三"]
    moved = store.bad_cases.set_status([*ids, ids[0]], "confirmed", actor="li")
    assert [(case.id, case.status, case.version) for case in moved] == [(key, "confirmed", 2) for key in ids]
    assert [case.status for case in store.bad_cases.undo(ids, actor="li")] == ["new"] * 3
    entry = store.bad_cases.history(ids[0])[-1]
    assert (entry.action, entry.old, entry.new) == ("undone", "confirmed", "new")
    assert entry.undoes == store.bad_cases.history(ids[0])[-2].id
    with pytest.raises(NotFound):
        store.bad_cases.set_status([ids[0], 42], "fixed")
    assert store.bad_cases.get(ids[0]).status == "new"


def test_undo_goes_back_one_change_at_a_time(store: Store) -> None:
    case = add(store)
    for status in ("confirmed", "label_wrong", "fixed"):
        store.bad_cases.set_status([case.id], status)
    store.bad_cases.update_note(case.id, "备注不受影响")
    statuses = [store.bad_cases.undo([case.id], field="status")[0].status for _ in range(3)]
    assert statuses == ["label_wrong", "confirmed", "new"]
    with pytest.raises(NotFound, match="status change of bad case"):
        store.bad_cases.undo([case.id], field="status")
    assert store.bad_cases.get(case.id).note == "备注不受影响"
    assert store.bad_cases.undo([case.id])[0].note == "用户反馈"
    with pytest.raises(NotFound, match="change of bad case"):
        store.bad_cases.undo([case.id])
    store.bad_cases.set_status([case.id], "wont_fix")
    assert store.bad_cases.undo([case.id])[0].status == "new"


def test_setting_the_same_status_changes_nothing(store: Store) -> None:
    case = add(store)
    assert store.bad_cases.set_status([case.id], "new") == (case,)
    assert len(store.bad_cases.history(case.id)) == 1


def test_reopening_beside_another_open_case_is_refused(store: Store) -> None:
    old = add(store)
    store.bad_cases.set_status([old.id], "fixed")
    add(store)
    with pytest.raises(AlreadyExists):
        store.bad_cases.undo([old.id])
    with pytest.raises(AlreadyExists):
        store.bad_cases.set_status([old.id], "confirmed")
    assert store.bad_cases.get(old.id).status == "fixed"
    assert store.bad_cases.set_status([old.id], "wont_fix")[0].status == "wont_fix"


def test_expectations_can_be_corrected(store: Store) -> None:
    case = add(store)
    changed = store.bad_cases.update_expected(case.id, 1, actor="li", version=case.version)
    assert (changed.expected, changed.version) == ("same", 2)
    entry = store.bad_cases.history(case.id)[-1]
    assert (entry.field, entry.old, entry.new, entry.actor) == ("expected", "unrelated", "same", "li")
    with pytest.raises(BadArgument):
        store.bad_cases.update_expected(case.id, 5)


def test_search_takes_wildcards_literally(store: Store) -> None:
    for text in ("手续费 100%", "手续费 100 元", "a_b", "a/b", "aXb", "A_B", "斜\\杠"):
        add(store, text)
    assert found(store, text="100%") == ["手续费 100%"]
    assert found(store, text="手续费") == ["手续费 100 元", "手续费 100%"]
    assert found(store, text="a_b") == ["A_B", "a_b"]
    assert found(store, text="a/b") == ["a/b"]
    assert found(store, text="\\") == ["斜\\杠"]
    assert len(found(store, text="销户")) == 7
    assert len(found(store, text="反馈")) == 7
    assert found(store, text="没有") == []
    with pytest.raises(BadArgument):
        found(store, text="x" * 1001)
    with pytest.raises(BadArgument):
        found(store, text="\0")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXT.filter(str.strip), start=st.integers(0, 7), size=st.integers(1, 8))
def test_any_part_of_a_text_finds_it(store: Store, text: str, start: int, size: int) -> None:
    case, _ = store.bad_cases.add(BadCaseDraft(text, "other", expected="same"))
    part = text[start : start + size]
    page = store.bad_cases.search(BadCaseFilter(text=part), limit=10_000)
    assert case.id in {row.id for row in page.rows}


def test_filters_pages_and_counts(store: Store) -> None:
    ids = [add(store, f"{n:02}", domain="bank" if n % 2 else "shop", expected=n % 2).id for n in range(10)]
    store.bad_cases.set_status(ids[:3], "fixed")
    page = store.bad_cases.search(limit=4, offset=2)
    assert ([case.text_a for case in page.rows], page.total) == (["07", "06", "05", "04"], 10)
    assert found(store, status="fixed") == ["02", "01", "00"]
    assert found(store, status=("fixed", "new"), domain="bank", expected="same")[-1] == "01"
    assert store.bad_cases.search(BadCaseFilter(domain="shop")).total == 5
    assert store.bad_cases.search(offset=100).rows == ()
    assert store.bad_cases.counts() == {**dict.fromkeys(STATUSES, 0), "new": 7, "fixed": 3}
    assert store.bad_cases.counts(BadCaseFilter(status="new", domain="bank"))["fixed"] == 1
    assert store.bad_cases.domains() == ("bank", "shop")
    for limit, offset in ((-1, 0), (1, -1)):
        with pytest.raises(BadArgument):
            store.bad_cases.search(limit=limit, offset=offset)


def test_the_frame_holds_the_confirmed_and_has_its_types_when_empty(store: Store) -> None:
    empty = store.bad_cases.frame()
    assert len(empty) == 0
    ids = [add(store, text).id for text in "一二三"]
    store.bad_cases.set_status(ids[:2], "confirmed")
    frame = store.bad_cases.frame()
    assert frame["text_a"].tolist() == ["一", "二"]
    assert frame.dtypes.to_dict() == empty.dtypes.to_dict()
    assert len(store.bad_cases.frame(BadCaseFilter())) == 3


def test_confirmed_cases_go_into_a_dataset(store: Store) -> None:
    store.bad_cases.set_status([add(store).id, add(store, "二", expected=0).id], "confirmed")
    frame = store.bad_cases.frame()
    dataset = store.datasets.add("坏例", frame)
    assert store.datasets.frame(dataset.id).equals(frame)
    assert set(store.datasets.append(dataset.id, frame).kinds) == {"binary", "tier"}


def test_unknown_ids_and_statuses_are_refused(store: Store) -> None:
    case = add(store)
    with pytest.raises(BadArgument, match="status"):
        store.bad_cases.set_status([case.id], "open")
    for look in (store.bad_cases.get, store.bad_cases.history, lambda key: store.bad_cases.undo([key])):
        with pytest.raises(NotFound, match="bad case 42"):
            look(42)


def test_a_page_takes_two_statements_and_an_index_however_many_there_are(store: Store) -> None:
    case, size = add(store), 3000
    row = {**vars(case), "pair_key": ""}
    del row["tags"]
    rows = [
        {**row, "id": case.id + n, "domain": f"d{n % 7}", "status": STATUSES[2 + n % 3], "pair_key": str(n)}
        | {"searched": f"怎么提额第{n}次如何提高信用卡额度", "margin": n / size, "thresholds": None}
        for n in range(1, size)
    ]
    tags = [{"case_id": case.id + n, "tag": TAGS[n % 8]} for n in range(2, size, 2)]
    with store._database.write("bad_cases") as connection:
        connection.execute(insert(bad_cases), rows)
        connection.execute(insert(bad_case_tags), tags)
    for wanted, order, total, index in (
        (BadCaseFilter(status="fixed"), NEWEST, 1000, "ix_bad_cases_status_id"),
        (BadCaseFilter(status="fixed", domain="d3"), NEWEST, 143, "ix_bad_cases_(status|domain)_id"),
        (BadCaseFilter(), MOST_WRONG, size, ""),
        (BadCaseFilter(text="第12"), NEWEST, 111, ""),
        (BadCaseFilter(text="没有的词"), DEAREST, 0, ""),
        (BadCaseFilter(tag=TAGS[2]), MOST_WRONG, 375, "ix_bad_case_tags_tag_case_id"),
        (BadCaseFilter(tag=NO_TAG), NEWEST, 1501, ""),
    ):
        with asked(store) as seen:
            page = store.bad_cases.search(wanted, limit=50, order=order)
        assert (len(page.rows), page.total) == (min(50, total), total), wanted
        about = [one for one in seen if "FROM bad_case" in one.statement]
        assert len(about) <= 3, wanted  # the page, its tags, and how many there are in all
        assert all(one.rows <= 50 * len(TAGS) for one in about), wanted
        assert re.search(index, plan(store, about[0])), wanted
    assert sum(store.bad_cases.counts().values()) == size
    parts = [[kept.id for kept in part] for part in store.bad_cases.parts(BadCaseFilter(tag=NO_TAG), size=900)]
    assert [len(part) for part in parts] == [900, 601]
    ids = [key for part in parts for key in part]
    assert ids == sorted(set(ids), reverse=True)
