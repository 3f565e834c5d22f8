"""FAQ collections over HTTP: upload, versions, matching, certified cut-offs, Dify, unanswered questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from calibration.store import open_store
from tests.api.conftest import Guarded, home, serving

ENTRIES = [
    {"key": "repay", "question": "花呗怎么还款", "similar": ["如何还花呗的钱"], "answer": "在账单页点立即还款。"},
    {"key": "limit", "question": "怎么提高花呗额度", "answer": "按时还款，多用花呗。"},
    {"key": "lost", "question": "银行卡丢了怎么办", "answer": "请先挂失。"},
]


@pytest.fixture(scope="module")
def faq_client(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[httpx.Client]:
    folder = home(tmp_path_factory.mktemp("faqs"), data_dir)
    with serving(folder, SIMTIER_KEEP_UNANSWERED="1") as base, httpx.Client(base_url=base, timeout=120) as client:
        yield client


@pytest.fixture
def bank(faq_client: httpx.Client) -> str:
    assert faq_client.put("/v1/faqs/bank", json={"entries": ENTRIES}).status_code in (200, 201)
    return "bank"


def error(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_an_upload_is_a_version_and_comes_back(faq_client: httpx.Client) -> None:
    path = "/v1/faqs/versions"
    first = faq_client.put(path, json={"entries": ENTRIES, "domain": "bank"})
    assert (first.status_code, first.json()["version"], first.json()["questions"]) == (201, 1, 4)
    again = faq_client.put(path, json={"entries": ENTRIES})
    assert (again.status_code, again.json()["version"], again.json()["created"]) == (200, 1, False)
    assert faq_client.put(path, json={"entries": ENTRIES[:1]}).json()["version"] == 2
    assert faq_client.post(f"{path}/restore", json={"version": 1}).json()["version"] == 3
    assert [one["version"] for one in faq_client.get(f"{path}/versions").json()["versions"]] == [3, 2, 1]
    kept = faq_client.get(f"{path}/entries").json()["entries"]
    assert [one["key"] for one in kept] == ["repay", "limit", "lost"]
    assert kept[0]["similar"] == ENTRIES[0]["similar"]
    assert "versions" in [one["name"] for one in faq_client.get("/v1/faqs").json()["faqs"]]
    assert faq_client.delete(path).status_code == 204
    assert error(faq_client.get(path))["code"] == "not_found"


def test_a_collection_is_matched_by_its_name(faq_client: httpx.Client, bank: str) -> None:
    body = {"queries": ["怎样偿还花呗", "珠穆朗玛峰有多高"], "collection": bank, "threshold": 0.9}
    answer = faq_client.post("/v1/match", json=body).json()
    best = answer["matches"][0]["answers"][0]
    assert (best["key"], best["answer"]) == ("repay", "在账单页点立即还款。")
    assert best["question"] in ("花呗怎么还款", "如何还花呗的钱")
    assert answer["matches"][1]["decision"] == "no_answer"
    assert len({one["key"] for one in answer["matches"][0]["answers"]}) == 3  # two phrasings, one answer
    direct = faq_client.post(
        "/v1/match", json={"queries": ["怎样偿还花呗"], "faq": ["花呗怎么还款"], "threshold": 0.9}
    )
    assert "question" not in direct.json()["matches"][0]["answers"][0]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"collection": "nowhere"}, 404, None),
        ({"collection": "bank", "faq": ["a"]}, 422, "collection"),
        ({"collection": None}, 422, "faq"),
        ({"collection": "x" * 201}, 422, "collection"),
        ({"collection": "bank", "k": 0}, 422, "k"),
    ],
)
def test_a_wrong_request_names_its_field(
    faq_client: httpx.Client, bank: str, change: dict[str, Any], status: int, field: str | None
) -> None:
    refused = faq_client.post("/v1/match", json={"queries": ["a"]} | change)
    assert (refused.status_code, error(refused)["field"]) == (status, field)


@pytest.mark.parametrize(
    ("entries", "status", "field"),
    [
        ([], 422, "entries"),
        ([{"question": " "}], 422, "entries.0.key"),
        ([{"question": "a", "key": "k" * 201}], 422, "entries.0.key"),
        ([{"question": "a", "similar": [1]}], 422, "entries.0.similar.0"),
        ([{"answer": "a"}], 422, "entries.0.question"),
        ([{"question": "x" * 2001}], 413, "entries.0.question"),
    ],
)
def test_a_wrong_entry_is_named(faq_client: httpx.Client, entries: list[Any], status: int, field: str) -> None:
    refused = faq_client.put("/v1/faqs/wrong", json={"entries": entries})
    assert (refused.status_code, error(refused)["field"]) == (status, field)
    assert faq_client.get("/v1/faqs/wrong").status_code == 404


def test_dify_gets_records_and_its_own_errors(faq_client: httpx.Client, bank: str) -> None:
    setting = {"top_k": 3, "score_threshold": 0.5}
    body = {"knowledge_id": bank, "query": "怎样偿还花呗", "retrieval_setting": setting}
    records = faq_client.post("/retrieval", json=body).json()["records"]
    assert records[0]["title"] == "repay"
    assert "在账单页点立即还款。" in records[0]["content"]
    assert 0.5 <= records[0]["score"] <= 1
    assert records[0]["metadata"]["key"] == "repay"
    assert all(one["score"] >= records[0]["metadata"]["threshold"] for one in records)
    nothing = body | {"query": "珠穆朗玛峰有多高"}
    assert faq_client.post("/retrieval", json=nothing).json()["records"] == []
    missing = faq_client.post("/retrieval", json=body | {"knowledge_id": "nowhere"})
    assert (missing.status_code, missing.json()["error_code"]) == (404, 2001)
    assert missing.json()["error_msg"] == error(missing)["message"]
    assert faq_client.post("/retrieval", json=body | {"retrieval_setting": {"top_k": 0}}).status_code == 422


def test_dify_needs_a_key_where_keys_are_in_use(guarded: Guarded) -> None:
    with open_store(guarded.folder / "simtier.sqlite") as store:
        from calibration.store.faqs.records import FaqQuestion

        store.faqs.save("bank", [FaqQuestion("repay", "花呗怎么还款", "账单页")])
    body: dict[str, Any] = {"knowledge_id": "bank", "query": "花呗怎么还款"}
    assert guarded.ask("/retrieval", **body).status_code == 401
    assert guarded.ask("/retrieval", guarded.read, **body).json()["records"][0]["title"] == "repay"
    assert (
        httpx.put(
            f"{guarded.base}/v1/faqs/bank",
            json={"entries": ENTRIES},
            headers={"X-API-Key": guarded.read},
            timeout=60,
        ).status_code
        == 403
    )


def test_unanswered_questions_are_kept_clustered_and_made_entries(faq_client: httpx.Client, bank: str) -> None:
    asked = ["怎么开通信用卡", "怎么开通信用卡", "如何开通信用卡", "火星上有水吗"]
    faq_client.post("/v1/match", json={"queries": asked, "collection": bank, "threshold": 0.99})

    def missed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = faq_client.get(f"/v1/faqs/{bank}/unanswered").json()["clusters"]
        return found

    for _ in range(100):
        if any("火星上有水吗" in one["queries"] for one in missed()):
            break
    clusters = missed()
    first = next(one for one in clusters if "怎么开通信用卡" in one["queries"])
    assert first["times"] >= 2
    assert [one["times"] for one in clusters] == sorted((one["times"] for one in clusters), reverse=True)
    entry = {"question": first["question"], "similar": first["queries"][1:], "answer": "在App里申请。"}
    added = faq_client.post(f"/v1/faqs/{bank}/entries", json={"entry": entry, "unanswered": first["ids"]})
    assert (added.status_code, added.json()["entries"]) == (201, 4)
    assert not any("怎么开通信用卡" in one["queries"] for one in missed())
    found = faq_client.post("/v1/match", json={"queries": ["怎么开通信用卡"], "collection": bank}).json()
    assert found["matches"][0]["answers"][0]["answer"] == "在App里申请。"


def test_unanswered_questions_are_kept_only_where_the_operator_says_so(client: httpx.Client) -> None:
    client.put("/v1/faqs/silent", json={"entries": ENTRIES})
    client.post("/v1/match", json={"queries": ["火星上有水吗"], "collection": "silent", "threshold": 0.99})
    assert client.get("/v1/faqs/silent/unanswered").json() == {"kept": False, "clusters": []}


def test_a_cutoff_is_certified_on_labelled_queries(faq_client: httpx.Client) -> None:
    questions = [f"第{number}号业务怎么办理" for number in range(60)]
    faq_client.put("/v1/faqs/many", json={"entries": [{"question": one} for one in questions]})
    queries = [f"{one}呢" for one in questions for _ in (0,)]
    body = {"queries": queries, "expected": questions, "precision": 0.5, "confidence": 0.8}
    answer = faq_client.post("/v1/faqs/many/calibrate", json=body).json()
    assert answer["cutoff"]["status"] in ("certified", "insufficient_labels", "not_certifiable")
    assert answer["collection"]["cutoff"]["n"] == 60
    found = faq_client.post("/v1/match", json={"queries": queries[:1], "collection": "many"}).json()
    if answer["cutoff"]["status"] == "certified":
        assert found["threshold"]["source"] == "certified"
        assert found["threshold"]["value"] == answer["cutoff"]["threshold"]
        faq_client.put("/v1/faqs/many", json={"entries": [{"question": one} for one in [*questions, "新的业务"]]})
        found = faq_client.post("/v1/match", json={"queries": queries[:1], "collection": "many"}).json()
        assert "cutoff_older" in [notice["code"] for notice in found["notices"]]
    else:
        assert "cutoff_unused" in [notice["code"] for notice in found["notices"]]
    wrong = faq_client.post("/v1/faqs/many/calibrate", json={"queries": ["a"], "expected": ["no such"]})
    assert (wrong.status_code, error(wrong)["field"]) == (422, "expected.0")
    short = faq_client.post("/v1/faqs/many/calibrate", json={"queries": ["a"], "expected": []})
    assert (short.status_code, error(short)["field"]) == (422, "expected")
