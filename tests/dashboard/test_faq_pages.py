"""FAQ collections and unanswered questions on the Batch page, on the real model and the samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calibration.store.faqs.records import FaqQuestion
from calibration.store.faqs.unanswered import Missed
from dashboard import resources, state

Open = Callable[..., Any]
NAME = "faq"


def test_a_faq_is_kept_with_versions_and_certified(open_page: Open) -> None:
    page = open_page("batch/faqs").press("faq_collection_sample")
    assert "No collection yet" in page.words()
    page.press("faq_save")
    store = resources.store().faqs
    one = store.get(NAME)
    assert (one.version, one.entries < one.questions) == (1, True)
    assert all(question.answer for question in store.questions(NAME))
    page.press("faq_save")
    assert store.get(NAME).version == 1  # the same contents make none
    store.save(NAME, store.questions(NAME)[:3])
    page.run().press("faq_restore_1")
    assert store.get(NAME).questions == one.questions

    page.press("faq_labelled_sample")
    page.at.slider(key=state.FAQ_PRECISION).set_value(60)
    page.run().press("faq_certify").finish()
    assert "From 0." in page.words()
    page.press("faq_use")
    kept = store.get(NAME).cutoff
    assert kept is not None
    assert (kept.precision, kept.version) == (0.6, 3)
    page.press("undo")
    assert store.get(NAME).cutoff is None
    page.press("faq_delete")
    assert store.list() == ()
    page.press("undo")
    assert store.get(NAME).questions == one.questions


@pytest.fixture
def missed(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SIMTIER_KEEP_UNANSWERED", "1")
    store = resources.store()
    store.faqs.save(
        NAME, [FaqQuestion("open", "怎么开户", "带身份证到柜台。"), FaqQuestion("pin", "忘记密码怎么办", "重置。")]
    )
    queries = ["怎么注销账户", "怎么注销账户？", "今天天气怎么样"]
    store.unanswered.add([Missed(NAME, query, "no_answer", 0.8) for query in queries])
    store.unanswered.add([Missed(NAME, queries[0], "no_answer", 0.8)] * 3)
    return open_page("batch/unanswered").finish()


def test_the_largest_group_becomes_an_entry_in_two_clicks_and_can_be_taken_back(missed: Any) -> None:
    store, page = resources.store(), missed
    words = page.words()
    assert "**3 wordings** without an answer, asked 6 times." in words
    assert words.index("怎么注销账户") < words.index("今天天气怎么样")
    page.press(page.key("entry_add_"))  # the first click opens the form, which AppTest shows at once
    added = [one for one in store.faqs.questions(NAME) if one.key == "怎么注销账户"]
    assert [one.question for one in added] == ["怎么注销账户", "怎么注销账户？"]
    assert [one.query for one in store.unanswered.list(NAME)] == ["今天天气怎么样"]
    page.press("undo")
    assert len(store.faqs.questions(NAME)) == 2


def test_what_an_entry_brings_is_measured_on_labelled_queries(missed: Any) -> None:
    page = missed
    page.press(page.key("entry_add_")).finish()
    content = "query,expected\n账户怎么注销,怎么注销账户\n怎么开户,open\n今天天气怎么样,\n".encode()
    place = next(at for at, one in enumerate(page.at.file_uploader) if "faq_effect" in str(one.key))
    page.at.file_uploader[place].upload("q.csv", content)
    page.run().press("effect_go").finish()
    words = page.words()
    assert "1 query of 3 are answered rightly only now, 0 only before." in words


def test_a_question_is_dismissed(missed: Any) -> None:
    page = missed
    page.press(page.key("dismiss_"))
    assert len(resources.store().unanswered.list(NAME)) == 1


def test_without_the_switch_the_page_says_how_to_turn_it_on(open_page: Open) -> None:
    assert "Bring a FAQ in first" in open_page("batch/unanswered").words()
    resources.store().faqs.save(NAME, [FaqQuestion("open", "怎么开户")])
    assert "SIMTIER_KEEP_UNANSWERED=1" in open_page("batch/unanswered").words()
