"""The history of datasets: every version comes back, every edit can be undone, nothing is lost."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pandas.testing import assert_frame_equal
from sqlalchemy import select, update

from calibration.errors import AlreadyExists, BadArgument, Conflict, EmptyInput, NotFound
from calibration.store import Edit, Origin, Part, RowFilter, Store, from_bad_cases, open_store, uploaded
from calibration.store.content import content_hash
from calibration.store.engine import database_url
from calibration.store.migrate import upgrade
from calibration.store.rows import STORED, count_labels, frame_rows, rows_frame
from calibration.store.schema import pairs

from .conftest import Asked, asked, plan

SIZE = 4
COLUMNS = '["text_a", "text_b", "label", "kind", "domain"]'
VALUES = {
    "label": st.sampled_from([0.0, 1.0]),
    "domain": st.sampled_from(["bank", "法务"]),
    "purpose": st.sampled_from([None, "review", "calibrate"]),
    "note": st.sampled_from([None, "", "复核", '"quoted"\n']),
}


def pairs_frame(rows: int = SIZE, domain: str = "bank") -> pd.DataFrame:
    texts = {
        name: pd.Series([f"{name}{number}" for number in range(rows)], dtype="str") for name in ("text_a", "text_b")
    }
    kind = pd.Series(["binary"] * rows, dtype="str")
    named = pd.Series([domain] * rows, dtype="str")
    return pd.DataFrame({**texts, "label": [float(n % 2) for n in range(rows)], "kind": kind, "domain": named})


def edit_of() -> st.SearchStrategy[tuple[int, str, str | float | None]]:
    return st.sampled_from(sorted(VALUES)).flatmap(
        lambda name: st.tuples(st.integers(0, SIZE - 1), st.just(name), VALUES[name])
    )


class Histories(RuleBasedStateMachine):
    """Edits, undos, redos, appends in any order against lists of rows that are copied at each step."""

    store: Store

    @initialize()
    def begin(self) -> None:
        datasets = self.store.datasets
        self.id = datasets.add(datasets.free_name("history"), pairs_frame()).id
        self.rows = frame_rows(pairs_frame())
        self.undos: list[dict[tuple[int, str], tuple[object, object]]] = []
        self.redos: list[dict[tuple[int, str], tuple[object, object]]] = []
        self.versions = [list(self.rows)]

    def put(self, cells: dict[tuple[int, str], object]) -> None:
        for (row, name), value in cells.items():
            place = STORED.index(name)
            self.rows[row] = (*self.rows[row][:place], value, *self.rows[row][place + 1 :])  # type: ignore[assignment]

    @rule(edits=st.lists(edit_of(), min_size=1, max_size=3))
    def edit(self, edits: list[tuple[int, str, str | float | None]]) -> None:
        self.store.datasets.edit(self.id, [Edit(*one) for one in edits], actor="li")
        wanted = {(row, name): value for row, name, value in edits}
        step = {
            key: (old, value)
            for key, value in wanted.items()
            if (old := self.rows[key[0]][STORED.index(key[1])]) != value
        }
        if step:
            self.put({key: new for key, (_, new) in step.items()})
            self.undos.append(step)
            self.redos.clear()
            self.versions.append(list(self.rows))

    @rule()
    def undo(self) -> None:
        if not self.undos:
            with pytest.raises(NotFound):
                self.store.datasets.undo(self.id)
            return
        self.store.datasets.undo(self.id)
        step = self.undos.pop()
        self.put({key: old for key, (old, _) in step.items()})
        self.redos.append(step)
        self.versions.append(list(self.rows))

    @rule()
    def redo(self) -> None:
        if not self.redos:
            with pytest.raises(NotFound):
                self.store.datasets.redo(self.id)
            return
        self.store.datasets.redo(self.id)
        step = self.redos.pop()
        self.put({key: new for key, (_, new) in step.items()})
        self.undos.append(step)
        self.versions.append(list(self.rows))

    @precondition(lambda self: len(self.rows) < 3 * SIZE)
    @rule()
    def append(self) -> None:
        self.store.datasets.append(self.id, pairs_frame(2, "新"))
        self.rows += frame_rows(pairs_frame(2, "新"))
        self.versions.append(list(self.rows))

    @invariant()
    def now_is_as_the_model_says(self) -> None:
        dataset = self.store.datasets.get(self.id)
        assert frame_rows(self.store.datasets.frame(self.id)) == self.rows
        assert dataset.content_hash == content_hash(self.rows)
        assert dataset.counts == count_labels(self.rows)
        assert dataset.version == len(self.versions)
        assert self.store.datasets.can_undo(self.id) == (bool(self.undos), bool(self.redos))

    def teardown(self) -> None:
        for version, rows in enumerate(getattr(self, "versions", ()), 1):
            assert frame_rows(self.store.datasets.frame(self.id, version)) == rows
        if hasattr(self, "versions"):
            events = self.store.datasets.history(self.id)
            assert [event.version for event in events] == list(range(len(self.versions), 0, -1))
            assert [event.content_hash for event in reversed(events)] == [content_hash(v) for v in self.versions]


@pytest.mark.slow
def test_any_sequence_of_edits_and_undos_ends_where_the_model_says(store: Store) -> None:
    machine = type("Here", (Histories,), {"store": store})
    examples = (
        25 if store._database.engine.dialect.name == "sqlite" else 8
    )  # the same statements, three times slower
    few = settings(
        max_examples=examples, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=few)


def test_an_earlier_version_comes_back_exactly(store: Store) -> None:
    first = store.datasets.add("bank", pairs_frame())
    store.datasets.edit(first.id, [Edit(0, "label", 1.0), Edit(3, "note", "看错了")])
    grown = store.datasets.append(first.id, pairs_frame(2))
    store.datasets.edit(first.id, [Edit(5, "domain", "法务")])
    assert_frame_equal(store.datasets.frame(first.id, first.version), pairs_frame(), check_exact=True)
    assert store.datasets.frame(first.id, grown.version)["domain"].tolist() == ["bank"] * 6
    assert store.datasets.frame(first.id)["label"].tolist() == [1.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    with pytest.raises(NotFound, match="bank@9"):
        store.datasets.frame(first.id, 9)


def test_the_history_says_who_did_what(store: Store) -> None:
    dataset = store.datasets.add("bank", pairs_frame(), actor="li")
    store.datasets.edit(dataset.id, [Edit(1, "label", 0.0)], actor="wang")
    store.datasets.undo(dataset.id, actor="zhao")
    store.datasets.set_drawn(dataset.id, "random_live", actor="li")
    store.datasets.rename(dataset.id, "银行", actor="li")
    events = store.datasets.history(dataset.id)
    assert [(e.action, e.actor, e.version_before, e.version) for e in reversed(events)] == [
        ("add", "li", 0, 1),
        ("edit", "wang", 1, 2),
        ("undo", "zhao", 2, 3),
        ("drawn", "li", 3, 4),
        ("rename", "li", 4, 5),
    ]
    assert events[3].detail == {"cells": 1, "row": 1, "field": "label", "old": 1.0, "new": 0.0}
    assert events[2].undoes == events[3].id
    assert events[0].content_hash == dataset.content_hash != events[3].content_hash
    assert store.datasets.get(dataset.id).drawn == "random_live"
    (cell,) = store.datasets.changes(dataset.id, 2)
    assert (cell.row, cell.old, cell.new, cell.actor) == (1, 1.0, 0.0, "wang")
    assert store.datasets.history(dataset.id, limit=1, offset=1) == events[1:2]


def test_an_edit_that_changes_nothing_is_none(store: Store) -> None:
    dataset = store.datasets.add("bank", pairs_frame())
    assert store.datasets.edit(dataset.id, [Edit(0, "label", 0.0), Edit(1, "note", None)]) == dataset


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (Edit(0, "label", 2.0), BadArgument),
        (Edit(0, "label", float("nan")), BadArgument),
        (Edit(0, "label", None), BadArgument),
        (Edit(0, "text_a", "other"), BadArgument),
        (Edit(0, "domain", " "), BadArgument),
        (Edit(0, "purpose", "fun"), BadArgument),
        (Edit(0, "note", "a\0b"), BadArgument),
        (Edit(SIZE, "label", 1.0), NotFound),
        (Edit(0, "label", 1.0, was=1.0), Conflict),
    ],
)
def test_an_edit_that_cannot_be_is_refused_whole(store: Store, edit: Edit, error: type[Exception]) -> None:
    dataset = store.datasets.add("bank", pairs_frame())
    with pytest.raises(error):
        store.datasets.edit(dataset.id, [Edit(1, "note", "kept out"), edit])
    assert store.datasets.get(dataset.id) == dataset
    assert_frame_equal(store.datasets.frame(dataset.id), pairs_frame())


def test_a_deleted_dataset_is_edited_by_nobody(store: Store) -> None:
    gone = store.datasets.delete(store.datasets.add("bank", pairs_frame()).id)
    for touch in (
        lambda: store.datasets.edit(gone.id, [Edit(0, "label", 1.0)]),
        lambda: store.datasets.undo(gone.id),
    ):
        with pytest.raises(NotFound):
            touch()


@pytest.mark.slow
def test_eight_writers_on_one_cell_lose_nothing(store: Store) -> None:
    """Each adds one mark to the note that it saw; one that saw an old version gets an error and reads again."""
    dataset = store.datasets.add("bank", pairs_frame())
    conflicts: list[int] = []

    def mark(writer: int) -> None:
        for _ in range(10):
            while True:
                was = store.datasets.page(dataset.id, limit=1).frame["note"].iloc[0]
                seen = "" if pd.isna(was) else str(was)
                try:
                    edit = Edit(0, "note", f"{seen}{writer}", was=None if pd.isna(was) else seen)
                    store.datasets.edit(dataset.id, [edit], actor=str(writer))
                    break
                except Conflict:
                    conflicts.append(writer)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(mark, range(8)))
    note = str(store.datasets.frame(dataset.id)["note"].iloc[0])
    assert sorted(note) == sorted("01234567" * 10)
    assert store.datasets.get(dataset.id).version == dataset.version + 80
    assert conflicts, "nobody ever met another: the test proves nothing"


def test_where_a_row_comes_from_and_who_changed_it(store: Store) -> None:
    origins = uploaded("bank.csv", [2, 4, 5, 9])
    first = store.datasets.add("bank", pairs_frame(), "bank.csv", origins=origins)
    store.datasets.edit(first.id, [Edit(3, "label", 0.0)], actor="li")
    store.datasets.append(first.id, pairs_frame(1), origins=from_bad_cases([12]))
    (part,) = store.datasets.derive({"part": [Part(first.id, [4, 3])]}, "filter", actor="wang")
    store.datasets.edit(first.id, [Edit(3, "label", 1.0)], actor="too late for the part")
    store.datasets.edit(part.id, [Edit(1, "domain", "法务")], actor="zhao")
    here, there = store.datasets.trace(part.id, 1)
    assert (here.origin, here.origin.dataset) == (Origin("dataset", f"{first.id}@3", 3), (first.id, 3))
    assert [(c.actor, c.field, c.new) for c in here.changes] == [("zhao", "domain", "法务")]
    assert there.origin == Origin("upload", "bank.csv", 9)
    assert [(c.actor, c.old, c.new) for c in there.changes] == [("li", 1.0, 0.0)]
    assert store.datasets.trace(part.id, 0)[-1].origin == Origin("bad_case", "12")
    with pytest.raises(NotFound):
        store.datasets.trace(part.id, 2)
    with pytest.raises(BadArgument, match="one for each row"):
        store.datasets.append(first.id, pairs_frame(2), origins=from_bad_cases([1]))


def test_datasets_are_made_of_others_all_or_none(store: Store) -> None:
    one = store.datasets.add("one", pairs_frame(), drawn="random_live")
    two = store.datasets.add("two", pairs_frame(2, "法务"), drawn="mined")
    store.datasets.edit(one.id, [Edit(0, "label", 1.0)])
    left, right = store.datasets.derive({"l": [Part(one.id, [0, 2])], "r": [Part(one.id, [1, 3])]}, "split")
    assert (left.rows, right.rows, left.drawn, left.source) == (2, 2, "random_live", "one")
    assert store.datasets.frame(left.id)["label"].tolist() == [1.0, 0.0]
    (merged,) = store.datasets.derive({"both": [Part(one.id), Part(two.id)]}, "merge")
    assert (merged.rows, merged.drawn, merged.source) == (6, "unknown", "one + two")
    (past,) = store.datasets.derive({"past": [Part(one.id, version=1)]}, "copy")
    assert past.content_hash == one.content_hash
    assert store.datasets.history(past.id)[0].detail["from"] == [{"id": one.id, "name": "one", "version": 1}]
    count = len(store.datasets.list())
    for makings, error in (
        ({"new": [Part(one.id)], "one": [Part(two.id)]}, AlreadyExists),
        ({"new": [Part(one.id, [])]}, EmptyInput),
        ({"new": [Part(one.id, [4])]}, BadArgument),
        ({"new": [Part(99)]}, NotFound),
    ):
        with pytest.raises(error):
            store.datasets.derive(makings, "split")
    assert len(store.datasets.list()) == count


def test_a_page_of_rows_is_found_by_what_they_are(store: Store) -> None:
    frame = pd.concat([pairs_frame(), pairs_frame(2, "法务")], ignore_index=True)
    dataset = store.datasets.add("bank", frame)
    store.datasets.edit(dataset.id, [Edit(4, "purpose", "review"), Edit(1, "note", "100% 对")])

    def found(**wanted: object) -> list[int]:
        page = store.datasets.page(dataset.id, RowFilter(**wanted))  # type: ignore[arg-type]
        assert page.total == len(page.frame)
        assert store.datasets.find_rows(dataset.id, RowFilter(**wanted)) == tuple(page.frame.index)  # type: ignore[arg-type]
        return page.frame.index.tolist()

    assert found(domain="法务") == [4, 5]
    assert found(label=1.0) == [1, 3, 5]
    assert found(label=1.0, domain="bank") == [1, 3]
    assert found(purpose="review") == [4]
    assert found(purpose="calibrate") == [0, 1, 2, 3, 5]
    assert found(text="0%") == [1]
    assert found(text="text_b3") == [3]
    page = store.datasets.page(dataset.id, limit=2, offset=3)
    assert (page.total, page.frame.index.tolist()) == (6, [3, 4])


def test_a_page_and_an_edit_cost_the_same_however_long_the_dataset(store: Store) -> None:
    def work(rows: int) -> list[Asked]:
        dataset = store.datasets.add(f"{rows} rows", pairs_frame(rows))
        with asked(store) as seen:
            assert len(store.datasets.page(dataset.id, RowFilter(text="a1"), limit=5).frame) == 5
            store.datasets.edit(dataset.id, [Edit(rows // 2, "label", 0.0), Edit(rows // 2, "note", "看错了")])
            store.datasets.undo(dataset.id)
        return seen

    few, many = work(20), work(2000)
    assert [(one.statement, one.rows) for one in few] == [(one.statement, one.rows) for one in many]
    assert sum(one.rows for one in many) < 50
    of_pairs = [one for one in many if "FROM pairs" in one.statement or one.statement.startswith("UPDATE pairs")]
    assert len(of_pairs) >= 4  # the page, how many it finds in all, and the cells
    for one in of_pairs:
        assert re.search("sqlite_autoindex_pairs_1|pk_pairs|pairs_pkey", plan(store, one)), one


@pytest.fixture
def first_revision(tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """A database as the first revision left it, with a dataset of three rows added in two steps."""
    path = tmp_path / "s.db"
    upgrade(database_url(path), "0001")
    raw = sqlite3.connect(path)
    at = "2026-01-02 03:04:05"
    raw.execute(
        "INSERT INTO datasets (id, name, source, columns, rows, content_hash, version, created_at, updated_at)"
        " VALUES (3, ?, ?, ?, 3, ?, 2, ?, ?)",
        ("bank", "bank.csv", COLUMNS, "old", at, at),
    )
    rows = [(3, n, f"a{n}", f"b{n}", float(n % 2), "binary", "bank") for n in range(3)]
    raw.executemany(
        f"INSERT INTO pairs (dataset_id, position, {', '.join(json.loads(COLUMNS))}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        rows,
    )
    audit = "INSERT INTO audit_events (at, actor, action, kind, key, detail) VALUES (?, ?, ?, 'dataset', '3', ?)"
    raw.execute(audit, (at, "li", "add", '{"name": "bank", "rows": 2}'))
    raw.execute(audit, (at, "wang", "append", '{"rows": 1}'))
    raw.commit()
    yield path, raw
    raw.close()


def test_upgrading_carries_datasets_over_with_their_past(
    first_revision: tuple[Path, sqlite3.Connection],
) -> None:
    with open_store(first_revision[0]) as store:
        frame = store.datasets.frame(3)
        assert frame["text_a"].tolist() == ["a0", "a1", "a2"]
        assert store.datasets.get(3).content_hash == content_hash(frame_rows(frame))
        assert store.datasets.frame(3, 1)["text_a"].tolist() == ["a0", "a1"]
        newest, oldest = store.datasets.history(3)
        assert (newest.actor, newest.action, newest.rows, newest.version) == ("wang", "append", 3, 2)
        assert oldest.content_hash == content_hash(frame_rows(frame.iloc[:2]))
        assert store.datasets.trace(3, 2)[0].origin == Origin("upload", "bank.csv")
        assert store.datasets.edit(3, [Edit(2, "label", 1.0)]).version == 3


def test_a_past_that_the_audit_does_not_know_becomes_one_event(
    first_revision: tuple[Path, sqlite3.Connection],
) -> None:
    path, raw = first_revision
    raw.execute("DELETE FROM audit_events WHERE action = 'append'")
    raw.commit()
    with open_store(path) as store:
        (event,) = store.datasets.history(3)
        assert (event.version_before, event.version, event.rows) == (0, 2, 3)
        assert len(store.datasets.frame(3, 2)) == 3


def test_what_the_hash_says_is_what_the_table_holds(store: Store) -> None:
    """A row changed past the repository shows in the hash of its rows, so a hash can be trusted to tell."""
    dataset = store.datasets.add("bank", pairs_frame())
    with store._database.write("dataset") as connection:
        mine = (pairs.c.dataset_id == dataset.id) & (pairs.c.position == 1)
        connection.execute(update(pairs).where(mine).values(label=0.0))
        query = select(*(pairs.c[name] for name in STORED)).order_by(pairs.c.position)
        rows = [tuple(row) for row in connection.execute(query)]
    assert content_hash(rows) != dataset.content_hash
    assert rows_frame(rows, dataset.columns)["label"].tolist() == [0.0, 0.0, 0.0, 1.0]
