"""The protocols that platforms speak, each by a real client against the real server."""

from __future__ import annotations

import json
from typing import Any

import cohere
import httpx
import numpy as np
import openai
import pytest
from huggingface_hub import InferenceClient
from langchain_openai import OpenAIEmbeddings
from llama_index.embeddings.openai import OpenAIEmbedding

from calibration.encoding import CachedEncoder

QUERY = "花呗怎么还款"
TEXTS = ["今天天气不错", "花呗如何还款", "花呗怎么还款"]


@pytest.fixture(scope="module")
def scores(encoder: CachedEncoder) -> list[float]:
    vectors = encoder.encode([QUERY, *TEXTS])
    return (vectors[0] @ vectors[1:].T).tolist()


# ---------------------------------------------------------------- OpenAI


def test_openai_lists_the_model(url: str) -> None:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        (found,) = client.models.list().data
        assert (found.id, found.owned_by) == ("bundled", "simtier")
        assert client.models.retrieve("bundled").id == "bundled"
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("text-embedding-3-small")


def test_langchain_by_default_is_told_the_cure_and_then_works(url: str, encoder: CachedEncoder) -> None:
    options = {"base_url": f"{url}/v1", "api_key": "none", "model": "bundled"}
    with httpx.Client() as http:
        embeddings = OpenAIEmbeddings(**options, check_embedding_ctx_length=False, http_client=http)
        assert np.array(embeddings.embed_documents(TEXTS)) == pytest.approx(encoder.encode(TEXTS), abs=1e-5)
        assert embeddings.embed_query(QUERY) == pytest.approx(encoder.encode([QUERY])[0], abs=1e-5)
    # What it sends by default, whose tokenizer it would fetch from the network first.
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        with pytest.raises(openai.UnprocessableEntityError, match="check_embedding_ctx_length=False") as refused:
            client.embeddings.create(input=[[57668, 53901]], model="bundled")
        assert refused.value.param == "input"


def test_llama_index_gets_vectors(url: str, encoder: CachedEncoder) -> None:
    with httpx.Client() as http:
        options = {"model_name": "bundled", "api_base": f"{url}/v1", "api_key": "none", "http_client": http}
        embeddings = OpenAIEmbedding(**options)
        assert np.array(embeddings.get_text_embedding_batch(TEXTS)) == pytest.approx(
            encoder.encode(TEXTS), abs=1e-5
        )
        assert embeddings.get_query_embedding(QUERY) == pytest.approx(encoder.encode([QUERY])[0], abs=1e-5)


# ---------------------------------------------------------------- Text Embeddings Inference


def test_hugging_faces_client_speaks_to_the_tei_routes(
    url: str, encoder: CachedEncoder, scores: list[float]
) -> None:
    with InferenceClient(model=f"{url}/embed") as client:
        found = client.feature_extraction(QUERY)
    assert np.asarray(found)[0] == pytest.approx(encoder.encode([QUERY])[0], abs=1e-5)
    with InferenceClient(model=f"{url}/similarity") as client:
        similar = client.sentence_similarity(QUERY, TEXTS)
    assert similar == pytest.approx(scores, abs=1e-5)


def test_tei_embeds_one_and_many_raw_and_cut(client: httpx.Client, encoder: CachedEncoder) -> None:
    many = client.post("/embed", json={"inputs": TEXTS}).json()
    assert np.array(many) == pytest.approx(encoder.encode(TEXTS), abs=1e-5)
    (raw,) = client.post("/embed", json={"inputs": QUERY, "normalize": False}).json()
    assert abs(np.linalg.norm(raw) - 1) > 0.1
    long = {"inputs": ["a", "长" * 2000]}
    refused = client.post("/embed", json=long)
    assert (refused.status_code, refused.json()["error"]["field"]) == (413, "inputs.1")
    assert "truncate" in refused.json()["error"]["message"]
    assert len(client.post("/embed", json=long | {"truncate": True}).json()) == 2


def test_tei_reranks(client: httpx.Client, scores: list[float]) -> None:
    body = {"query": QUERY, "texts": TEXTS, "raw_scores": True, "return_text": True, "domain": "bank"}
    found = client.post("/rerank", json=body).json()
    assert [one["index"] for one in found] == [2, 1, 0]
    assert [one["score"] for one in found] == pytest.approx(sorted(scores, reverse=True), abs=1e-5)
    assert found[0]["text"] == QUERY
    assert "text" not in client.post("/rerank", json=body | {"return_text": False}).json()[0]


