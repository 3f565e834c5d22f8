"""Labelling sessions: different pairs for each, batches in the order of the draw, answers that count once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from calibration.errors import BadArgument, EmptyInput, NotFound
from calibration.store import Store, open_store
from calibration.store.answers import Answer
from calibration.store.sessions import sessions
from calibration.store.sessions.records import LABEL, NOTE, SKIP, DomainSampling, LabellingSession

SAMPLING = {"bank": DomainSampling(400, 300, 0.9, 20, (0.99, 0.95, 0.9))}


def draw(count: int = 20) -> pd.DataFrame:
    names = [f"问{i}" for i in range(count)]
    texts = {"text_a": names, "text_b": [f"{name}吗" for name in names], "domain": "bank"}
    return pd.DataFrame({**texts, "score": np.linspace(0.99, 0.9, count), "note": "drawn"})


def begin(store: Store, count: int = 20, **options: object) -> LabellingSession:
    return store.sessions.add("线上", draw(count), "binary", SAMPLING, batch_size=5, **options)  # type: ignore[arg-type]


def label(store: Store, session: LabellingSession, who: str, places: range, value: float = 1.0) -> None:
    answers = [Answer(f"{who}-{place}", place, LABEL, value) for place in places]
    assert store.sessions.answer(session.id, who, answers).refused == {}


def test_a_session_keeps_the_order_of_the_draw_and_how_it_was_drawn(store: Store) -> None:
    session = begin(store, source="pool.csv", fingerprint="f1", actor="li")
    assert store.sessions.get(session.id) == session
    assert store.sessions.list() == (session,)
    assert session.sampling["bank"].floor == 0.9
    assert [pair.position for pair in store.sessions.take(session.id, "li")] == list(range(20))


def test_several_labellers_get_different_pairs(store: Store) -> None:
    session = begin(store)
    li = {pair.position for pair in store.sessions.take(session.id, "li", 8)}
    wang = {pair.position for pair in store.sessions.take(session.id, "wang", 8)}
    assert (len(li), len(wang), li & wang) == (8, 8, set())
    assert {pair.position for pair in store.sessions.take(session.id, "li", 8)} == li


def test_a_share_is_labelled_by_two_and_never_by_three(store: Store) -> None:
    session = begin(store, overlap=0.25)
    taken = {
        name: {pair.position for pair in store.sessions.take(session.id, name)} for name in ("li", "wang", "zhao")
    }
    assert (len(taken["li"]), len(taken["wang"]), len(taken["zhao"])) == (20, 5, 0)
    label(store, session, "li", range(20))
    for place in taken["wang"]:
        label(store, session, "wang", range(place, place + 1), 0.0)
    both = store.sessions.twice(session.id)
    assert (len(both), set(both["first_by"]), set(both["second"])) == (5, {"li"}, {0.0})
    assert store.sessions.frame(session.id)["label"].eq(1.0).all(), "the first label counts until somebody decides"
    place = int(both["position"].iloc[0])
    store.sessions.settle(session.id, place, 0.0, "s1", actor="zhao")
    store.sessions.settle(session.id, place, 1.0, "s1", actor="zhao")
    assert store.sessions.frame(session.id)["label"].iloc[place] == 0.0


def test_what_somebody_leaves_goes_to_others_after_a_while(database: str) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    with open_store(database, clock=lambda: now[0]) as store:
        session = begin(store)
        assert len(store.sessions.take(session.id, "li")) == 20
        assert store.sessions.take(session.id, "wang") == ()
        now[0] += sessions.LEASE + timedelta(seconds=1)
        assert len(store.sessions.take(session.id, "wang")) == 20
        label(store, session, "li", range(3))
        assert len(store.sessions.take(session.id, "wang")) == 17, "what li labelled late is not asked again"


def test_an_answer_counts_once_and_the_last_word_of_a_labeller_stands(store: Store) -> None:
    session = begin(store)
    label(store, session, "li", range(3))
    label(store, session, "li", range(3), 0.0)  # the same ids again: sent twice
    assert store.sessions.frame(session.id)["label"].iloc[:3].tolist() == [1.0, 1.0, 1.0]
    store.sessions.answer(session.id, "li", [Answer("back", 1, LABEL, 0.0)])
    assert store.sessions.frame(session.id)["label"].iloc[:3].tolist() == [1.0, 0.0, 1.0]


def test_batches_count_in_the_order_of_the_draw(store: Store) -> None:
    session = begin(store)
    label(store, session, "li", range(5, 10))
    found = store.sessions.progress(session.id, "li")
    assert ([batch.finished for batch in found.batches], found.finished, found.mine) == (
        [False, True, False, False], 0, 5,
    )  # fmt: skip
    label(store, session, "wang", range(4))
    store.sessions.answer(session.id, "wang", [Answer("s", 4, SKIP)])
    found = store.sessions.progress(session.id, "wang")
    assert (found.batches[0].labelled, found.batches[0].skipped, found.finished) == (4, 1, 0)
    assert [pair.position for pair in store.sessions.take(session.id, "wang")][-1] == 4, "skipped pairs come last"
    label(store, session, "li", range(4, 5))
    assert store.sessions.progress(session.id).finished == 2
    frame = store.sessions.frame(session.id, 0, 2)
    assert len(frame) == 10
    assert frame["label"].notna().all()
    assert set(frame["purpose"]) == {"calibrate"}
    store.sessions.note_added(session.id, store.datasets.add("d", frame).id, 2)
    assert store.sessions.get(session.id).added == 2


def test_notes_stay_with_the_pair(store: Store) -> None:
    session = begin(store)
    store.sessions.answer(session.id, "li", [Answer("n", 0, NOTE, None, "拿不准"), Answer("a", 0, LABEL, 1.0)])
    assert store.sessions.frame(session.id)["note"].iloc[0] == "drawn; 拿不准"


@pytest.mark.parametrize(
    "answer",
    [
        Answer("a", 99, LABEL, 1.0),
        Answer("a", 0, LABEL, 2.0),
        Answer("a", 0, LABEL, "1"),
        Answer("a", 0, LABEL, None),
        Answer("a", 0, "settle", 1.0),
        Answer("", 0, LABEL, 1.0),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused(store: Store, answer: Answer) -> None:
    session = begin(store)
    taken = store.sessions.answer(session.id, "li", [answer, Answer("good", 1, LABEL, 0.0)])
    assert (taken.kept, list(taken.refused)) == (("good",), [answer.id])


def test_nothing_too_many_and_unknown_kinds_are_refused(store: Store) -> None:
    with pytest.raises(EmptyInput):
        begin(store, 0)
    with pytest.raises(BadArgument):
        store.sessions.add("x", draw(3), "stars", SAMPLING)
    with pytest.raises(NotFound):
        store.sessions.take(7, "li")
    session = begin(store)
    store.sessions.delete(session.id)
    assert store.sessions.list() == ()
    store.sessions.restore(session.id)
    assert len(store.sessions.list()) == 1
