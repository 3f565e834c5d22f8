"""A threshold exported to another package gives the same decisions as the policy itself."""

from __future__ import annotations

import ast
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from calibration import load_encoder
from calibration.errors import BadArgument, PolicyUnbound
from calibration.policies.export import export
from calibration.policies.export_targets import TARGETS, distance_at_most
from calibration.policies.policy import DomainPolicy, Policy

RNG = np.random.default_rng(0)
PAIRS = RNG.normal(size=(400, 2, 16))
PAIRS[:, 1] = PAIRS[:, 0] + PAIRS[:, 1] * np.linspace(0, 1.2, 400)[:, None]
PAIRS /= np.linalg.norm(PAIRS, axis=2, keepdims=True)
COSINES = (PAIRS[:, 0] * PAIRS[:, 1]).sum(axis=1)
THRESHOLD = 0.912345


def policy(**changes: Any) -> Policy:
    given = {"id": "p", "model": "thenlper/gte-large-zh", "fingerprint": "0123abcd", "cleaner": "1"}
    return Policy({"shop": DomainPolicy({"same": THRESHOLD, "related": None, "weak": None})}, **(given | changes))


def ours() -> list[bool]:
    return [policy().tier(float(score), "shop") == "same" for score in COSINES]


def theirs(to: str) -> list[bool]:
    """Decisions by the package's own comparison, from its documentation or source."""
    values = dict(export(policy(), to).values)
    if "distance_threshold" in values:
        return [1.0 - cosine <= values["distance_threshold"] for cosine in COSINES]
    if to == "gptcache":
        squared = ((PAIRS[:, 0] - PAIRS[:, 1]) ** 2).sum(axis=1)
        return [4.0 - distance >= 4.0 * values["similarity_threshold"] for distance in squared]
    if to == "milvus":
        return [cosine > values["radius"] for cosine in COSINES]
    (at,) = (value for name, value in values.items() if name != "metric_type")
    return [cosine >= at for cosine in COSINES]


@pytest.mark.parametrize("to", TARGETS)
def test_decisions_are_the_same(to: str) -> None:
    expected = ours()
    assert 20 < sum(expected) < 380
    assert theirs(to) == expected


@given(st.floats(-1, 1))
def test_no_distance_lets_a_lower_score_in(threshold: float) -> None:
    assert 1.0 - distance_at_most(threshold) >= threshold - 1e-9
    assert distance_at_most(threshold) > 1.0 - threshold - 2e-6


@pytest.mark.parametrize("to", TARGETS)
def test_snippets_can_be_read_and_hold_the_number(to: str) -> None:
    found = export(policy(), to)
    if to == "litellm":
        assert (
            yaml.safe_load(found.snippet)["litellm_settings"]["cache_params"]["similarity_threshold"] == THRESHOLD
        )
    elif to != "plain":
        numbers = {node.value for node in ast.walk(ast.parse(found.snippet)) if isinstance(node, ast.Constant)}
        assert {value for value in found.values.values() if isinstance(value, float)} <= numbers
    assert found.holds_for["fingerprint"] == "0123abcd"
    json.dumps(found.to_json(), allow_nan=False)


def test_what_no_package_repeats_is_refused() -> None:
    with pytest.raises(PolicyUnbound):
        export(policy(fingerprint=None), "redisvl")
    for wrong in ({"fingerprint": "0123-int8-1"}, {"model": "bundled"}, {"model": "http://gpu/v1#m"}):
        with pytest.raises(BadArgument, match="POLICY"):
            export(policy(**wrong), "sentence-transformers")
    with pytest.raises(BadArgument, match="segments"):
        export(policy(segments="max"), "redisvl")
    assert export(policy(segments="max"), "plain").values == {"cosine_at_least": THRESHOLD}
    with pytest.raises(BadArgument, match="shop"):
        export(policy(), "redisvl", tier="weak")
    with pytest.raises(BadArgument, match="redisvl"):
        export(policy(), "memcached")


def test_a_threshold_without_certificate_says_so() -> None:
    assert any("no certificate" in str(remark) for remark in export(policy(), "plain").notes)


def test_redisvl_takes_the_number() -> None:
    routers = pytest.importorskip("redisvl.extensions.router")
    values = dict(export(policy(), "redisvl-router").values)
    assert routers.Route(name="shop", references=["a"], **values).distance_threshold == pytest.approx(1 - THRESHOLD)


def test_gptcache_accepts_the_same_pairs() -> None:
    distance = pytest.importorskip("gptcache.similarity_evaluation.distance")
    evaluation = distance.SearchDistanceEvaluation(max_distance=4.0)
    low, high = evaluation.range()
    bar = (high - low) * export(policy(), "gptcache").values["similarity_threshold"]
    squared = ((PAIRS[:, 0] - PAIRS[:, 1]) ** 2).sum(axis=1)
    assert [evaluation.evaluation({}, {"search_result": (float(d), 0)}) >= bar for d in squared] == ours()


