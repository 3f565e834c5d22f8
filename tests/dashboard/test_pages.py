"""Journeys through every page, on the real model and a real store."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import dashboard
from calibration import Policy
from calibration.policies.policy import DomainPolicy
from calibration.store import BadCaseDraft, BadCaseFilter
from dashboard import resources
from dashboard.components.data import listing as dataset_listing
from dashboard.components.review.cases import files as case_files
from dashboard.components.review.cases import listing as case_listing

Open = Callable[..., Any]
VIEWS = Path(dashboard.__file__).parent / "views"

PAIRS = "text_a,text_b,label\n" + "\n".join(
    f"{a}{n}号,{b}{n}号,{label}"
    for n in range(20)
    for a, b, label in (("怎么退货", "如何办理退货", 1), ("怎么退货", "今天天气怎么样", 0))
)
BROKEN = """text_a,text_b,label
怎么退货,如何退货,1
,空的,1
运费谁出,谁付运费,7
发票怎么开,开发票,1
开发票,发票怎么开,1
"""


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("view", sorted(path.stem for path in VIEWS.glob("[a-z]*.py")))
def test_every_page_opens_empty_and_says_what_it_is_for(open_page: Open, view: str, locale: str) -> None:
    page = open_page(view, locale)
    assert page.at.title[0].value
    assert page.at.caption[0].value or page.at.caption[1].value
    chinese = any("\u4e00" <= character <= "\u9fff" for character in page.at.title[0].value)
    assert chinese == (locale == "zh-CN")
    assert not page.at.error


@pytest.mark.parametrize("tab", ["calibrate/costs", "calibrate/quality", "calibrate/preprocessing"])
def test_a_tab_without_pairs_offers_samples(open_page: Open, tab: str) -> None:
    assert open_page(tab).at.button(key="samples_here_all")


def test_the_switch_wins_over_the_browser(open_page: Open) -> None:
    page = open_page("compare", "en-US")
    assert page.at.title[0].value == "Compare"
    page.at.segmented_control(key="lang").set_value("zh_CN")
    assert page.run().at.title[0].value == "对比"
    assert page.go("data/datasets").at.title[0].value == "数据"


def test_live_comparison_without_a_policy(open_page: Open) -> None:
    page = open_page().press("example_1")
    said = page.words()
    assert "No policy is chosen" in said
    assert "4 results" in said
    assert "Published thresholds" in said
    scores = [float(m.value.split()[-1].rstrip("%")) for m in page.at.markdown if m.value.startswith("#### ")]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    page.at.toggle(key="live_sort").set_value(False)
    page.run()
    given = [float(m.value.split()[-1].rstrip("%")) for m in page.at.markdown if m.value.startswith("#### ")]
    assert sorted(given, reverse=True) == scores
    assert page.at.get("download_button")


def test_live_comparison_tells_what_cleaning_changed_and_what_was_not_read(open_page: Open) -> None:
    page = open_page("compare")
    page.at.text_area(key="live_source").set_value("怎么　退货\u200b")
    page.at.text_area(key="live_targets").set_value("如何退货\n" + "退货的规则很长，" * 200)
    said = page.run().words()
    assert "invisible characters removed" in said
    assert "blanks merged" in said
    assert "more than the model reads" in said
    page.at.selectbox(key="live_segments").set_value("max")
    assert "more than the model reads" not in page.run().words()


def test_user_text_is_shown_as_it_is_and_never_as_markup(open_page: Open) -> None:
    page = open_page("compare")
    page.at.text_area(key="live_source").set_value("a")
    page.at.text_area(key="live_targets").set_value("**bold** <b>x</b> $y$ :material/bolt: [l](http://e.org)")
    said = page.run().words()
    assert r"\*\*bold\*\* \<b\>x\</b\> \$y\$" in said
    assert "[l](" not in said


def test_a_wrong_answer_becomes_a_bad_case_once(open_page: Open) -> None:
    page = open_page("compare").press("example_0").press("report_0")
    assert page.at.button(key="report_save").disabled
    page.at.segmented_control(key="report_expected_1").set_value("unrelated")
    page.at.text_area(key="report_note_1").set_value("negated")
    page.run().press("report_save")
    (case,) = resources.store().bad_cases.search().rows
    assert (case.expected, case.tier_given, case.note, case.source) == ("unrelated", "same", "negated", "live")
    assert case.score is not None and case.fingerprint == resources.encoder().fingerprint  # noqa: PT018
    assert "Bad case 1 is recorded" in page.words()
    page.press("report_0")
    page.at.segmented_control(key="report_expected_2").set_value("weak")
    page.run().press("report_save")
    assert resources.store().bad_cases.search().total == 1
    assert "already open as bad case 1" in page.words()


def test_upload_save_rename_export_delete_and_undo(open_page: Open) -> None:
    page = open_page("data/datasets").upload("shop.csv", PAIRS.encode("gb18030"))
    assert [metric.value for metric in page.at.metric] == ["40", "0", "0", "0"]
    page.at.text_input(key=page.key("domain_", "text_input")).set_value("shop")
    page.run().press(page.key("save_"))
    (dataset,) = resources.store().datasets.list()
    assert (dataset.name, dataset.rows, dataset.domains) == ("shop", 40, ("shop",))
    assert "Saved as “shop”." in page.words()
    assert not any(str(button.key).startswith("save_") for button in page.at.button)
    page.at.text_input(key="rename_1").set_value("returns")
    page.run().press("rename_go_1")
    assert resources.store().datasets.get(1).name == "returns"
    for name in dataset_listing.FORMATS:
        assert dataset_listing.export(1, name)
    assert pd.read_csv(io.BytesIO(dataset_listing.export(1, "csv")))["text_a"][0] == "怎么退货0号"
    page.press("delete_1")
    assert not resources.store().datasets.list()
    page.press("undo")
    assert [kept.name for kept in resources.store().datasets.list()] == ["returns"]
    assert "Undone" in page.words()
    page.at.text_input(key=page.key("domain_", "text_input")).set_value("mall")
    assert page.run().key("save_"), "read with other columns, it is to be saved again"


def test_an_upload_that_is_not_saved_is_kept_and_not_forgotten(open_page: Open) -> None:
    page = open_page("data/datasets").upload("shop.csv", PAIRS.encode())
    page.at.text_input(key=page.key("name_", "text_input")).set_value("returns")
    assert any("Not saved yet" in badge.value for badge in page.run().at.markdown)
    page.go("calibrate/quality")
    assert "lost when you close this tab: shop\\.csv" in page.words()
    page.go("data/datasets")
    assert "lost when you close" not in page.words()
    assert page.at.text_input(key=page.key("name_", "text_input")).value == "returns"
    page.press(page.key("discard_"))
    assert not page.at.metric
    page.press("undo").press(page.key("save_"))
    assert [kept.name for kept in resources.store().datasets.list()] == ["returns"]
    assert "Not saved yet" not in page.words() + page.go("calibrate/quality").words()


def test_cases_and_policies_that_are_not_kept_wait_too(open_page: Open) -> None:
    mine = Policy({"bank": DomainPolicy({"same": 0.9})}, name="mine")
    page = open_page("review/find").upload("cases.csv", "text_a,text_b,expected\n甲,乙,same\n".encode())
    page.go("policies/files").upload("policy.json", json.dumps(mine.to_json()).encode())
    assert "cases\\.csv" in page.words()
    said = page.go("compare").words()
    assert "cases\\.csv" in said
    assert "policy\\.json" in said
    page.go("review/find").press("case_import_go")
    assert resources.store().bad_cases.search().total == 1
    page.go("policies/files").press("policy_import")
    assert "Not saved yet" not in page.words() + page.go("compare").words()


def test_bad_rows_are_listed_and_left_out_only_on_request(open_page: Open) -> None:
    page = open_page("data/datasets", "zh-CN").upload("broken.csv", BROKEN.encode())
    (problems,) = (frame.value for frame in page.at.dataframe if "rule" in frame.value.columns)
    assert problems[["row", "column"]].to_numpy().tolist() == [[3, "text_a"], [4, "label"]]
    assert problems["rule"][0] == "不能为空"
    assert [metric.value for metric in page.at.metric] == ["3", "2", "1", "0"]
    save = page.key("save_")
    assert page.at.button(key=save).disabled
    page.at.checkbox(key=page.key("accept_", "checkbox")).check()
    page.run().press(save)
    assert resources.store().datasets.list()[0].rows == 3


def test_a_file_that_is_no_table_is_refused_in_words(open_page: Open) -> None:
    page = open_page("data/datasets").upload("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert len(page.at.error) == 1
    assert "picture" in page.at.error[0].value
    page = open_page("data/datasets").upload("empty.csv", b"")
    assert "holds no pairs" in page.at.error[0].value


def test_two_names_that_collide_are_explained(open_page: Open) -> None:
    page = open_page("data/datasets").upload("a.csv", PAIRS.encode())
    resources.store().datasets.add("a", page.at.session_state["data_parsed"].popitem()[1].frame.head(3))
    page.run().press(page.key("save_"))
    assert "already" in page.at.error[0].value
    assert len(resources.store().datasets.list()) == 1


@pytest.fixture
def sampled(open_page: Open) -> Any:
    """A session that has loaded the bank sample."""
    return open_page("data/datasets").press("samples_bank")


def test_samples_load_once_and_say_what_they_are(sampled: Any) -> None:
    assert "not drawn from real traffic" in sampled.words()
    rows = resources.store().datasets.list()[0].rows
    assert rows >= 150
    sampled.press("samples_bank")
    assert [dataset.rows for dataset in resources.store().datasets.list()] == [rows]


def test_pairs_that_are_saved_join_the_chosen_datasets(sampled: Any) -> None:
    page = sampled.go("data/datasets").upload("own.csv", PAIRS.encode())
    before = page.at.session_state["datasets"]
    page.press(page.key("save_"))
    assert page.at.session_state["datasets"] == ["own", *before]


def test_each_sample_says_how_it_was_drawn(open_page: Open) -> None:
    assert "looks like real traffic" in open_page("data/datasets").press("samples_all").words()
    drawn = {one.domains[0]: one.drawn for one in resources.store().datasets.list()}
    assert drawn == {"service": "random_live", "ecommerce": "mined", "bank": "mined", "legal": "mined"}


def dataset(chart: Any, name: str) -> pd.DataFrame:
    """The rows of a chart under this name, as they are sent to the browser."""
    (sent,) = (one.data.data for one in chart.datasets if one.name == name)
    return pa.ipc.open_stream(sent).read_pandas()


def test_distribution_follows_its_sliders(sampled: Any) -> None:
    page = sampled.go("calibrate/distribution")
    page.at.button[0].click()
    page.run().finish()
    metrics, confusion = (table.value for table in page.at.table)
    assert metrics["Pairs"][0] == "≥\xa00.850"
    assert confusion.to_numpy().sum() == resources.store().datasets.list()[0].rows
    assert "separate nothing" in page.words()
    spec = json.loads(page.at.get("vega_lite_chart")[0].proto.spec)
    assert {layer["data"]["name"] for layer in spec["layer"][1:]} == {"rules"}
    assert dataset(page.at.get("vega_lite_chart")[0].proto, "rules")["tier"].tolist() == ["same"]
    page.at.slider(key="threshold_bank_weak").set_value(0.93)
    page.run()
    assert [page.at.slider(key=f"threshold_bank_{tier}").value for tier in ("same", "related")] == [0.93, 0.93]
    page.at.toggle(key="in_use_bank_same").set_value(False)
    page.run()
    moved, _ = (table.value for table in page.at.table)
    chart = page.at.get("vega_lite_chart")[0].proto
    assert json.loads(chart.spec) == spec, "a step moves rows, so that the browser need not redraw the chart"
    assert dataset(chart, "rules")["at"].tolist() == [0.93, 0.93]
    assert moved["Pairs"].tolist() == ["–", "≥\xa00.930", "≥\xa00.930", "<\xa00.930"]
    assert moved["Precision"][2] != metrics["Precision"][2]
    page.press("preset_published")
    assert page.at.table[0].value["Pairs"].tolist() == metrics["Pairs"].tolist()
    bars = page.at.selectbox(key="bar_bank_tier")
    bars.select_index(len(bars.options) - 1)
    count = int(bars.options[-1].split(" · ")[1].split()[0])
    assert len(page.run().at.dataframe[0].value) == min(count, 10)


def test_sliders_begin_where_tables_and_charts_show_the_policy(sampled: Any) -> None:
    store = resources.store().policies
    policy = Policy({"bank": DomainPolicy({"same": 0.978_217, "related": 0.95, "weak": None})}, cleaner="1")
    store.publish(store.save(policy).id)
    page = sampled.go("calibrate/distribution")
    page.at.button[0].click()
    page.run().finish()
    values = [page.at.slider(key=f"threshold_bank_{tier}").value for tier in ("same", "related")]
    assert values == [0.979, 0.95]
    assert page.at.table[0].value["Pairs"].tolist() == ["≥\xa00.979", "≥\xa00.950", "–", "–"]
    chart = page.at.get("vega_lite_chart")[0].proto
    assert dataset(chart, "rules")["at"].tolist() == [0.978_217, 0.95], "the policy's own, so that counts agree"
    page.at.slider(key="threshold_bank_same").set_value(0.98)
    assert dataset(page.run().at.get("vega_lite_chart")[0].proto, "rules")["at"].tolist() == [0.98, 0.95]


def test_distribution_says_that_guards_are_not_in_its_numbers(sampled: Any) -> None:
    store = resources.store().policies
    thresholds = {"same": 0.979, "related": 0.95, "weak": None}
    page = sampled.go("calibrate/distribution")
    page.at.button[0].click()
    page.run().finish()
    assert "Guards are not in these numbers" not in page.words()
    store.publish(store.save(Policy({"bank": DomainPolicy(thresholds, guards=("numbers", "negation"))})).id)
    assert "Guards are not in these numbers" in page.run().words()
    assert "numbers, negation" in page.words().lower()


def test_scores_are_kept_for_the_second_look(sampled: Any, open_page: Open) -> None:
    page = sampled.go("calibrate/distribution")
    page.at.button[0].click()
    page.run().finish()
    again = open_page("calibrate/distribution")
    assert again.at.table
    assert len(resources.jobs().snapshots()) == 1


def test_what_a_calibration_scored_needs_no_scoring_again(sampled: Any) -> None:
    page = sampled.go("calibrate/fit").press("calibrate_go").finish().go("calibrate/distribution")
    assert "not scored yet" not in page.words()
    assert page.at.slider
    page.at.toggle(key="punctuation").set_value(True)
    assert "not scored yet" in page.run().words()


def test_calibrate_save_publish_and_judge_by_it(sampled: Any, open_page: Open) -> None:
    page = sampled.go("calibrate/fit")
    page.at.slider(key="precision").set_value(80)
    page.run().press("calibrate_go")
    job = page.at.query_params["calibrating"]
    said = page.finish().words()
    assert "**bank**: " in said
    assert "sample data" in said
    *_, thresholds, compared = (table.value for table in page.at.table)
    assert thresholds["Status"].str.contains("certified|out of reach|not provable|too few").all()
    assert set(compared["Thresholds"]) == {"Published", "Calibrated"}
    page.at.text_input(key="policy_name").set_value("bank policy")
    page.at.slider(key="precision").set_value(90)
    assert "made with other settings" in page.run().words()
    assert page.at.button(key="policy_publish").disabled
    page.at.slider(key="precision").set_value(80)
    assert "made with other settings" not in page.run().words()
    page.press("policy_publish")
    current = resources.store().policies.current()
    assert current is not None
    assert (current.name, current.version, current.status) == ("bank policy", 1, "published")
    assert current.policy.settings["precision"] == 0.8
    again = open_page("calibrate/fit", "zh-CN", calibrating=job)
    assert "**bank**：" in again.words()
    live = page.go("compare").press("example_1")
    assert "No policy is chosen" not in live.words()
    judged = [m.value for m in live.at.markdown if m.value.startswith("Policy ")]
    assert len(judged) == 4


def test_a_second_target_is_judged_beside_the_precision(sampled: Any) -> None:
    page = sampled.go("calibrate/fit").press("calibrate_go").finish()
    page.at.selectbox(key="joint_calibrate").set_value("coverage")
    page.run().at.number_input(key="joint_least_calibrate").set_value(95)
    assert "that accepts 95% of the pairs the labels rule out" in page.run().words().replace("\\", "")
    page.at.segmented_control(key="lang").set_value("zh_CN")
    assert "用这些分数达不到" in page.run().words()


def test_a_false_positive_rate_may_be_promised_instead(sampled: Any, open_page: Open) -> None:
    page = sampled.go("calibrate/fit")
    page.at.radio(key="target").set_value("rate")
    page.run().at.select_slider(key="rate").set_value(10.0)
    page.run().press("calibrate_go")
    job = page.at.query_params["calibrating"]
    assert "at most 10% score" in page.finish().words()
    *_, thresholds, compared = (table.value for table in page.at.table)
    assert thresholds["Certificate"].str.contains("false positive rate").any()
    assert "which is not promised" in page.words()
    assert compared["Within the band"].str.contains("%").any()
    page.press("policy_publish")
    current = resources.store().policies.current()
    assert current is not None
    assert (current.policy.settings["fpr"], current.policy.provenance("bank", "same")) == (0.1, "certified")
    assert "最多 10% 的分数" in open_page("calibrate/fit", "zh-CN", calibrating=job).words()


def test_an_older_policy_is_taken_into_use_again(sampled: Any) -> None:
    page = sampled.go("calibrate/fit").press("calibrate_go").finish()
    page.press("policy_publish").press("policy_publish").finish().press("gate_publish").go("policies/versions")
    first, second = sorted(resources.store().policies.list(), key=lambda stored: stored.version)
    assert (first.status, second.status) == ("retired", "published")
    page.press(f"publish_{first.id}").finish().press("gate_publish")
    assert resources.store().policies.get(first.id).status == "published"
    assert "v1" in page.at.toast[0].value


def test_a_policy_of_another_model_is_refused_but_scores_are_shown(sampled: Any, open_page: Open) -> None:
    foreign = json.loads(json.dumps(Policy({}, name="foreign").to_json()))
    foreign["model"] = {"name": "other", "fingerprint": "f" * 32}
    foreign["scoring"] = {"cleaner": "1", "segments": "none"}
    foreign["domains"] = {"bank": {"thresholds": {"same": 0.9, "related": 0.8, "weak": 0.7}, "certificates": {}}}
    stored = resources.store().policies.save(Policy.from_json(foreign))
    resources.store().policies.publish(stored.id)
    page = open_page("compare").press("example_1")
    assert "fitted on model" in page.at.warning[0].value
    assert "4 results" in page.words()


def test_work_that_the_server_forgot_says_so(sampled: Any) -> None:
    page = sampled.go("calibrate/fit")
    page.at.query_params["calibrating"] = "before-the-restart"
    assert "no longer available" in page.run().words()
    page.press("calibrate_go").finish()
    assert "no longer available" not in page.words()


def test_cancelled_work_says_so_and_can_be_run_again(sampled: Any) -> None:
    page = sampled.go("calibrate/fit")
    blocked = resources.jobs().submit("block", lambda _progress, stop: stop.wait(60))
    page.press("calibrate_go")
    waiting = page.at.query_params["calibrating"]
    page.press(f"cancel_{waiting}")
    resources.jobs().cancel(blocked)
    assert "Stopped" in page.run().words()
    assert "**bank**: " in page.press("calibrate_go").finish().words()


def draft(number: int, **given: Any) -> BadCaseDraft:
    return BadCaseDraft(f"文本{number}", f"另一段{number}", **({"expected": "same", "domain": "bank"} | given))


def test_bad_cases_are_filtered_and_paged(open_page: Open) -> None:
    for number in range(60):
        resources.store().bad_cases.add(draft(number, domain="bank" if number % 2 else "shop"))
    page = open_page("review/cases")
    assert len(page.at.dataframe[0].value) == 50
    page.at.selectbox(key="case_domain").set_value("bank")
    assert len(page.run().at.dataframe[0].value) == 30
    page.at.text_input(key="q").set_value("文本11")
    assert page.run().at.dataframe[0].value["text_a"].tolist() == ["文本11"]
    page.at.text_input(key="q").set_value("nothing like it")
    assert "No bad case matches" in page.run().words()


def test_a_status_changes_in_bulk_and_back(open_page: Open) -> None:
    store = resources.store().bad_cases
    made = [store.add(draft(number))[0] for number in range(3)]
    page = open_page("review/cases")
    table = case_listing.table_key(store.search().rows)
    page.at.session_state[table] = {"selection": {"rows": [0, 1], "columns": []}}
    page.run().at.selectbox(key="case_target").set_value("confirmed")
    page.run().press("case_apply")
    assert store.counts()["confirmed"] == 2
    assert "2 cases are now: confirmed" in page.words()
    page.press("undo")
    assert store.counts() == {"new": 3, "confirmed": 0, "label_wrong": 0, "fixed": 0, "wont_fix": 0}
    assert [entry.action for entry in store.history(made[2].id)] == ["created", "changed", "undone"]
    page.at.session_state[table] = {"selection": {"rows": [0], "columns": []}}
    assert "王敏 · undone · status: confirmed → new" in page.run().words()


def test_a_case_is_added_by_hand_and_downloaded_as_pairs(open_page: Open) -> None:
    page = open_page("review/cases")
    page.at.text_input(key="add_text_a").set_value("怎么退货")
    page.at.text_input(key="add_text_b").set_value("如何退款")
    page.at.selectbox(key="add_expected").set_value("weak")
    page.run().press("case_add")
    (case,) = resources.store().bad_cases.search().rows
    assert (case.expected, case.domain, case.source) == ("weak", "default", "manual")
    pairs = pd.read_csv(io.BytesIO(case_files.pairs_csv(BadCaseFilter())))
    assert pairs[["text_a", "label", "purpose"]].to_numpy().tolist() == [["怎么退货", 1.0, "review"]]
    page.press("case_add")
    assert "must be" in page.at.error[0].value


def drop(page: Any, *files: tuple[str, str]) -> Any:
    page.at.file_uploader[0].set_value([(name, content.encode(), "text/csv") for name, content in files])
    return page.run()


def test_several_files_are_saved_at_once_but_for_those_with_bad_rows(open_page: Open) -> None:
    page = drop(
        open_page("data/datasets"), ("a.csv", PAIRS), ("b.csv", PAIRS.replace("号", "款")), ("c.csv", BROKEN)
    )
    assert "Save all 2 files" in [button.label for button in page.at.button]
    assert "1 file waits" in page.words()
    page.press("save_all")
    assert sorted(one.name for one in resources.store().datasets.list()) == ["a", "b"]
    assert "save_all" not in [button.key for button in page.at.button]


def test_columns_with_names_of_their_own_are_chosen(open_page: Open) -> None:
    content = "甲方说,乙方说,核对\n怎么退货,如何退货,1\n运费谁出,发票怎么开,0\n"
    page = open_page("data/datasets").upload("own.csv", content.encode())
    assert page.at.error
    for field, name in (("text_a", "甲方说"), ("text_b", "乙方说"), ("label", "核对")):
        page.at.selectbox(key=page.key(f"columns_{field}", "selectbox")).set_value(name)
    assert not page.run().at.error
    assert page.at.metric[0].value == "2"


def test_what_labels_mean_and_the_encoding_are_chosen(open_page: Open) -> None:
    content = "premise,hypothesis,label\n" + "".join(f"café {n},thé {n},{n % 2}\n" for n in range(20))
    page = open_page("data/datasets").upload("own.csv", content.encode("latin-1"))
    assert "GB18030" in page.at.error[0].value
    page.at.selectbox(key=page.key("columns_encoding", "selectbox")).set_value("latin-1")
    assert "entailment" in page.run().at.error[0].value
    page.at.selectbox(key=page.key("columns_scale", "selectbox")).set_value("binary")
    assert not page.run().at.error
    assert page.at.metric[0].value == "20"


def test_a_file_without_a_header_is_read_by_the_numbers_of_its_columns(open_page: Open) -> None:
    content = "1,怎么退货,如何退货\n0,运费谁出,发票怎么开\n"
    page = open_page("data/datasets").upload("own.csv", content.encode())
    page.at.checkbox(key=page.key("columns_no_header", "checkbox")).check()
    page.run()
    for field, name in (("text_a", "2"), ("text_b", "3"), ("label", "1")):
        page.at.selectbox(key=page.key(f"columns_{field}", "selectbox")).set_value(name)
    assert page.run().at.metric[0].value == "2"


def test_both_rows_of_a_duplicate_are_named(open_page: Open) -> None:
    content = (
        "text_a,text_b,label\n怎么退货,如何退货,1\n运费谁出,谁付运费,1\n如何退货,怎么退货,1\n谁付运费,运费谁出,0\n"
    )
    page = open_page("data/datasets").upload("twice.csv", content.encode())
    (found,) = [one.value for one in page.at.dataframe if "other" in one.value.columns]
    assert found[["row", "other"]].to_numpy().tolist() == [["3", "5"], ["4", "2"], ["5", "3"]]


def test_a_file_without_domains_says_which_domain_its_pairs_get(open_page: Open) -> None:
    page = open_page("data/datasets").upload("returns.csv", "text_a,text_b,label\n甲,乙,1\n".encode())
    assert "are in the domain “default”" in page.words()
    page.at.text_input(key=page.key("domain_", "text_input")).set_value("shop")
    assert "are in the domain" not in page.run().words()


def test_labels_in_the_wrong_column_are_noticed(open_page: Open) -> None:
    swapped = "sentence1,sentence2,label\n怎么退货,1,如何退货\n借呗还款,0,花呗还款\n".encode()
    said = open_page("data/datasets").upload("swapped.csv", swapped).words().replace("\\", "")
    assert "column sentence2 holds labels, and label holds none" in said
