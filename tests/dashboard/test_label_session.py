"""Labelling in the product: the draw becomes a session, answers count once, batches prove and become a dataset."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from calibration.store.answers import Answer
from calibration.store.sessions.records import LABEL, DomainSampling, LabellingSession
from dashboard import resources, state
from dashboard.components.label import session_certificate, session_files
from dashboard.components.label.session_tiers import certifiers
from dashboard.components.shared.answer_queue import marked_parts

COUNT, SIZE = 200, 50


def begin(kind: str = "binary", floor: float = -1.0) -> LabellingSession:
    scores = np.random.default_rng(0).random(COUNT) * 0.2 + 0.8
    names = [f"怎么办第{i}件事" for i in range(COUNT)]
    pairs = pd.DataFrame(
        {"text_a": names, "text_b": [f"{name}呢" for name in names], "domain": "bank", "score": scores.round(6)}
    )
    pool = tuple(np.linspace(1.0, 0.8, 1000).round(6).tolist())
    sampling = {"bank": DomainSampling(1000, 1000, floor, COUNT, pool)}
    return resources.store().sessions.add("线上", pairs, kind, sampling, batch_size=SIZE)


def label(session: LabellingSession, who: str, batches: int) -> None:
    frame = resources.store().sessions.frame(session.id, 0, batches)
    answers = [
        Answer(f"{who}-{place}", int(place), LABEL, float(score > 0.9))
        for place, score in zip(frame["position"], frame["score"], strict=True)
    ]
    resources.store().sessions.answer(session.id, who, answers)


def section(name: str = "li") -> AppTest:
    def script() -> None:
        from dashboard.components.frame.notices import show_notices
        from dashboard.components.label import session_section

        show_notices()
        session_section.show()

    at = AppTest.from_function(script, default_timeout=120)
    at.session_state[state.ACTOR] = name
    at.session_state[state.LANGUAGE] = "en"
    at.run()
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> str:
    return "\n".join(
        str(one.value) for kind in ("markdown", "caption", "info", "error") for one in getattr(at, kind)
    )


def test_without_a_session_the_page_says_how_to_get_one() -> None:
    assert "Nothing to label yet" in said(section())


def test_without_a_name_it_asks_for_one() -> None:
    begin()
    at = section("")
    assert "Enter your name first" in said(at)
    at.text_input(key="name_here").set_value("li").run()
    assert "0 of 200" in said(at)


def test_what_is_missing_is_said_and_only_finished_batches_prove() -> None:
    session = begin()
    label(session, "li", 1)
    resources.store().sessions.answer(session.id, "li", [Answer("s", SIZE, "skip")])
    words = said(section())
    assert "**50 of 200** pairs are labelled; 1 batch of 4 finished." in words
    assert "Batch 2 still lacks 50 of 50 labels. 1 of them was skipped" in words
    assert "**bank** (50 labels)" in words


def test_all_batches_certify_and_become_a_dataset_once() -> None:
    session = begin()
    label(session, "li", 4)
    at = section()
    assert "certified" in said(at)
    at.button(key="session_keep").click().run()
    assert not at.exception
    (dataset,) = resources.store().datasets.list()
    assert (dataset.rows, dataset.drawn) == (COUNT, "random_live")
    assert "in your data" in said(at)


def test_later_batches_are_added_to_the_same_dataset() -> None:
    session = begin()
    label(session, "li", 1)
    session_certificate.keep.__wrapped__(session, 1)  # type: ignore[attr-defined]
    label(session, "li", 3)
    session_certificate.keep.__wrapped__(session, 3)  # type: ignore[attr-defined]
    (dataset,) = resources.store().datasets.list()
    assert dataset.rows == 3 * SIZE


def test_two_people_who_differ_are_shown_and_decided() -> None:
    session = begin()
    label(session, "li", 1)
    place = 0
    was = resources.store().sessions.frame(session.id)["label"].iloc[place]
    resources.store().sessions.answer(session.id, "wang", [Answer("w", place, LABEL, 1.0 - was)])
    at = section()
    assert "kappa" in said(at)
    at.button(key=f"settle_{place}_second").click().run()
    assert resources.store().sessions.frame(session.id)["label"].iloc[place] == 1.0 - was


def test_the_certifier_takes_batches_in_the_order_of_the_draw() -> None:
    session = begin()
    label(session, "li", 4)
    rows = resources.store().sessions.frame(session.id)
    by_tier = certifiers(session, rows, "bank", 0.9)
    assert list(by_tier) == ["same", "unrelated"]
    assert {one.confidence for one in by_tier.values()} == {0.95}, "both hold together at 90%"
    below = by_tier["unrelated"].to_json()["drawn"]
    assert below["scores"] == (-rows["score"]).tolist()
    assert below["positives"] == (1.0 - rows["label"]).tolist()
    found = by_tier["same"]
    assert found.n == COUNT
    assert found.to_json()["drawn"]["batches"] == 4
    assert found.to_json()["drawn"]["scores"] == rows["score"].tolist()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_labels_from_elsewhere_come_back_once(ending: str) -> None:
    session = begin()
    label(session, "li", 1)
    make = session_files.csv_file if ending == "csv" else session_files.xlsx_file
    read = pd.read_csv if ending == "csv" else pd.read_excel
    table = read(io.BytesIO(make(session)))
    assert len(table) == COUNT - SIZE
    assert "score" not in table.columns
    table["label"] = table["label"].astype(object)
    table.loc[:9, "label"] = 1
    buffer = io.BytesIO()
    if ending == "csv":
        table.to_csv(buffer, index=False)
    else:
        table.to_excel(buffer, index=False)
    content = buffer.getvalue()
    taken = session_files.take_labels(session, content, f"labels.{ending}", "wang")
    assert (taken[0], taken[1]) == (10, 0)
    assert session_files.take_labels(session, content, f"labels.{ending}", "wang") == taken
    progress = resources.store().sessions.progress(session.id, "wang")
    assert (progress.labelled, progress.mine) == (SIZE + 10, 10)


def test_label_studio_gets_tasks_and_an_interface() -> None:
    session = begin("tier")
    tasks = json.loads(session_files.label_studio_file(session))
    assert set(tasks[0]["data"]) == {"id", "text_a", "text_b", "domain"}
    config = session_files.label_studio_config("tier")
    assert config.count("<Choice ") == 4
    assert 'value="3"' in config


def test_differences_are_marked_by_tag_and_by_character() -> None:
    a, b = marked_parts("信用卡分3期", "信用卡分12期")
    assert ("3期", "numbers") in a
    assert ("12期", "numbers") in b
    assert "".join(text for text, _ in b) == "信用卡分12期"
    c, d = marked_parts("今天天气", "怎么还款")
    assert {mark for _, mark in (*c, *d)} == {""}, "texts that share nothing are not marked all over"


def studio_exports(session: LabellingSession) -> dict[str, bytes]:
    """The first three tasks as Label Studio exports them once they are labelled 3, 0 and 1."""
    tasks = json.loads(session_files.label_studio_file(session))[:3]
    values = ("3", "0", "1")

    def annotation(value: str) -> dict[str, object]:
        place = {"id": "x1", "from_name": "label", "to_name": "text_a", "type": "choices", "origin": "manual"}
        result = [{**place, "value": {"choices": [value]}}]
        return {"id": 9, "completed_by": 1, "result": result, "was_cancelled": False, "lead_time": 3.2}

    full = [
        {"id": at, "data": task["data"], "annotations": [annotation(value)], "predictions": [], "meta": {}}
        for at, (task, value) in enumerate(zip(tasks, values, strict=True))
    ]
    skipped = {"id": 9, "data": tasks[0]["data"], "annotations": [{"id": 4, "result": [], "was_cancelled": True}]}
    small = [
        {**task["data"], "id": at, "label": value, "annotator": 1, "annotation_id": at, "lead_time": 3.2}
        for at, (task, value) in enumerate(zip(tasks, values, strict=True))
    ]
    return {
        "full.json": json.dumps([*full, {**skipped, "data": {**skipped["data"], "text_a": "别的"}}]).encode(),
        "min.json": json.dumps(small).encode(),
        "table.csv": pd.DataFrame(small).to_csv(index=False).encode(),
    }


@pytest.mark.parametrize("name", ["full.json", "min.json", "table.csv"])
def test_what_label_studio_exports_comes_back(name: str) -> None:
    session = begin("tier")
    content = studio_exports(session)[name]
    taken, unknown, unlabelled = session_files.take_labels(session, content, name, "li")
    assert (taken, unknown, unlabelled) == (3, 0, int(name == "full.json"))
    frame = resources.store().sessions.frame(session.id)
    assert frame["label"].iloc[:3].tolist() == [3.0, 0.0, 1.0]