def test_semantic_router_accepts_the_same_pairs() -> None:
    router = pytest.importorskip("semantic_router", minversion="1.1")
    from semantic_router.encoders import DenseEncoder

    class Given(DenseEncoder):
        name: str = "given"
        type: str = "given"

        def __call__(self, docs: list[str]) -> list[list[float]]:
            return [PAIRS[int(text[1:]), int(text[0] == "u")].tolist() for text in docs]

    values, expected = dict(export(policy(), "semantic-router").values), ours()
    for place in range(0, 400, 40):
        route = router.Route(name="shop", utterances=[f"u{place}"], **values)
        found = router.IndexedRouter(Given(), [route], top_k=1, aggregation="max")(f"q{place}")
        assert (found.name == "shop") == expected[place]


def test_milvus_finds_the_pairs_that_the_policy_accepts(tmp_path: Path) -> None:
    pytest.importorskip("milvus_lite")
    from pymilvus import MilvusClient

    values = export(policy(), "milvus").values
    client = MilvusClient(uri=str(tmp_path / "v.db"))
    client.create_collection("simtier", dimension=16, metric_type="COSINE")
    client.insert("simtier", [{"id": place, "vector": pair[1].tolist()} for place, pair in enumerate(PAIRS)])
    near = {"metric_type": "COSINE", "params": {"radius": values["radius"]}}
    for place in range(0, 400, 40):
        (hits,) = client.search("simtier", [PAIRS[place, 0].tolist()], limit=400, search_params=near)
        cosines = PAIRS[:, 1] @ PAIRS[place, 0]
        assert {hit["id"] for hit in hits} == {other for other in range(400) if cosines[other] >= THRESHOLD}
    client.close()


def test_litellm_hands_redis_the_distance_that_accepts_the_same_pairs() -> None:
    """LiteLLM turns the similarity into redisvl's distance; redisvl accepts a distance at or below it."""
    cache = pytest.importorskip("litellm.caching.redis_semantic_cache")
    values = dict(export(policy(), "litellm").values)
    made = cache.RedisSemanticCache(redis_url="redis://localhost:1", **values)
    assert [1.0 - cosine <= made.distance_threshold for cosine in COSINES] == ours()


def test_sentence_transformers_decides_the_same(tiny_bert: Any, with_modules: Any, tmp_path: Path) -> None:
    """The snippet, run as it is printed, on a model folder that both load."""
    folder = with_modules(tiny_bert(tmp_path / "model"), "mean")
    encoder = load_encoder(str(folder), "cpu", tmp_path / "cache", models_dir=tmp_path)
    texts = [
        "花呗怎么还款",
        "怎么还款",
        "今天天气怎么样",
        "你好",
        "花呗额度怎么提升",
        "查询额度",
        "abc",
        "我想要还款",
    ]
    pairs = [(a, b) for at, a in enumerate(texts) for b in texts[at + 1 :]]
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    scores = [float(vectors[a] @ vectors[b]) for a, b in pairs]
    ordered = sorted(scores)
    at = round(
        (ordered[13] + ordered[14]) / 2, 6
    )  # between two scores: the last bits of two engines decide nothing
    own = Policy(
        {"shop": DomainPolicy({"same": at})},
        id="p",
        model=str(folder),
        fingerprint=encoder.fingerprint,
        cleaner="1",
    )
    made: dict[str, Any] = {}
    exec(export(own, "sentence-transformers").snippet, made)  # noqa: S102 (our own snippet)
    expected = [own.tier(score, "shop") == "same" for score in scores]
    assert [made["same"](a, b) for a, b in pairs] == expected
    assert sum(expected) == 14


def test_the_command_prints_and_writes(cli: Any, tmp_path: Path) -> None:
    policy().save(tmp_path / "p.json")
    found = cli.ok("export", tmp_path / "p.json", "--to", "redisvl", "-o", tmp_path / "cache.py")
    assert math.isclose(found["values"]["distance_threshold"], 1 - THRESHOLD)
    assert (tmp_path / "cache.py").read_text("utf-8") == found["snippet"]
    done = cli.here("export", tmp_path / "p.json", "--to", "gptcache", LC_ALL="zh_CN.UTF-8")
    assert "余弦" in done.stdout or "欧氏" in done.stdout
    assert "--to" in cli.refused("export", tmp_path / "p.json")
    assert "mars" in cli.refused("export", tmp_path / "p.json", "--to", "plain", "--domain", "mars")
