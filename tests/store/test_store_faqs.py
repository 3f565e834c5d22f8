"""FAQ collections and unanswered questions, on both databases."""

from __future__ import annotations

import math

import pytest

from calibration.errors import BadArgument, EmptyInput, NotFound, TooLarge
from calibration.store import Store
from calibration.store.faqs.records import KEPT_VERSIONS, LONGEST_QUESTION, FaqCutoff, FaqQuestion
from calibration.store.faqs.unanswered import Missed

ENTRIES = (
    FaqQuestion("repay", "花呗怎么还款", "在账单页"),
    FaqQuestion("repay", "如何还花呗"),
    FaqQuestion("lost", "卡丢了"),
)


def test_contents_are_versions_and_come_back(store: Store) -> None:
    first = store.faqs.save("bank", ENTRIES, domain="bank", actor="li")
    assert (first.version, first.questions, first.entries, first.domain) == (1, 3, 2, "bank")
    assert store.faqs.save("bank", ENTRIES).version == 1
    second = store.faqs.save("bank", ENTRIES[:1])
    assert (second.version, second.questions, second.domain) == (2, 1, "bank")
    assert store.faqs.questions("bank") == ENTRIES[:1]
    assert store.faqs.questions("bank", 1) == ENTRIES
    back = store.faqs.restore("bank", 1, actor="li")
    assert (back.version, back.content_hash) == (3, first.content_hash)
    assert [one.version for one in store.faqs.versions("bank")] == [3, 2, 1]
    assert [one.name for one in store.faqs.list()] == ["bank"]


def test_old_versions_are_forgotten(store: Store) -> None:
    for number in range(KEPT_VERSIONS + 2):
        store.faqs.save("bank", [FaqQuestion("k", f"q {number}")])
    kept = store.faqs.versions("bank")
    assert len(kept) == KEPT_VERSIONS
    with pytest.raises(NotFound):
        store.faqs.questions("bank", 1)


def test_a_deleted_collection_gives_its_name_away(store: Store) -> None:
    first = store.faqs.save("bank", ENTRIES)
    store.faqs.delete("bank")
    with pytest.raises(NotFound):
        store.faqs.get("bank")
    again = store.faqs.save("bank", ENTRIES)
    assert (again.version, again.id == first.id) == (1, False)


def test_a_cutoff_is_kept_as_it_was(store: Store) -> None:
    store.faqs.save("bank", ENTRIES)
    cutoff = FaqCutoff(math.inf, 0.005, 0.9, 0.9, 40, "f", "1", 1)
    assert store.faqs.set_cutoff("bank", cutoff).cutoff == cutoff
    assert store.faqs.get("bank").cutoff == cutoff
    assert store.faqs.set_cutoff("bank", None).cutoff is None


@pytest.mark.parametrize(
    ("questions", "error"),
    [
        ([], EmptyInput),
        ([FaqQuestion("k", " ")], BadArgument),
        ([FaqQuestion("", "q")], BadArgument),
        ([FaqQuestion("k", "\ud800")], BadArgument),
        ([FaqQuestion("k", "q", "a\0")], BadArgument),
        ([FaqQuestion("k", "q" * (LONGEST_QUESTION + 1))], TooLarge),
        ([FaqQuestion("k" * 201, "q")], TooLarge),
    ],
)
def test_contents_that_break_a_rule_change_nothing(
    store: Store, questions: list[FaqQuestion], error: type[Exception]
) -> None:
    with pytest.raises(error):
        store.faqs.save("bank", questions)
    assert store.faqs.list() == ()


def test_an_unanswered_wording_is_kept_once_and_counted(store: Store) -> None:
    for _ in range(3):
        store.unanswered.add([Missed("bank", "怎么开户", "no_answer", 0.8)])
    store.unanswered.add([Missed("bank", "销户", "ambiguous", math.nan), Missed("other", "销户", "no_answer", 0.1)])
    found = store.unanswered.list("bank")
    assert [(one.query, one.times, one.decision) for one in found] == [
        ("怎么开户", 3, "no_answer"),
        ("销户", 1, "ambiguous"),
    ]
    assert math.isnan(found[1].score)
    assert store.unanswered.delete([found[0].id]) == 1
    assert len(store.unanswered.list()) == 2
