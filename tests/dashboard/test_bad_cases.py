"""Journeys through the pages of bad cases: corrected, sorted out, found, imported, kept, and what they share."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partialmethod
from typing import Any

import openpyxl
import pandas as pd
import pytest

from calibration.columns import TIERS
from calibration.costs.find_mistakes import expectations
from calibration.pairs import read_bad_cases
from calibration.policies.policy import DomainPolicy, Policy
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import SPLIT, BadCase, BadCaseDraft, BadCaseFilter, Part, PolicySource
from dashboard import resources
from dashboard.components.review.cases import files as case_files
from dashboard.components.review.cases import listing as case_listing
from dashboard.components.review.cases import patterns
from dashboard.components.review.cases import transitions as case_moves
from dashboard.components.review.find import ask as find_ask
from dashboard.components.review.find import outcome as find_outcome
from dashboard.components.review.find import run as find_run
from dashboard.components.shared import samples

Open = Callable[..., Any]
THRESHOLDS = {"same": 0.9, "related": 0.8, "weak": None}


def add(number: int = 0, **given: Any) -> BadCase:
    texts = {"text_a": f"信用卡分{number + 2}期", "text_b": "信用卡分99期", "expected": "related", "domain": "bank"}
    judged = {"score": 0.91, "tier_given": "same", "thresholds": THRESHOLDS}
    return resources.store().bad_cases.add(BadCaseDraft(**texts | judged | given))[0]


def test_a_case_is_corrected_on_the_page_and_taken_back(open_page: Open) -> None:
    case = add(note="旧")
    page = open_page("review/cases")
    table = case_listing.table_key([case])
    page.at.session_state[table] = {"selection": {"rows": [0], "columns": []}}
    page.at.text_input(key="actor").set_value("李")
    page.run().at.text_input(key=f"case_note_{case.id}_1").set_value("新")
    page.run()
    cases = resources.store().bad_cases
    assert (cases.get(case.id).note, cases.history(case.id)[-1].actor) == ("新", "李")
    page.press("undo")
    assert cases.get(case.id).note == "旧"
    page.at.session_state[table] = {"selection": {"rows": [0], "columns": []}}
    page.run().at.selectbox(key=f"case_expected_{case.id}_3").set_value("unrelated")
    page.run()
    assert (cases.get(case.id).expected, cases.get(case.id).margin) == ("unrelated", pytest.approx(0.11))


def test_undo_leaves_alone_what_had_that_status_before(open_page: Open) -> None:
    one, two = add(1), add(2)
    cases = resources.store().bad_cases
    cases.set_status([two.id], "confirmed")
    page = open_page("review/cases")
    page.at.session_state[case_listing.table_key(cases.search().rows)] = {
        "selection": {"rows": [0, 1], "columns": []}
    }
    page.run().at.selectbox(key="case_target").set_value("confirmed")
    page.run().press("case_apply").press("undo")
    assert (cases.get(one.id).status, cases.get(two.id).status) == ("new", "confirmed")


def test_selected_cases_go_into_a_dataset_for_review(open_page: Open) -> None:
    case = add()
    page = open_page("review/cases")
    page.at.session_state[case_listing.table_key([case])] = {"selection": {"rows": [0], "columns": []}}
    page.run().at.text_input(key="case_dataset_name").set_value("复核集")
    page.run().press("case_dataset_add")
    store = resources.store()
    (dataset,) = store.datasets.list()
    assert (dataset.name, store.datasets.frame(dataset.id)["purpose"].tolist()) == ("复核集", ["review"])
    assert store.bad_cases.history(case.id)[-1].new == "复核集"
    assert "Added 1 case" in page.words()


def test_all_that_a_filter_finds_goes_into_a_dataset_and_nothing_twice(open_page: Open) -> None:
    first = add(1)
    page = open_page("review/cases").press("case_dataset_add")
    store = resources.store()
    (dataset,) = store.datasets.list()
    second, third = add(2), add(3)
    page.run().at.selectbox(key="case_dataset").set_value(dataset.id)
    page.run().press("case_dataset_add")
    assert store.datasets.bad_cases_of(dataset.id) == {first.id, second.id, third.id}
    assert store.datasets.get(dataset.id).rows == 3
    assert "Added 2 cases" in page.words()
    assert "1 was there already" in page.words()
    page.press("case_dataset_add")
    assert store.datasets.get(dataset.id).rows == 3
    assert "already" in page.words()


def test_filters_are_saved_applied_and_brought_back(open_page: Open) -> None:
    add(1), add(2, domain="shop")
    page = open_page("review/cases")
    page.at.selectbox(key="case_domain").set_value("shop")
    page.at.selectbox(key="tag").set_value("numbers")
    page.at.selectbox(key="order").set_value("margin")
    page.run().at.text_input(key="case_filter_name").set_value("商城")
    page.run().press("case_filter_save")
    (saved,) = resources.store().case_filters.list()
    assert (saved.wanted, saved.order) == (BadCaseFilter(domain="shop", tag="numbers"), "margin")
    page.at.selectbox(key="case_domain").set_value("")
    assert len(page.run().at.dataframe[0].value) == 2
    page.press(f"case_filter_{saved.id}")
    assert page.at.dataframe[0].value["domain"].tolist() == ["shop"]
    page.press(f"case_filter_drop_{saved.id}").press("undo")
    assert [kept.name for kept in resources.store().case_filters.list()] == ["商城"]


def test_scores_and_days_filter(open_page: Open) -> None:
    case = add()
    page = open_page("review/cases")
    today = case.created_at.astimezone().date()
    page.at.number_input(key="score_from").set_value(0.9)
    page.at.date_input(key="since").set_value(today)
    page.at.date_input(key="until").set_value(today)
    assert len(page.run().at.dataframe[0].value) == 1
    page.at.date_input(key="until").set_value(today - timedelta(days=1))
    assert "No bad case matches" in page.run().words()
    page.at.date_input(key="until").set_value(None)
    page.at.number_input(key="score_from").set_value(0.95)
    assert "No bad case matches" in page.run().words()


def test_there_are_no_patterns_yet(open_page: Open) -> None:
    assert "No bad cases yet" in open_page("review/patterns").words()


def test_cases_are_found_in_labelled_data_and_kept(open_page: Open) -> None:
    samples.load(["bank"])
    page = open_page("review/find")
    page.press("find_go").finish()
    (job,) = resources.jobs().snapshots()
    outcome: find_run.FindOutcome = resources.jobs().result(job.id)
    (found,) = outcome.found.values()
    assert found.count("false_merge") > 10
    assert not found.out_of_fold
    assert "are false merges" in page.words()
    assert page.at.button(key="find_add").label == "Add the first 100"
    widths = {name: column["width"] for name, column in json.loads(page.at.dataframe[0].proto.columns).items()
              if "width" in column}  # fmt: skip
    first = ["text_a", "text_b", "given", "want"]
    assert list(page.at.dataframe[0].value)[:4] == first
    assert sum(widths[name] for name in first) < 700, "no scrolling to what was expected, on a small screen too"
    find_outcome.add(found.cases.head(3), outcome)
    kept = resources.store().bad_cases.search(order="margin").rows
    assert [case.margin for case in kept] == pytest.approx(found.cases["margin"].head(3).tolist())
    assert {case.source for case in kept} == {"evaluation"}
    assert kept[0].fingerprint == resources.encoder().fingerprint
    page.press("find_add")
    assert "Recorded 97 bad cases. 3 were already open." in page.words()
    page.at.segmented_control(key="lang").set_value("zh_CN")
    assert "个标注句对中，误合并 " in page.run().words()


def test_a_policy_that_was_fitted_on_the_pairs_judges_out_of_fold(open_page: Open) -> None:
    samples.load(["bank"])
    settings = {"precision": 0.8, "confidence": 0.9, "method": "auto", "claim": "domain"}
    encoder, options = resources.encoder(), ScoringOptions()
    policy = Policy(
        {"bank": DomainPolicy(THRESHOLDS)}, name="p", fingerprint=encoder.fingerprint,
        cleaner=options.cleaning.key(), segments=options.segments, settings=settings,
    )  # fmt: skip
    stored = resources.store().policies.save(policy)
    page = open_page("review/find")
    page.press("find_go").finish()
    outcome: find_run.FindOutcome = resources.jobs().result(resources.jobs().snapshots()[-1].id)
    assert outcome.policy is not None
    assert (outcome.policy.id, outcome.found["bank"].out_of_fold) == (stored.id, True)
    page.at.checkbox(key="find_refit").set_value(False)
    page.run().press("find_go").finish()
    outcome = resources.jobs().result(resources.jobs().snapshots()[-1].id)
    assert dict(outcome.found["bank"].cases["thresholds"].iloc[0]) == THRESHOLDS


@pytest.mark.parametrize(
    ("fitted_on", "out_of_fold", "said"),
    [
        ("bank", True, ": each pair is judged by a fit"),
        ("legal", False, "fitted on other datasets"),
        (None, True, ""),
    ],
)
def test_whether_a_policy_was_fitted_on_the_pairs_is_read_from_it(
    open_page: Open, fitted_on: str | None, out_of_fold: bool, said: str
) -> None:
    samples.load(["bank", "legal"])
    store, encoder, options = resources.store(), resources.encoder(), ScoringOptions()
    saved = {dataset.domains[0]: dataset for dataset in store.datasets.list()}
    policy = Policy(
        {"bank": DomainPolicy(THRESHOLDS)},
        name="p",
        fingerprint=encoder.fingerprint,
        cleaner=options.cleaning.key(),
        segments=options.segments,
        settings={"precision": 0.8, "confidence": 0.9, "method": "auto", "claim": "domain"},
    )
    sources = [
        PolicySource(one.id, one.name, one.version, one.content_hash, one.rows)
        for domain, one in saved.items()
        if domain == fitted_on
    ]
    store.policies.save(policy, sources=sources)
    page = open_page("review/find")
    page.at.multiselect(key="datasets").set_value([saved["bank"].name])
    page.run()
    asked = [box.key for box in page.at.checkbox if box.key == "find_refit"]
    assert bool(asked) == (fitted_on is None)
    assert said in page.words()
    page.press("find_go").finish()
    outcome = resources.jobs().result(resources.jobs().snapshots()[-1].id)
    assert {found.out_of_fold for found in outcome.found.values()} == {out_of_fold}


def test_a_dataset_made_of_others_leaves_the_question_to_the_user(open_page: Open) -> None:
    samples.load(["bank", "legal"])
    store = resources.store().datasets
    whole, other = store.list()
    sources = [PolicySource(whole.id, whole.name, whole.version, whole.content_hash, whole.rows)]
    (part,) = store.derive({"part": [Part(whole.id, range(20))]}, SPLIT)
    assert find_ask.fitted_on(sources, [whole, other]) == (whole.name,)
    assert find_ask.fitted_on(sources, [other]) == ()
    assert find_ask.fitted_on(sources, [part]) is None
    assert find_ask.fitted_on((), [whole]) is None


def test_a_file_of_cases_is_imported_on_agreement_only(open_page: Open) -> None:
    page = open_page("review/find")
    content = "text_a,text_b,expected,domain\n甲,乙,not_same,bank\n丙,,same,bank\n"
    page.at.file_uploader[0].upload("cases.csv", content.encode("gb18030"))
    page.run()
    assert "1 row cannot be used" in page.at.warning[0].value
    assert page.at.button(key="case_import_go").disabled
    page.at.checkbox(key="case_import_agree").check()
    page.run().press("case_import_go")
    (case,) = resources.store().bad_cases.search().rows
    assert (case.text_a, case.expected, case.domain, case.source) == ("甲", "not_same", "bank", "import")


def test_the_downloaded_list_can_be_imported_again(open_page: Open) -> None:
    for number, expected in enumerate((*TIERS, "not_same")):
        add(number, expected=expected, tier_given=None)
    report = read_bad_cases(case_files.list_csv(BadCaseFilter()), name="bad-cases.csv")
    assert not report.problems
    again = dict(zip(report.frame["text_a"], expectations(report.frame), strict=True))
    kept = resources.store().bad_cases.search().rows
    assert again == {case.text_a: case.expected for case in kept}


def test_the_downloaded_workbook_holds_texts_that_are_no_formulas(open_page: Open) -> None:
    add(1, note="=1+1", score=None)
    add(2, note="@x", score=0.91)
    sheet = openpyxl.load_workbook(io.BytesIO(case_files.list_xlsx(BadCaseFilter()))).active
    rows = list(sheet.iter_rows())
    head = [cell.value for cell in rows[0]]
    assert head == case_files.COLUMNS
    notes = [row[head.index("note")] for row in rows[1:]]
    assert [(cell.value, cell.data_type) for cell in notes] == [("@x", "s"), ("=1+1", "s")]
    assert [row[head.index("score")].value for row in rows[1:]] == [0.91, None]


def test_the_downloaded_list_leaves_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [add(number, score=None if number % 2 else 0.91, note=f"第{number}条") for number in range(5)]
    cases = type(resources.store().bad_cases)
    monkeypatch.setattr(cases, "parts", partialmethod(cases.parts, size=2))
    frame = pd.read_csv(io.BytesIO(case_files.list_csv(BadCaseFilter())))
    assert frame["id"].tolist() == [case.id for case in reversed(made)]
    assert frame["score"].isna().sum() == 2
    assert list(frame) == list(vars(made[0]))
    nothing = pd.read_csv(io.BytesIO(case_files.list_csv(BadCaseFilter(domain="没有"))))
    assert (len(nothing), list(nothing)) == (0, list(frame))


def test_more_than_go_at_once_go_when_it_is_pressed_again(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [add(number) for number in range(3)]
    monkeypatch.setattr(case_moves, "MOST", 2)
    page = open_page("review/cases")
    assert "At most 2 at once" in page.words()
    page.press("case_dataset_add")
    store = resources.store()
    (dataset,) = store.datasets.list()
    assert dataset.drawn == "mined", "bad cases are never drawn at random"
    assert store.datasets.bad_cases_of(dataset.id) == {case.id for case in made[1:]}
    page.run().at.selectbox(key="case_dataset").set_value(dataset.id)
    page.run().press("case_dataset_add")
    assert store.datasets.bad_cases_of(dataset.id) == {case.id for case in made}


def test_patterns_say_what_stands_out(open_page: Open) -> None:
    made = [add(number) for number in range(4)] + [add(9, domain="shop", text_b="别的")]
    resources.store().bad_cases.set_status([made[0].id, made[1].id], "confirmed")
    resources.store().bad_cases.set_status([made[2].id], "label_wrong")
    said = open_page("review/patterns").words()
    assert "Most of the **5** bad cases are in **bank** (4)" in said
    assert "**differing numbers**: 80% (" in said
    assert "Of 3 decided reports, 67% (" in said
    assert "最常见的标签是**数字不同**" in open_page("review/patterns", "zh-CN").words()


def test_a_bar_is_opened_without_a_mouse(open_page: Open) -> None:
    add(1), add(2, domain="shop"), add(3, domain="shop")
    page = open_page("review/patterns")
    assert page.at.button(key="pattern_choice_domain_go").disabled
    page.at.selectbox(key="pattern_choice_domain").set_value("shop")
    page.run().press("pattern_choice_domain_go")
    assert page.place() == "review/cases"
    assert page.at.dataframe[0].value["domain"].tolist() == ["shop", "shop"]
    assert page.go("review/patterns").at.button(key="pattern_choice_domain_go").disabled


def test_a_bar_leads_to_its_cases() -> None:
    every = BadCaseFilter(domain="bank")
    assert patterns.narrowed(every, "tag", "numbers") == BadCaseFilter(domain="bank", tag="numbers")
    band = patterns.narrowed(every, "band", "18")
    assert (band.score_from, band.score_to, patterns.band_name(18)) == (0.9, 0.95, "0.90 – 0.95")


def test_the_downloaded_list_holds_words_and_moments_that_people_read() -> None:
    case = add(1)
    (row,) = pd.read_csv(io.BytesIO(case_files.list_csv(BadCaseFilter()))).to_dict("records")
    assert case.tags
    assert row["tags"] == ", ".join(case.tags)
    assert row["created_at"] == case.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert json.loads(row["thresholds"]) == THRESHOLDS


def test_all_filters_are_cleared_at_once(open_page: Open) -> None:
    add(1)
    add(2, domain="shop")
    page = open_page("review/cases")
    assert "case_clear" not in [button.key for button in page.at.button]
    page.at.selectbox(key="case_domain").set_value("shop")
    assert len(page.run().at.dataframe[0].value) == 1
    page.press("case_clear")
    assert len(page.at.dataframe[0].value) == 2
    assert "case_clear" not in [button.key for button in page.at.button]


def test_one_source_alone_makes_no_chart(open_page: Open) -> None:
    add(1)
    assert "By source" not in open_page("review/patterns").words()
    add(2, source="import")
    assert "By source" in open_page("review/patterns").words()


def test_a_found_case_names_the_datasets_that_hold_it_and_no_others() -> None:
    pair = {"text_a": ["怎么退货"], "text_b": ["如何退货"], "label": [1.0], "kind": "binary", "domain": "shop"}
    rows = pd.DataFrame(pair)
    resources.store().datasets.add("one", rows)
    resources.store().datasets.add("two", rows.assign(text_b="退货吗"))
    both = pd.concat([rows, rows.assign(text_b="退货吗"), rows.assign(text_a="没有")], ignore_index=True)
    assert find_outcome.labelled_in(both, ["one", "two"]) == [["one"], ["two"], ["one", "two"]]


def test_texts_of_cases_wrap_and_all_rows_of_a_page_show(open_page: Open) -> None:
    for number in range(12):
        add(number, text_b="违约责任由双方另行约定，" * 5)
    table = open_page("review/cases").at.dataframe[0]
    assert len(table.value) == 12
    assert table.proto.row_height > 35


def test_cases_found_by_another_judge_are_marked(open_page: Open) -> None:
    samples.load(["bank"])
    page = open_page("review/find").press("find_go").finish()
    assert "made with other settings" not in page.words()
    samples.load(["ecommerce"])
    page.at.session_state["datasets"] = [one.name for one in resources.store().datasets.list()]
    assert "made with other settings" in page.run().words()