def test_tei_says_what_is_served(client: httpx.Client) -> None:
    found = client.get("/info").json()
    assert (found["model_id"], found["max_input_length"]) == ("bundled", 512)


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/embed", {"inputs": [[1, 2]]}, 422, "inputs"),
        ("/embed", {"inputs": []}, 422, "inputs"),
        ("/embed", {"inputs": "a", "dimensions": 7}, 422, "dimensions"),
        ("/embed", {"inputs": "a", "prompt_name": "query"}, 422, "prompt_name"),
        ("/embed", {"inputs": ["a"] * 33, "normalize": False}, 413, "inputs"),
        ("/similarity", {"inputs": {"source_sentence": "a", "sentences": []}}, 422, "inputs.sentences"),
        ("/similarity", {"inputs": {"source_sentence": " ", "sentences": ["a"]}}, 422, "inputs.source_sentence"),
        ("/rerank", {"query": "a", "texts": ["长" * 2000]}, 413, "texts.0"),
        ("/rerank", {"query": "a", "texts": ["b", " "]}, 422, "texts.1"),
        ("/v1/rerank", {"query": "a", "documents": []}, 422, "documents"),
        ("/v1/rerank", {"query": "a", "documents": ["b"], "top_n": 0}, 422, "top_n"),
        ("/v1/rerank", {"query": "", "documents": ["b"]}, 422, "query.0"),
        ("/v1/rerank", {"query": "a", "documents": [1]}, 422, "documents.0"),
    ],
)
def test_what_is_wrong_is_named(
    client: httpx.Client, path: str, body: dict[str, Any], status: int, field: str
) -> None:
    if client.get("/v1/policies/current").status_code == 200:
        body = body | {"domain": "bank"}
    refused = client.post(path, json=body)
    assert (refused.status_code, refused.json()["error"]["field"]) == (status, field), refused.text


# ---------------------------------------------------------------- rerankers


def test_documents_come_best_first_with_what_their_scores_are(client: httpx.Client, guarded: Any) -> None:
    body = {"model": "any", "query": QUERY, "documents": TEXTS, "top_n": 2, "return_documents": True}
    found = guarded.ask("/v1/rerank", guarded.read, **body).json()
    assert [one["index"] for one in found["results"]] == [2, 1]
    assert found["results"][0]["relevance_score"] == pytest.approx(1.0, abs=1e-5)
    assert found["results"][0]["document"] == {"text": QUERY}
    assert (found["policy"], found["results"][0]["tier"]) == (None, None)
    assert found["notices"][0]["code"] == "no_policy"


@pytest.mark.usefixtures("publish")
def test_a_policy_gives_tiers_and_says_which_relevance_it_is(client: httpx.Client) -> None:
    body = {"query": QUERY, "documents": [*TEXTS, {"text": "花呗\u200b还款"}], "domain": "bank"}
    found = client.post("/v1/rerank", json=body).json()
    assert found["notices"][0]["code"] == "relevance_cosine"  # this policy has no map
    assert [notice["index"] for notice in found["notices"][1:]] == [3]
    first = found["results"][0]
    assert (first["index"], first["tier"], "document" in first) == (2, "same", True)
    assert found["policy"]["name"] == "api"


def test_coheres_client_reranks(url: str) -> None:
    body: dict[str, Any] = {"model": "any", "query": QUERY, "documents": TEXTS, "top_n": 2}
    if httpx.get(f"{url}/v1/policies/current").status_code == 200:
        body["request_options"] = {"additional_body_parameters": {"domain": "bank"}}
    with httpx.Client() as http:
        found = cohere.ClientV2(api_key="none", base_url=url, httpx_client=http).rerank(**body)
    assert [one.index for one in found.results] == [2, 1]


def test_gradios_client_is_told_in_json_that_it_is_not_spoken_to(client: httpx.Client) -> None:
    answer = client.get("/config")
    assert answer.status_code == 404
    assert json.loads(answer.text)["error"]["code"] == "not_found"
