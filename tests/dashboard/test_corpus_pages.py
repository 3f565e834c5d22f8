"""Journeys through Deduplicate and Match, on the real model and the samples."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard import resources, state
from dashboard.components.batch.dedup import outcome as dedup_outcome
from dashboard.components.batch.dedup.review import review_of, split
from dashboard.components.batch.match import outcome as match_outcome

Open = Callable[..., Any]


def test_a_file_is_deduplicated_reviewed_and_taken_away(open_page: Open) -> None:
    page = open_page("batch/dedup").press("dedup_file_sample")
    assert page.at.selectbox(key=page.key("dedup_column", "selectbox")).value == "title"
    said = page.press("dedup_go").finish().words()
    (job,) = resources.jobs().snapshots()
    found = resources.jobs().result(job.id)
    told = found.clusters.counts()
    assert [metric.value for metric in page.at.metric] == [
        str(told[name]) for name in ("rows", "kept", "identical", "same_meaning")
    ]
    assert f"0 of {told['clusters']} clusters confirmed" in said
    assert "manual, not certified" in said

    representative = int(page.key("confirm_").rsplit("_", 1)[1])
    page.press(f"confirm_{job.id}_{representative}")
    assert f"1 of {told['clusters']} clusters confirmed" in page.words()
    away = page.go("compare").go("batch/dedup")  # what was confirmed, and the file, are still there
    assert f"1 of {told['clusters']} clusters confirmed" in away.words()

    other = int(found.clusters.members(int(found.clusters.groups()[0]))[1])
    split(found.run, [other])
    review = review_of(found)
    assert review.clusters.representative[other] == other
    frame = pd.read_csv(io.BytesIO(dedup_outcome.content(found, review, False, "csv")), keep_default_na=False)
    assert frame["reason"][other] == "split"
    assert (frame["review"] == "confirmed").sum() == len(found.clusters.members(representative))
    kept = pd.read_excel(io.BytesIO(dedup_outcome.content(found, review, True, "xlsx")))
    assert len(kept) == told["kept"] + 1
    page.press("dedup_go").finish()  # found again, as after a restart: what was decided is of the same clusters
    assert len(resources.jobs().snapshots()) == 2
    assert f"1 of {told['clusters']} clusters confirmed" in page.words()
    assert page.at.metric[1].value == str(told["kept"] + 1)
    page.press("dedup_restart")
    assert f"0 of {told['clusters']} clusters confirmed" in page.words()
    page.press("undo")
    assert f"1 of {told['clusters']} clusters confirmed" in page.words()
    page.at.segmented_control(key="lang").set_value("zh_CN")
    assert "批量" in page.run().words()


def test_bad_rows_are_listed_and_a_hopeless_file_is_explained(open_page: Open) -> None:
    page = open_page("batch/dedup")
    page.at.file_uploader[0].upload("t.csv", "title,n\n你好,1\n ,2\n你好,3\n".encode())
    page.run().press("dedup_go").finish()
    assert "1 row cannot be used." in page.words()
    assert [metric.value for metric in page.at.metric][:2] == ["2", "1"]
    page.at.file_uploader[0].upload("x.csv", b"\x89PNG\r\n\x1a\n")
    page.run()
    assert any("binary file" in error.value for error in page.at.error)


def test_queries_are_matched_and_matching_is_judged(open_page: Open) -> None:
    page = open_page("batch/match").press("match_faq_sample")
    page.at.slider(key="match_own").set_value(0.93)
    page.at.text_input(key=state.MATCH_QUERY).set_value("手机号换了，账号怎么改绑")
    assert "手机号换了怎么改绑定" in page.run().words()
    page.at.text_input(key=state.MATCH_QUERY).set_value("今天北京天气怎么样")
    assert "No answer" in page.run().words()
    page.press("match_queries_sample").press("match_go").finish()
    (job,) = resources.jobs().snapshots()
    found = resources.jobs().result(job.id)
    assert found.judged.in_scope == 48
    told = found.matches.counts()
    assert [metric.value for metric in page.at.metric] == [
        "60", str(told["answered"]), str(told["ambiguous"]), str(told["no_answer"])
    ]  # fmt: skip
    said = page.words()
    assert "Mean reciprocal rank" in said
    assert "48 of them with an answer here" in said
    frame = pd.read_excel(io.BytesIO(match_outcome.content(found, "xlsx")))
    assert len(frame) == 60 * 5


STALE = "These results were made with other settings"


def test_a_text_file_is_read_a_text_a_line_and_an_older_result_is_marked(open_page: Open) -> None:
    page = open_page("batch/dedup")
    page.at.file_uploader[0].upload("titles.txt", "怎么退货\n如何办理退货\n借呗提额\n怎么退货\n".encode())
    page.run()
    assert page.at.selectbox(key=page.key("dedup_column", "selectbox")).value == "text"
    said = page.press("dedup_go").finish().words()
    assert not page.at.error
    assert page.at.metric[0].value == "4", "the first line is no header"
    assert STALE not in said
    page.at.file_uploader[0].upload("q.csv", "id,question\n1,怎么退货\n2,如何退货\n".encode())
    assert STALE in page.run().words()
    assert page.at.selectbox(key=page.key("dedup_column", "selectbox")).value == "question"
