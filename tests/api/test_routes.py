"""What every route answers, over real HTTP with the real model."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import replace

import httpx
import numpy as np
import pytest

from calibration.encoding import CachedEncoder
from calibration.policies.gate import check
from calibration.policies.policy import DomainPolicy
from calibration.scoring.score_pairs import score_texts
from calibration.store import Store
from calibration.text.guards import GUARD_RULES
from tests.api.conftest import Guarded

SOURCE = "花呗怎么还款"
TARGETS = ["花呗如何还款", "今天天气不错"]


def predict(client: httpx.Client, *data: object) -> httpx.Response:
    return client.post("/api/predict", json={"data": list(data)})


def error(response: httpx.Response) -> dict[str, str]:
    found: dict[str, str] = response.json()["error"]
    return found


def test_one_source_and_lines(client: httpx.Client, encoder: CachedEncoder) -> None:
    answer = predict(client, SOURCE, "\n".join([TARGETS[0], "", "  ", TARGETS[1]])).json()
    expected = [score.score for score in score_texts(SOURCE, TARGETS, encoder)]
    assert answer["data"] == pytest.approx(expected, abs=1e-5)
    assert answer["is_generating"] is False
    assert answer["duration"] > 0
    assert predict(client, SOURCE, "").json()["data"] == []


def test_one_score_a_line_whatever_else_separates_its_words(client: httpx.Client) -> None:
    lines = ["a\u2028b", "c\x85d\x0be", "f\r"]
    assert len(predict(client, SOURCE, "\n".join(lines)).json()["data"]) == len(lines)


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        ([" ", "b"], 422, "data.0"),
        (["a", "b\n\u200b"], 422, "data.1"),
        (["a", "b\n" + "x" * 5001], 413, "data.1"),
        (["a", "b", "c", "d", "\u200b", "f"], 422, "data.4"),
        (["x" * 5001, "", True], 413, "data.0"),
        (["a", "b\n" * 2049], 413, "data"),
        (["a", "b", "c"] * 1025, 413, "data"),
    ],
)
def test_the_place_in_the_list_that_is_to_blame(
    client: httpx.Client, data: list[object], status: int, field: str
) -> None:
    refused = predict(client, *data)
    assert (refused.status_code, error(refused)["field"]) == (status, field)


def test_groups_of_three_keep_their_order_and_join_lines(client: httpx.Client) -> None:
    answer = predict(client, SOURCE, "a\nb", TARGETS[0], TARGETS[1], SOURCE, TARGETS[1]).json()["data"]
    assert len(answer) == 4
    alone = predict(client, SOURCE, "a b").json()["data"] + predict(client, SOURCE, TARGETS[0]).json()["data"]
    assert answer[:2] == pytest.approx(alone, abs=1e-5)
    assert answer[3] == pytest.approx(1.0, abs=1e-5)


def test_a_vector_raw_or_normalised_with_its_length(client: httpx.Client, encoder: CachedEncoder) -> None:
    raw, dim = predict(client, SOURCE, "", True, False, True, True).json()["data"]
    unit = predict(client, SOURCE, "", True, True, True, False).json()["data"]
    assert dim == len(raw) == len(unit) == encoder.dim
    assert abs(np.linalg.norm(raw) - 1) > 0.1
    assert np.asarray(raw) / np.linalg.norm(raw) == pytest.approx(np.asarray(unit), abs=1e-5)
    assert unit == pytest.approx(encoder.encode([SOURCE])[0], abs=1e-5)


def test_a_long_text_is_cut_or_refused_with_its_tokens(client: httpx.Client) -> None:
    long = "长" * 2000
    assert predict(client, long, "", True, True, True).status_code == 200
    refused = predict(client, long, "", True, True, False)
    assert refused.status_code == 422
    assert error(refused)["field"] == "data.0"
    assert re.search(r"\d{4} tokens", error(refused)["message"])


@pytest.mark.parametrize(
    "data", [[], ["a"], ["a", "b", "c"], [1, 2], ["a", "", True, "x"], ["a", "b", "c"] * 2 + ["d"]]
)
def test_a_list_in_no_known_form_is_refused(client: httpx.Client, data: list[object]) -> None:
    refused = predict(client, *data)
    assert refused.status_code == 422
    assert error(refused)["field"] == "data"


def test_similarity_without_a_policy_gives_no_tiers(guarded: Guarded) -> None:
    answer = guarded.ask("/v1/similarity", guarded.read, sources=[SOURCE], targets=TARGETS, domain="bank").json()
    assert (answer["tiers"], answer["policy"]) == (None, None)
    assert answer["notices"][0]["code"] == "no_policy"
    assert guarded.ask("/v1/policies/current", guarded.read).status_code == 404


@pytest.mark.usefixtures("publish")
def test_similarity_gives_tiers_of_the_domain_and_notices(client: httpx.Client, api_store: Store) -> None:
    body = {"sources": [SOURCE, "长" * 2000], "targets": [*TARGETS, "花呗\u200b还款"], "domain": "bank"}
    answer = client.post("/v1/similarity", json=body).json()
    scores = np.array(answer["scores"])
    assert scores.shape == (2, 3)
    wanted = np.where(scores >= 0.95, "same", np.where(scores >= 0.9, "related", "unrelated"))
    assert answer["tiers"] == wanted.tolist()
    current = api_store.policies.current()
    assert current is not None
    assert answer["policy"] == {"id": current.id, "version": current.version, "name": "api"}
    assert [(notice["code"], notice["field"], notice["index"]) for notice in answer["notices"]] == [
        ("truncated", "sources", 1),
        ("cleaned", "targets", 2),
    ]


@pytest.mark.usefixtures("publish")
def test_a_policy_with_guards_never_calls_what_they_hold_back_the_same(
    client: httpx.Client, api_store: Store
) -> None:
    current = api_store.policies.current()
    assert current is not None
    bank = DomainPolicy({"same": 0.9, "related": 0.8, "weak": None}, guards=("numbers",))
    guarded = replace(current.policy, domains={**current.policy.domains, "bank": bank}, guard_rules=GUARD_RULES)
    try:
        stored = api_store.policies.save(replace(guarded, id=""))
        api_store.policies.publish(stored.id, check(current.policy, stored.policy), reason="guards")
        served(client, stored.id)
        one, twelve, alike = "信用卡分3期手续费多少", "信用卡分12期手续费多少", "信用卡分3期手续费是多少"
        body = {"sources": [one], "targets": [twelve, alike], "domain": "bank"}
        answer = client.post("/v1/similarity", json=body).json()
        assert min(answer["scores"][0]) > 0.9
        assert answer["tiers"] == [["related", "same"]]
        asked = {"query": one, "documents": [twelve, alike], "domain": "bank"}
        ranked = client.post("/v1/rerank", json=asked)
        assert {found["index"]: found["tier"] for found in ranked.json()["results"]} == {0: "related", 1: "same"}
        case = {"text_a": one, "text_b": twelve, "expected": 0, "domain": "bank"}
        assert client.post("/v1/bad-cases", json=case).json()["tier_given"] == "related"
        shown = client.get("/v1/policies/current").json()
        assert shown["domains"]["bank"]["guards"] == ["numbers"]
    finally:
        api_store.policies.rollback()
        served(client, current.id)


def served(client: httpx.Client, policy: str) -> None:
    """Wait until a policy is the one that judges."""
    until = time.monotonic() + 10
    while client.get("/v1/policies/current").json().get("id") != policy:
        assert time.monotonic() < until, "a publication is not served"
        time.sleep(0.1)


@pytest.mark.usefixtures("publish")
def test_characters_that_the_model_does_not_know_are_noticed_and_never_the_same(client: httpx.Client) -> None:
    body = {"sources": ["李䶮的账户", "🫠"], "targets": ["李㛃的账户", "🪿", "李䶮的账户"], "domain": "bank"}
    answer = client.post("/v1/similarity", json=body).json()
    assert answer["scores"][0][0] > 0.9999
    assert answer["tiers"][0] == ["related", "unrelated", "same"]
    assert answer["tiers"][1][1] == "related"
    unknown = [one for one in answer["notices"] if one["code"] == "unknown_characters"]
    assert [(one["field"], one["index"]) for one in unknown] == [
        *(("sources", 0), ("sources", 1)),
        *(("targets", 0), ("targets", 1), ("targets", 2)),
    ]
    assert "䶮" in unknown[0]["message"]


@pytest.mark.usefixtures("publish")
def test_a_domain_that_the_policy_lacks_is_refused_in_the_callers_language(client: httpx.Client) -> None:
    body = {"sources": ["a"], "targets": ["b"], "domain": "moon"}
    refused = client.post("/v1/similarity", json=body, headers={"Accept-Language": "zh-CN"})
    assert refused.status_code == 422
    assert error(refused)["field"] == "domain"
    assert "bank" in error(refused)["message"]
    assert "moon" in error(refused)["message"]
    assert not error(refused)["message"].isascii()


@pytest.mark.usefixtures("publish")
@pytest.mark.parametrize("without", [{}, {"domain": None}, {"domain": ""}])
def test_without_a_domain_it_says_which_there_are(client: httpx.Client, without: dict[str, str | None]) -> None:
    asked = {"sources": ["a"], "targets": ["b"], **without}
    refused = client.post("/v1/similarity", json=asked)
    assert (refused.status_code, error(refused)["field"]) == (422, "domain")
    assert (error(refused)["code"], error(refused)["message"]) == (
        "domain_needed",
        "name a domain: this policy has bank, legal",
    )
    chinese = client.post("/v1/similarity", json=asked, headers={"Accept-Language": "zh"})
    assert error(chinese)["message"] == "请指明领域：该方案有 bank, legal"


ASKED = {"queries": [SOURCE, "怎么还\u200b花呗"], "faq": TARGETS, "domain": "bank"}


@pytest.mark.usefixtures("publish")
def test_matching_says_what_may_be_given(client: httpx.Client, api_store: Store) -> None:
    answer = client.post("/v1/match", json=ASKED | {"k": 1}).json()
    first = answer["matches"][0]
    assert (first["decision"], [near["index"] for near in first["answers"]]) == ("answered", [0])
    assert first["answers"][0]["tier"] == "same"
    assert answer["threshold"] == {"value": 0.95, "source": "manual", "tier": "same"}
    current = api_store.policies.current()
    assert current is not None
    assert answer["policy"]["id"] == current.id
    assert [(notice["code"], notice["field"], notice["index"]) for notice in answer["notices"]] == [
        ("cleaned", "queries", 1)
    ]
    near = ASKED | {"queries": ["怎么办理挂失？"], "faq": ["怎么办理挂失", "怎么办理挂失。"], "margin": 0.05}
    assert client.post("/v1/match", json=near).json()["matches"][0]["decision"] == "ambiguous"
    one = near | {"keys": ["lost", "lost"]}
    assert client.post("/v1/match", json=one).json()["matches"][0]["decision"] == "answered"


def test_matching_without_a_policy_goes_by_a_default_or_the_callers_threshold(guarded: Guarded) -> None:
    answer = guarded.ask("/v1/match", guarded.read, **ASKED).json()
    assert (answer["policy"], answer["threshold"]["source"]) == (None, "default")
    assert answer["notices"][0]["code"] == "no_policy"
    assert answer["matches"][0]["answers"][0]["tier"] is None
    own = guarded.ask("/v1/match", guarded.read, **ASKED, threshold=0.5).json()
    assert own["threshold"] == {"value": 0.5, "source": "manual", "tier": "same"}


@pytest.mark.usefixtures("publish")
@pytest.mark.parametrize(
    ("change", "status", "field", "says"),
    [
        ({"queries": ["ok", "\u200b"]}, 422, "queries.1", "空"),
        ({"faq": ["x" * 5001]}, 413, "faq.0", "字符"),
        ({"faq": ["a"] * 2049}, 413, "faq", "条文本"),
        ({"queries": ["a"] * 500, "faq": ["a"] * 501}, 413, "faq", "分数"),
        ({"keys": ["one"]}, 422, "keys", "faq 中的文本"),
        ({"keys": ["one", "x" * 5001]}, 413, "keys.1", "字符"),
        ({"k": 0}, 422, "k", "至少为 1"),
        ({"margin": -1}, 422, "margin", "之间"),
        ({"threshold": 1.5}, 422, "threshold", "之间"),
        ({"domain": "legal"}, 422, "tier", "领域"),
        ({"domain": "moon"}, 422, "domain", "moon"),
        ({"domain": None}, 422, "domain", "请指明领域"),
        ({"queries": []}, 422, "queries", ""),
    ],
)
def test_matching_names_the_field_that_is_wrong_in_the_callers_language(
    client: httpx.Client, change: dict[str, object], status: int, field: str, says: str
) -> None:
    refused = client.post("/v1/match", json=ASKED | change, headers={"Accept-Language": "zh"})
    assert (refused.status_code, error(refused)["field"]) == (status, field)
    assert says in error(refused)["message"]
    english = client.post("/v1/match", json=ASKED | change)
    assert error(english)["message"].isascii()


@pytest.mark.usefixtures("publish")
def test_the_current_policy_is_the_file_that_the_library_reads(client: httpx.Client) -> None:
    from calibration import Policy

    policy = Policy.from_json(client.get("/v1/policies/current").json())
    assert policy.tier(0.96, "bank") == "same"


def test_embeddings_as_floats_and_in_base64(client: httpx.Client, encoder: CachedEncoder) -> None:
    asked = {"input": TARGETS, "model": "any"}
    floats = client.post("/v1/embeddings", json=asked).json()
    coded = client.post("/v1/embeddings", json=asked | {"encoding_format": "base64"}).json()
    assert [item["index"] for item in floats["data"]] == [0, 1]
    vectors = np.array([item["embedding"] for item in floats["data"]])
    assert vectors == pytest.approx(encoder.encode(TARGETS), abs=1e-5)
    read = [np.frombuffer(base64.b64decode(item["embedding"]), "<f4") for item in coded["data"]]
    assert np.array(read) == pytest.approx(vectors, abs=1e-7)
    assert floats["usage"]["total_tokens"] == sum(encoder.count_tokens(TARGETS))
    assert client.post("/v1/embeddings", json={"input": TARGETS[0]}).json()["data"][0]["index"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"input": []}, "input"),
        ({"input": ["ok", " \u200b "]}, "input.1"),
        ({"input": "x" * 5001}, "input.0"),
        ({"input": [[1, 2]]}, None),
        ({"input": "a", "dimensions": 7}, "dimensions"),
        ({"input": "a", "encoding_format": "int8"}, "encoding_format"),
    ],
)
def test_embeddings_name_the_field_that_is_wrong(
    client: httpx.Client, body: dict[str, object], field: str | None
) -> None:
    refused = client.post("/v1/embeddings", json=body)
    assert refused.status_code in (413, 422)
    if field:
        assert error(refused)["field"] == field


def test_a_bad_case_is_kept_once_with_its_score(client: httpx.Client, api_store: Store) -> None:
    # No example of the documentation: another test may have reported those on this server.
    body = {"text_a": SOURCE, "text_b": "借呗怎样提前还款", "expected": 0, "note": "another product"}
    first = client.post("/v1/bad-cases", json=body)
    again = client.post("/v1/bad-cases", json=body | {"text_a": body["text_b"], "text_b": body["text_a"]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    case = api_store.bad_cases.get(first.json()["id"])
    assert (case.expected, case.source, case.note) == ("not_same", "api", "another product")
    assert case.score == pytest.approx(first.json()["score"])


@pytest.mark.usefixtures("publish")
def test_a_bad_case_carries_what_the_policy_said(client: httpx.Client, api_store: Store) -> None:
    body = {"text_a": "开户行", "text_b": "开户银行", "expected": "same", "domain": "legal"}
    case = api_store.bad_cases.get(client.post("/v1/bad-cases", json=body).json()["id"])
    assert case.tier_given in ("related", "unrelated")
    current = api_store.policies.current()
    assert current is not None
    assert case.policy_id == current.id


@pytest.mark.parametrize(
    ("change", "field"),
    [({"expected": "perhaps"}, "expected"), ({"text_a": "  "}, "text_a"), ({"text_b": "a\0b"}, "text_b")],
)
def test_a_bad_case_that_breaks_a_rule_is_refused(client: httpx.Client, change: dict[str, str], field: str) -> None:
    refused = client.post("/v1/bad-cases", json={"text_a": "a", "text_b": "b", "expected": 1} | change)
    assert (refused.status_code, error(refused)["field"]) == (422, field)


def test_what_is_no_json_no_route_or_too_large(client: httpx.Client) -> None:
    bad = client.post("/v1/similarity", content=b"{", headers={"Content-Type": "application/json"})
    assert (bad.status_code, error(bad)["field"]) == (400, "body")
    assert error(client.get("/v1/nothing"))["code"] == "not_found"
    assert error(client.get("/api/predict"))["code"] == "method_not_allowed"
    huge = client.post("/v1/similarity", content=b" " * (8 * 1024 * 1024 + 1))
    assert (huge.status_code, error(huge)["field"]) == (413, "body")
    surrogate = client.post(
        "/v1/similarity",
        content=b'{"sources": ["\\ud800"], "targets": ["a"]}',
        headers={"Content-Type": "application/json"},
    )
    assert surrogate.status_code == 422


def test_the_documentation_needs_no_network(client: httpx.Client) -> None:
    for path in ("/docs", "/redoc"):
        answer = client.get(path)
        page = answer.text
        assert "img-src 'self' data:;" in answer.headers["content-security-policy"]  # ReDoc's script wants a logo
        assert "http://" not in page.replace(str(client.base_url), "")
        assert "https://" not in page
        asset = page.partition('src="')[2].partition('"')[0]
        assert client.get(asset).status_code == 200
    schema = client.get("/openapi.json").json()
    assert set(schema["paths"]) >= {"/api/predict", "/v1/similarity", "/v1/embeddings"}
    assert set(re.findall(r"localhost:(\d+)", schema["info"]["description"])) == {str(client.base_url.port)}
