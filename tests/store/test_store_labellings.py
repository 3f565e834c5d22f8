"""Second labels: blind, in an order of one's own, and settled without losing what anybody said."""

from __future__ import annotations

import pandas as pd
import pytest

from calibration.errors import BadArgument, Conflict, NotFound
from calibration.store import Dataset, Edit, Store


@pytest.fixture
def dataset(store: Store) -> Dataset:
    texts = {name: pd.Series([f"{name}{n}" for n in range(6)], dtype="str") for name in ("text_a", "text_b")}
    words = {name: pd.Series([value] * 6, dtype="str") for name, value in (("kind", "binary"), ("domain", "bank"))}
    return store.datasets.add("bank", pd.DataFrame({**texts, "label": [0.0, 1.0] * 3, **words}))


def label_all(store: Store, dataset: Dataset, name: str, value: float, size: int | None = None) -> list[int]:
    rows = []
    while (pair := store.labellings.next(dataset.id, name, size)[0]) is not None:
        store.labellings.label(dataset.id, pair.row, name, value)
        rows.append(pair.row)
    return rows


def test_everybody_has_an_order_of_their_own_and_keeps_it(store: Store, dataset: Dataset) -> None:
    orders = {name: label_all(store, dataset, name, 1.0) for name in ("li", "wang", "王小明", "王小红", "zhao")}
    assert all(sorted(rows) == list(range(6)) for rows in orders.values())
    assert len({tuple(rows) for rows in orders.values()}) > 1
    assert store.labellings.labellers(dataset.id)["li"] == 6


def test_a_sample_ends_where_it_was_asked_to_and_goes_on_when_more_is_asked(store: Store, dataset: Dataset) -> None:
    first = label_all(store, dataset, "li", 1.0, size=2)
    assert store.labellings.next(dataset.id, "li", 2)[1].done == 2
    rest = label_all(store, dataset, "li", 1.0, size=4)
    assert (len(first), len(rest), set(first) & set(rest)) == (2, 2, set())


def test_skipped_pairs_come_last_and_back_goes_back(store: Store, dataset: Dataset) -> None:
    pair, progress = store.labellings.next(dataset.id, "li")
    assert pair is not None
    assert (progress.done, progress.total, progress.skipped) == (0, 6, 0)
    store.labellings.label(dataset.id, pair.row, "li", None)
    second, progress = store.labellings.next(dataset.id, "li")
    assert second is not None
    assert (second.row != pair.row, progress.skipped) == (True, 1)
    store.labellings.label(dataset.id, second.row, "li", 1.0)
    assert store.labellings.back(dataset.id, "li") == second.row
    assert store.labellings.back(dataset.id, "li") is None
    assert store.labellings.labellers(dataset.id) == {}
    store.labellings.label(dataset.id, second.row, "li", 0.0)
    assert label_all(store, dataset, "li", 1.0)[-1] == pair.row
    assert store.labellings.compare(dataset.id)["second"].tolist().count(0.0) == 1


def test_a_disagreement_is_settled_by_an_edit_and_opened_again(store: Store, dataset: Dataset) -> None:
    label_all(store, dataset, "wang", 1.0)
    found = store.labellings.compare(dataset.id, "wang")
    assert (found["first"] != found["second"]).sum() == 3
    two, four = found.set_index("row").loc[[2, 4], "labelling"].tolist()
    store.labellings.settle(two, 1.0, was=0.0, actor="li")
    store.labellings.settle(four, 0.0, was=0.0, actor="li")
    after = store.labellings.compare(dataset.id).set_index("row")
    assert after.loc[[0, 2, 4], "chosen"].tolist()[1:] == [1.0, 0.0]
    assert (after.loc[2, "first"], after.loc[2, "now"]) == (0.0, 1.0)
    assert store.datasets.trace(dataset.id, 2)[0].changes[0].actor == "li"
    assert store.datasets.trace(dataset.id, 4)[0].changes == ()
    with pytest.raises(Conflict):
        store.labellings.settle(two, 1.0, was=0.0)
    store.labellings.reopen(two, actor="li")
    store.labellings.reopen(four, actor="li")
    again = store.labellings.compare(dataset.id).set_index("row")
    assert again["chosen"].isna().all()
    assert again["now"].tolist() == [0.0, 1.0] * 3


def test_opening_again_leaves_a_later_edit_alone(store: Store, dataset: Dataset) -> None:
    label_all(store, dataset, "wang", 1.0)
    labelling = int(store.labellings.compare(dataset.id).set_index("row").loc[2, "labelling"])
    store.labellings.settle(labelling, 1.0)
    store.datasets.edit(dataset.id, [Edit(2, "label", 0.0)], actor="later")
    store.datasets.edit(dataset.id, [Edit(2, "label", 1.0)], actor="later")
    store.labellings.reopen(labelling)
    assert store.datasets.frame(dataset.id)["label"][2] == 1.0


def test_what_cannot_be_labelled(store: Store, dataset: Dataset) -> None:
    with pytest.raises(BadArgument):
        store.labellings.label(dataset.id, 0, "li", 2.0)
    with pytest.raises(BadArgument, match="labeller: must be 1 to 80 characters"):
        store.labellings.next(dataset.id, " ")
    with pytest.raises(NotFound):
        store.labellings.label(dataset.id, 6, "li", 1.0)
    with pytest.raises(NotFound):
        store.labellings.settle(99, 1.0)
    store.datasets.delete(dataset.id)
    with pytest.raises(NotFound):
        store.labellings.label(dataset.id, 0, "li", 1.0)
