"""Review: cases are judged as they arrive, conflicts come first, wrong labels are corrected, links hold values."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from calibration.pairs import read_bad_cases
from calibration.store import BadCaseDraft, BadCaseFilter
from calibration.store.answers import Answer
from calibration.store.reviews.reviews import CONFIRM, REJECT, RIGHT_TIER
from dashboard import resources, state
from dashboard.components.review.cases.names import CaseWords
from dashboard.components.review.find.importing import drafts
from dashboard.components.review.inbox import corrections, judging, words


def inbox() -> None:
    from dashboard.components.frame.notices import show_notices
    from dashboard.components.review.inbox import section

    show_notices()
    section.show()


def cases() -> None:
    from dashboard.components.frame.notices import show_notices
    from dashboard.components.review.cases import filters, listing

    show_notices()
    filters.main()
    filters.more()
    listing.listing(filters.wanted(), filters.order())


def page(script: Callable[[], None], name: str = "li", lang: str = "en", **query: str) -> AppTest:
    at = AppTest.from_function(script, default_timeout=120)
    at.session_state[state.ACTOR], at.session_state[state.LANGUAGE] = name, lang
    for key, value in query.items():
        at.query_params[key] = value
    return run(at)


def run(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> str:
    return "\n".join(
        str(one.value) for kind in ("markdown", "caption", "info", "error") for one in getattr(at, kind)
    )


def report(count: int = 3, **more: object) -> tuple[int, ...]:
    given = [BadCaseDraft(f"问{i}", f"答{i}", "not_same", "bank", **more) for i in range(count)]  # type: ignore[arg-type]
    return resources.store().bad_cases.add_many(given)[0]


def test_cases_that_come_without_a_score_are_judged() -> None:
    report()
    waiting = resources.store().bad_cases.unjudged()
    resources.jobs().wait(judging.start(waiting), 120)
    found = resources.store().bad_cases.search().rows
    assert all(case.score is not None and case.tier_given and case.margin is not None for case in found)
    assert {case.fingerprint for case in found} == {resources.encoder().fingerprint}


def test_the_inbox_says_what_waits_and_what_becomes_of_it() -> None:
    report(tier_given="same", score=0.95)
    resources.store().bad_cases.add(BadCaseDraft("答0", "问0", "same", "bank", reporter="wang"))
    at = page(inbox)
    assert "3 new cases · 1 conflict" in said(at)
    assert "regression test" in said(at)
    assert "2 with other reviewers" not in said(at)
    resources.store().reviews.release("li")
    resources.store().reviews.take("wang", count=2)
    assert "2 with other reviewers" in said(page(inbox))


def test_a_conflict_shows_both_opinions_with_names_and_notes() -> None:
    report(1, tier_given="same", reporter="li", note="第一")
    resources.store().bad_cases.add(BadCaseDraft("答0", "问0", "same", "bank", reporter="wang", note="第二"))
    (one,) = resources.store().reviews.take("zhao")
    item = words.item(one, CaseWords({}))
    lines = [text for text, _ in item.lines]
    assert any("li" in line and "第一" in line for line in lines)
    assert any("wang" in line and "第二" in line for line in lines)
    assert item.off == ("Y",)


def test_wrong_labels_are_corrected_and_brought_back() -> None:
    pairs = pd.DataFrame(
        {
            "text_a": ["问0", "问1"],
            "text_b": ["答0", "答1"],
            "label": [0.0, 0.0],
            "kind": "binary",
            "domain": "bank",
        }
    )
    dataset = resources.store().datasets.add("d", pairs)
    first, second = report(2, tier_given="same", source="evaluation")
    resources.store().reviews.answer("li", [Answer("a", first, REJECT), Answer("b", second, CONFIRM)])
    at = page(inbox)
    assert "1 wrong label in your data" in [one.label for one in at.expander]
    at.button(key="labels_correct").click()
    run(at)
    assert resources.store().datasets.frame(dataset.id)["label"].tolist() == [1.0, 0.0]
    at.button(key="undo").click()
    run(at)
    assert resources.store().datasets.frame(dataset.id)["label"].tolist() == [0.0, 0.0]
    resources.store().reviews.answer("li", [Answer("c", report(1, tier_given="same")[0], RIGHT_TIER, "related")])
    assert corrections.LOOKED_AT > 2


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_link_to_filtered_cases_works_in_every_language_and_after_counts_moved(lang: str) -> None:
    ids = report(5, tier_given="same")
    at = page(cases, lang=lang, status="new", expected="not_same")
    assert len(at.dataframe[0].value) == 5
    resources.store().bad_cases.set_status(ids[:2], "confirmed")
    run(at)
    assert len(at.dataframe[0].value) == 3
    at.text_input(key=state.CASE_TEXT).set_value("问")
    run(at)
    assert len(at.dataframe[0].value) == 3
    at.session_state[state.LANGUAGE] = "zh_CN" if lang == "en" else "en"
    run(at)
    assert len(at.dataframe[0].value) == 3
    assert at.query_params["status"] in ("new", ["new"])
    assert at.query_params["expected"] in ("not_same", ["not_same"])


def test_a_status_chosen_on_the_page_stands_in_the_url_by_its_value() -> None:
    report(2, tier_given="same")
    at = page(cases, lang="zh_CN")
    at.selectbox(key=state.CASE_STATUS).set_value("confirmed")
    run(at)
    assert at.query_params["status"] in ("confirmed", ["confirmed"])
    at.selectbox(key=state.CASE_STATUS).set_value("")
    run(at)
    assert "status" not in at.query_params


def test_all_that_match_are_moved_and_undone_without_what_others_changed() -> None:
    ids = report(60, tier_given="same")
    at = page(cases, status="new")
    at.checkbox(key="case_all").check()
    run(at)
    assert "60 selected" in said(at)
    at.button(key="case_apply").click()
    run(at)
    assert resources.store().bad_cases.counts()["confirmed"] == 60
    resources.store().bad_cases.set_status(ids[:1], "fixed", actor="wang")
    at.button(key="undo").click()
    run(at)
    assert "except for 1" in said(at)
    counts = resources.store().bad_cases.counts()
    assert (counts["new"], counts["fixed"]) == (59, 1)


def test_a_file_brings_reporters_and_notes() -> None:
    content = "text_a,text_b,expected,reporter,note\n甲,乙,not_same,王,不是一回事\n丙,丁,same,,\n".encode()
    read = read_bad_cases(content, name="cases.csv")
    assert read.dropped == ()
    assert [(one.reporter, one.note) for one in drafts(read.frame.assign(expected=["not_same", "same"]))] == [
        ("王", "不是一回事"),
        ("", ""),
    ]
    assert resources.store().bad_cases.search(BadCaseFilter()).total == 0
