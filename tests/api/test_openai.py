"""OpenAI's own client and plain requests against the real server."""

from __future__ import annotations

import openai
import pytest
import requests

from calibration.encoding import CachedEncoder

TEXTS = ["花呗如何还款", "今天天气不错"]


def test_openais_client_gets_vectors(url: str, encoder: CachedEncoder) -> None:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        coded = client.embeddings.create(input=TEXTS, model="any")  # it asks for base64 by itself
        plain = client.embeddings.create(input=TEXTS[0], model="any", encoding_format="float")
    assert [item.embedding for item in coded.data] == pytest.approx(encoder.encode(TEXTS), abs=1e-5)
    assert plain.data[0].embedding == pytest.approx(coded.data[0].embedding, abs=1e-5)
    assert coded.usage.prompt_tokens == sum(encoder.count_tokens(TEXTS))


def test_openais_client_reads_our_errors(url: str) -> None:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        with pytest.raises(openai.UnprocessableEntityError) as refused:
            client.embeddings.create(input=["ok", " "], model="any")
        assert (refused.value.param, refused.value.code) == ("input.1", "bad_field")
        with pytest.raises(openai.UnprocessableEntityError) as refused:
            client.embeddings.create(input="a", model="any", dimensions=7)
        assert refused.value.type == "invalid_request_error"


def test_plain_requests(url: str, encoder: CachedEncoder) -> None:
    answer = requests.post(f"{url}/api/predict", json={"data": ["花呗怎么还款", "\n".join(TEXTS)]}, timeout=60)
    vectors = encoder.encode(["花呗怎么还款", *TEXTS])
    assert answer.json()["data"] == pytest.approx(vectors[0] @ vectors[1:].T, abs=1e-5)
    refused = requests.post(f"{url}/v1/similarity", data="花呗", timeout=60)
    assert refused.status_code == 415
    assert refused.json()["error"]["message"]
