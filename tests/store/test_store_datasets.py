"""Datasets in the store: exactly what was put in, once, under one name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from calibration.columns import LABEL_MAX
from calibration.errors import AlreadyExists, BadArgument, ColumnsMissing, Conflict, EmptyInput, NotFound
from calibration.store import LabelCount, Store

from .conftest import asked

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
MAYBE = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


def pairs_frame(rows: int = 3, domain: str = "bank", **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "text_a": [f"怎么开户{number}" for number in range(rows)],
            "text_b": [f"如何开户{number}" for number in range(rows)],
            "label": [float(number % 2) for number in range(rows)],
            "kind": ["binary"] * rows,
            "domain": [domain] * rows,
            **columns,
        }
    )
    return typed(frame)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = {"label", "score"}
    return frame.astype({column: "float64" if column in numbers else "str" for column in frame.columns})


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    size = draw(st.integers(1, 6))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=size, max_size=size))

    kinds = column(st.sampled_from(sorted(LABEL_MAX)))
    data = {
        "text_a": column(TEXT),
        "text_b": column(TEXT),
        "label": [draw(st.floats(0, LABEL_MAX[str(kind)])) for kind in kinds],
        "kind": kinds,
        "domain": column(TEXT),
    }
    for name in ("id", "split", "purpose", "note"):
        if draw(st.booleans()):
            data[name] = column(MAYBE)
    if draw(st.booleans()):
        data["score"] = column(st.floats(-1, 1) | st.just(float("nan")))
    names = draw(st.permutations(list(data)))
    return typed(pd.DataFrame({name: data[name] for name in names}))


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=frames())
def test_a_frame_comes_back_exactly(store: Store, frame: pd.DataFrame) -> None:
    added = store.datasets.add(store.datasets.free_name("round trip"), frame)
    assert_frame_equal(store.datasets.frame(added.id), frame, check_exact=True)
    assert sum(count.rows for count in added.counts) == len(frame) == added.rows
    assert added.domains == tuple(sorted(set(frame["domain"])))


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=frames(), second=frames())
def test_appending_equals_adding_both_at_once(store: Store, first: pd.DataFrame, second: pd.DataFrame) -> None:
    both = pd.concat([first, second[[*second.columns]]], ignore_index=True)
    whole = store.datasets.add(store.datasets.free_name("whole"), both)
    added = store.datasets.add(store.datasets.free_name("parts"), first)
    grown = store.datasets.append(added.id, second)
    assert (grown.content_hash, grown.counts, grown.rows) == (whole.content_hash, whole.counts, whole.rows)
    assert_frame_equal(store.datasets.frame(grown.id), store.datasets.frame(whole.id))


def test_other_columns_and_the_index_are_left_out(store: Store) -> None:
    frame = pairs_frame(truncated="False").set_index(pd.Index([5, 6, 7]))
    found = store.datasets.frame(store.datasets.add("bank", frame).id)
    assert_frame_equal(found, pairs_frame())


def test_the_listing_counts_without_rows(store: Store) -> None:
    frame = pd.concat([pairs_frame(3), pairs_frame(2, domain="应用商店")], ignore_index=True)
    added = store.datasets.add(" bank ", frame, source="bank.csv", actor="li")
    assert added.name == "bank"
    assert added.counts == (
        LabelCount("bank", "binary", 0, 2),
        LabelCount("bank", "binary", 1, 1),
        LabelCount("应用商店", "binary", 0, 1),
        LabelCount("应用商店", "binary", 1, 1),
    )
    assert added.kinds == ("binary",)
    assert store.datasets.list() == (added,)
    assert store.datasets.get(added.id) == added
    event = store.audit.list("dataset", added.id)[0]
    assert (event.action, event.actor, event.detail) == ("add", "li", {"name": "bank", "rows": 5})


def test_graded_labels_are_counted_by_whole_grades(store: Store) -> None:
    frame = pairs_frame(4).assign(kind="graded", label=[3.99, 4.0, 4.6, 5.0])
    counts = store.datasets.add("sts", typed(frame)).counts
    assert [(count.label, count.rows) for count in counts] == [(3, 1), (4, 2), (5, 1)]


def test_the_same_rows_under_the_same_name_are_stored_once(store: Store) -> None:
    first = store.datasets.add("bank", pairs_frame())
    again = store.datasets.add("bank", pairs_frame())
    assert (again, again.reused, first.reused) == (first, True, False)
    copy = store.datasets.add("copy", pairs_frame())
    assert copy.id != first.id
    assert copy.content_hash == first.content_hash


def test_order_is_part_of_the_content(store: Store) -> None:
    first = store.datasets.add("a", pairs_frame())
    turned = store.datasets.add("b", pairs_frame().iloc[::-1].reset_index(drop=True))
    assert turned.content_hash != first.content_hash


def test_other_rows_under_a_taken_name_are_refused_and_a_free_name_proposed(store: Store) -> None:
    store.datasets.add("bank", pairs_frame())
    with pytest.raises(AlreadyExists, match="dataset 'bank' exists already"):
        store.datasets.add("bank", pairs_frame(4))
    assert store.datasets.free_name("bank") == "bank (2)"
    store.datasets.add("bank (2)", pairs_frame(4))
    assert store.datasets.free_name("bank") == "bank (3)"
    assert len(store.datasets.free_name("x" * 200)) == 200


def test_rename_delete_restore(store: Store) -> None:
    one = store.datasets.add("one", pairs_frame())
    two = store.datasets.add("two", pairs_frame(4))
    with pytest.raises(AlreadyExists):
        store.datasets.rename(two.id, "one")
    assert store.datasets.rename(one.id, "one").name == "one"
    deleted = store.datasets.delete(one.id, actor="li")
    assert deleted.deleted_at is not None
    assert [dataset.id for dataset in store.datasets.list()] == [two.id]
    assert [dataset.id for dataset in store.datasets.list(include_deleted=True)] == [two.id, one.id]
    assert len(store.datasets.frame(one.id)) == 3
    assert store.datasets.rename(two.id, "one").name == "one"
    with pytest.raises(AlreadyExists):
        store.datasets.restore(one.id)
    assert store.datasets.restore(one.id, "one again").deleted_at is None
    assert {dataset.name for dataset in store.datasets.list()} == {"one", "one again"}
    actions = [event.action for event in store.audit.list("dataset", one.id)]
    assert actions == ["restore", "delete", "rename", "add"]


def test_a_deleted_dataset_cannot_be_changed(store: Store) -> None:
    gone = store.datasets.delete(store.datasets.add("one", pairs_frame()).id)
    for change in (store.datasets.delete, lambda key: store.datasets.rename(key, "x")):
        with pytest.raises(NotFound):
            change(gone.id)
    with pytest.raises(NotFound):
        store.datasets.append(gone.id, pairs_frame())


def test_an_outdated_version_is_a_conflict(store: Store) -> None:
    seen = store.datasets.add("one", pairs_frame())
    store.datasets.rename(seen.id, "two")
    for change in (
        lambda: store.datasets.rename(seen.id, "three", version=seen.version),
        lambda: store.datasets.delete(seen.id, version=seen.version),
        lambda: store.datasets.append(seen.id, pairs_frame(), version=seen.version),
    ):
        with pytest.raises(Conflict):
            change()
    assert store.datasets.get(seen.id).rows == 3


def test_appending_brings_new_columns(store: Store) -> None:
    added = store.datasets.add("one", pairs_frame(2))
    grown = store.datasets.append(added.id, pairs_frame(1, note="复核", purpose="review"))
    assert grown.columns == (*added.columns, "note", "purpose")
    assert store.datasets.frame(added.id)["note"].tolist()[2] == "复核"
    assert store.datasets.frame(added.id)["note"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (pairs_frame(0), EmptyInput),
        (pairs_frame().drop(columns="domain"), ColumnsMissing),
        (pairs_frame().assign(kind="stars"), BadArgument),
        (pairs_frame().assign(label=2.0), BadArgument),
        (pairs_frame().assign(label=np.nan), BadArgument),
        (pairs_frame(note="a\0b"), BadArgument),
        (pairs_frame().assign(text_a=[None, "b", "c"]), BadArgument),
        (pairs_frame().assign(domain=[np.nan, "b", "c"]), BadArgument),
    ],
)
def test_what_is_no_pairs_frame_is_refused(store: Store, frame: pd.DataFrame, error: type[Exception]) -> None:
    with pytest.raises(error):
        store.datasets.add("one", frame)
    assert store.datasets.list() == ()


def test_half_a_surrogate_pair_is_refused(store: Store) -> None:
    frame = pairs_frame().astype({"text_a": object})
    frame.loc[0, "text_a"] = "\ud83d"
    with pytest.raises(BadArgument, match="broken characters"):
        store.datasets.add("one", frame)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b"])
def test_bad_names_are_refused(store: Store, name: str) -> None:
    with pytest.raises(BadArgument):
        store.datasets.add(name, pairs_frame())


def test_unknown_ids_are_named(store: Store) -> None:
    for look in (store.datasets.get, store.datasets.frame, store.datasets.delete, store.datasets.restore):
        with pytest.raises(NotFound, match="dataset 42"):
            look(42)


def test_eight_threads_upload_the_same_and_append(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: store.datasets.add("bank", pairs_frame(50)), range(8)))
        assert {dataset.id for dataset in added} == {added[0].id}
        assert sum(not dataset.reused for dataset in added) == 1
        list(pool.map(lambda _: store.datasets.append(added[0].id, pairs_frame(5)), range(40)))
    grown = store.datasets.get(added[0].id)
    assert (grown.rows, grown.version) == (250, added[0].version + 40)
    assert len(store.datasets.frame(grown.id)) == 250
    assert sum(count.rows for count in grown.counts) == 250


def test_a_long_upload_is_stored_in_a_statement_for_every_chunk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import calibration.store.datasets.sql as statements

    monkeypatch.setattr(statements, "CHUNK", 1000)
    frame = pairs_frame(2500)
    with asked(store) as seen:
        added = store.datasets.add("big", frame)
    assert [one.rows for one in seen if one.statement.startswith("INSERT INTO pairs")] == [1000, 1000, 500]
    assert sum(not one.statement.startswith("INSERT INTO pairs") for one in seen) < 20
    with asked(store) as seen:
        assert_frame_equal(store.datasets.frame(added.id), frame)
    assert sum("FROM pairs" in one.statement for one in seen) == 1
    with asked(store) as seen:
        assert store.datasets.list()[0].rows == 2500
    assert not [one for one in seen if "FROM pairs" in one.statement]  # counts are kept, nothing is counted


def test_uploads_are_all_or_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import calibration.store.datasets.sql as statements

    def fail(*_: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(statements, "add_counts", fail)
    with pytest.raises(RuntimeError):
        store.datasets.add("bank", pairs_frame())
    monkeypatch.undo()
    assert store.datasets.list() == ()
    assert store.datasets.add("bank", pairs_frame()).rows == 3
