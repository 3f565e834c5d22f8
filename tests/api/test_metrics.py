"""What Prometheus reads, from a server that has just been used."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard.api.metrics import CONTENT_TYPE, Metrics

ROOT = Path(__file__).resolve().parents[2]
NAMES = re.compile(r"\bsimtier_\w+")
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(client: httpx.Client) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == CONTENT_TYPE
    return samples(answer.text)


def grown(before: Samples, after: Samples, name: str, **labels: str) -> float:
    key = (name, tuple(sorted(labels.items())))
    return after[key] - before.get(key, 0)


def test_requests_times_tokens_and_cache(client: httpx.Client) -> None:
    before = read(client)
    body = {"input": ["指标测试甲", "指标测试乙"]}
    for _ in range(2):
        assert client.post("/v1/embeddings", json=body).status_code == 200
    client.post("/v1/embeddings", json={"input": []})
    client.get("/v1/nowhere/身份")
    client.get("/v1/faqs/身份")
    client.post("/v2/rerank", json={})
    after = read(client)
    route = {"route": "/v1/embeddings"}
    assert grown(before, after, "simtier_requests_total", method="POST", status="200", **route) == 2
    assert grown(before, after, "simtier_requests_total", method="POST", status="422", **route) == 1
    assert grown(before, after, "simtier_requests_total", method="GET", status="404", route="other") == 1
    assert grown(before, after, "simtier_requests_total", method="GET", status="404", route="/v1/faqs/{name}") == 1
    assert grown(before, after, "simtier_requests_total", method="POST", status="422", route="/v2/rerank") == 1
    assert grown(before, after, "simtier_request_seconds_count", **route) == 3
    assert grown(before, after, "simtier_cache_misses_total") == 2
    assert grown(before, after, "simtier_cache_hits_total") == 2
    assert grown(before, after, "simtier_tokens_total") >= 4 * 5
    assert grown(before, after, "simtier_batch_texts_sum") == 4
    assert after[("simtier_queue_waiting", ())] == 0


@pytest.mark.usefixtures("publish")
def test_tiers_by_domain(client: httpx.Client) -> None:
    before = read(client)
    asked = {"sources": ["花呗怎么还款"], "targets": ["花呗怎么还款", "今天天气不错"], "domain": "bank"}
    tiers = client.post("/v1/similarity", json=asked).json()["tiers"]
    after = read(client)
    assert tiers[0][0] == "same"
    assert grown(before, after, "simtier_tiers_total", domain="bank", tier="same") == tiers[0].count("same")


def test_labels_are_bounded() -> None:
    metrics = Metrics()
    for number in range(1000):
        metrics.answered(f"M{number}", "other", 404, 0.1)
        metrics.tiers(f"domain {number}", [["same"]], ["bank"])
    metrics.tiers(None, [["same"]], ["bank"])
    found = samples(metrics.page().decode())
    requests = [key for key in found if key[0] == "simtier_requests_total"]
    assert len(requests) == 1
    tiers = {key[1]: value for key, value in found.items() if key[0] == "simtier_tiers_total"}
    assert tiers == {(("domain", "other"), ("tier", "same")): 1000, (("domain", "bank"), ("tier", "same")): 1}


def test_counting_is_safe_between_threads() -> None:
    metrics = Metrics()
    threads = [threading.Thread(target=lambda: [metrics.tokens(1) for _ in range(1000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert samples(metrics.page().decode())[("simtier_tokens_total", ())] == 8000


@pytest.mark.usefixtures("publish")
def test_what_runs_and_which_policy_is_in_use(client: httpx.Client) -> None:
    found = read(client)
    (build,) = [dict(labels) for name, labels in found if name == "simtier_build_info"]
    assert build["version"] == client.get("/health").json()["version"]
    (policy,) = [dict(labels) for name, labels in found if name == "simtier_policy_info"]
    assert policy["id"] == client.get("/v1/policies/current").json()["id"]
    assert policy["fingerprint"] == client.get("/health").json()["model"]["fingerprint"]


def test_best_scores_by_decision(client: httpx.Client) -> None:
    before = read(client)
    body = {"queries": ["花呗怎么还款", "珠穆朗玛峰有多高"], "faq": ["花呗怎么还款"], "threshold": 0.99}
    client.post("/v1/match", json=body)
    after = read(client)
    for decision in ("answered", "no_answer"):
        assert grown(before, after, "simtier_best_score_count", decision=decision) == 1


def test_the_grafana_dashboard_asks_for_metrics_that_there_are(client: httpx.Client) -> None:
    text = (ROOT / "docs" / "operations" / "grafana.json").read_text(encoding="utf-8")
    asked = {
        name
        for panel in json.loads(text)["panels"]
        for one in panel["targets"]
        for name in NAMES.findall(one["expr"])
    }
    known = {family.name for family in text_string_to_metric_families(client.get("/metrics").text)}
    assert len(asked) > 10
    assert {re.sub("_(total|bucket|sum|count)$", "", name) for name in asked} <= known
