"""`/v1/embeddings`: OpenAI's request and response, so that its clients work unchanged."""

from __future__ import annotations

import base64
import json
from typing import Final, Literal

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from calibration.encoding.batching import Vectors
from calibration.encoding.protocol import Encoder
from calibration.errors import N_
from calibration.messages.note import note
from calibration.scoring.score_pairs import ScoringOptions
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.fields import Name, OneOrMany
from dashboard.api.service import Shared
from dashboard.api.similarity import checked
from dashboard.api.work import Work

router = APIRouter(prefix="/v1", tags=["embeddings"])

DIMENSIONS: Final = N_("may only be {dim}, which this model's vectors have")


class EmbeddingsRequest(BaseModel):
    """OpenAI's fields. `model` is not looked at: one model is served. `dimensions` may only say what it has."""

    input: OneOrMany = Field(examples=[["花呗怎么还款"]])
    model: Name = ""
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    user: Name | None = None


class Embedding(BaseModel):
    """One L2-normalised vector: floats, or float32 little-endian in base64."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class Usage(BaseModel):
    """Tokens, special ones and the model's prompt included."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsResponse(BaseModel):
    """One embedding a text, in order."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: Usage


@router.post("/embeddings", response_model=EmbeddingsResponse, responses=documented(*ENCODING))
async def embeddings(request: Request, body: EmbeddingsRequest, shared: Shared) -> Response:
    """Vectors of one text or of a list of texts; texts are cleaned first, as everywhere here."""
    texts = body.input
    if not texts:
        raise BadField("input", N_("must hold at least one text"))
    shared.limits.check_texts("input", texts)
    encoder = shared.encoder()
    if body.dimensions not in (None, encoder.dim):
        raise BadField("dimensions", note(DIMENSIONS, dim=encoder.dim))
    cleaned = [text.text for text in checked("input", texts, ScoringOptions())]

    def answer(known: Encoder) -> tuple[Vectors, int]:
        return known.encode(cleaned), sum(known.count_tokens(cleaned))

    vectors, tokens = await shared.run(request, Work(cleaned, answer))
    shared.metrics.tokens(tokens)
    text = await shared.aside(body_of, vectors, body.encoding_format, encoder.name, tokens)
    return Response(text, media_type="application/json")


def body_of(vectors: Vectors, encoding: str, model: str, tokens: int) -> str:
    """The answer as it is sent. Vector by vector: a million numbers in one go would let no other thread run.

    >>> json.loads(body_of(np.array([[1.0]], np.float32), "base64", "m", 3))["data"]
    [{'object': 'embedding', 'index': 0, 'embedding': 'AACAPw=='}]
    """
    items = (
        json.dumps(Embedding(index=at, embedding=written(row, encoding)).model_dump())
        for at, row in enumerate(vectors)
    )
    usage = json.dumps(Usage(prompt_tokens=tokens, total_tokens=tokens).model_dump())
    return f'{{"object": "list", "data": [{", ".join(items)}], "model": {json.dumps(model)}, "usage": {usage}}}'


def written(vector: Vectors, encoding: str) -> list[float] | str:
    """A vector as OpenAI writes it.

    >>> written(np.array([1.0], np.float32), "base64")
    'AACAPw=='
    """
    if encoding == "base64":
        return base64.b64encode(np.ascontiguousarray(vector, "<f4").tobytes()).decode()
    return vector.tolist()  # type: ignore[no-any-return]
