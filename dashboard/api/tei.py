"""`/embed`, `/similarity`, `/rerank` and `/info` as Text Embeddings Inference (TEI) has them.

Answers are bare lists, which have no room for notices: a text that is too long is refused unless `truncate` is set.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, Field

import calibration
from calibration.decide import scoring_options
from calibration.encoding.batching import Vectors
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, TooLarge
from calibration.messages.note import note
from calibration.scoring.score_grid import score_grid
from calibration.scoring.score_pairs import ScoringOptions
from calibration.text.cleaning import CleanedText
from dashboard.api.embeddings import DIMENSIONS
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.fields import Name, Strings, Texts, as_texts
from dashboard.api.rerank import ranked
from dashboard.api.service import Service, Shared
from dashboard.api.similarity import checked, checked_text
from dashboard.api.work import Work

router = APIRouter(tags=["text embeddings inference"])

TOKENS: Final = N_("tokens; set truncate to cut the text")
MOST_RAW: Final = 32
"""Texts of a request without `normalize`: they are neither cached nor encoded in slices."""
NO_PROMPTS: Final = N_("is not supported: the model's own prompt is used")


def _inputs(value: Any) -> Any:
    return as_texts(value, "inputs")


class EmbedRequest(BaseModel):
    """`truncate`: cut texts that are too long, which are refused otherwise."""

    inputs: Annotated[Strings, BeforeValidator(_inputs, json_schema_input_type=str | list[str])] = Field(
        examples=[["花呗怎么还款"]]
    )
    normalize: bool = True
    truncate: bool = False
    dimensions: int | None = None
    prompt_name: Name | None = None


class SimilarityInputs(BaseModel):
    """A sentence, and those that it is compared with."""

    source_sentence: str = Field(examples=["花呗怎么还款"])
    sentences: Texts = Field(examples=[["花呗如何还款", "今天天气不错"]])


class TeiSimilarityRequest(BaseModel):
    """TEI's form of a question."""

    inputs: SimilarityInputs


class TeiRerankRequest(BaseModel):
    """`raw_scores`: cosines, also where the policy in use knows probabilities."""

    query: str = Field(examples=["花呗怎么还款"])
    texts: Texts = Field(examples=[["花呗如何还款", "今天天气不错"]])
    raw_scores: bool = False
    return_text: bool = False
    truncate: bool = False
    domain: Name | None = None


class TeiRank(BaseModel):
    """`index`: which text. `score`: P(same) where the policy in use has a map for it, else the cosine."""

    index: int
    score: float
    text: str | None = None


@router.post("/embed", responses=documented(*ENCODING), response_model=list[list[float]])
async def embed(request: Request, body: EmbedRequest, shared: Shared) -> Response:
    """One vector a text, normalised unless `normalize` is false."""
    if not body.inputs:
        raise BadField("inputs", N_("must hold at least one text"))
    shared.limits.check_texts("inputs", body.inputs)
    if not body.normalize and len(body.inputs) > MOST_RAW:
        raise TooLarge("inputs", len(body.inputs), MOST_RAW, N_("texts"))
    encoder = shared.encoder()
    if body.dimensions not in (None, encoder.dim):
        raise BadField("dimensions", note(DIMENSIONS, dim=encoder.dim))
    if body.prompt_name:
        raise BadField("prompt_name", NO_PROMPTS)
    cleaned = [text.text for text in checked("inputs", body.inputs, ScoringOptions())]
    if not body.truncate:
        await shared.aside(refuse_long, encoder, "inputs", cleaned)

    def answer(known: Encoder) -> Vectors:
        return known.encode(cleaned) if body.normalize else np.stack([known.raw(text) for text in cleaned])

    vectors = await shared.run(request, Work(cleaned if body.normalize else [], answer))
    return Response(await shared.aside(_rows, vectors), media_type="application/json")


@router.post("/similarity", responses=documented(*ENCODING), response_model=list[float])
async def similarity(request: Request, body: TeiSimilarityRequest, shared: Shared) -> list[float]:
    """The cosine of each sentence with the source."""
    given = body.inputs
    shared.limits.check_texts("inputs.source_sentence", [given.source_sentence])
    shared.limits.check_texts("inputs.sentences", given.sentences)
    stored = await shared.policy()
    options = scoring_options(stored.policy) if stored else ScoringOptions()
    source = checked_text("inputs.source_sentence", given.source_sentence, options)
    targets = checked("inputs.sentences", given.sentences, options)

    def answer(encoder: Encoder) -> list[float]:
        return score_grid([source], targets, encoder, options).scores[0].tolist()  # type: ignore[no-any-return]

    return await shared.run(request, Work(await shared.pieces([source, *targets], options), answer))


@router.post(
    "/rerank", responses=documented(*ENCODING), response_model=list[TeiRank], response_model_exclude_none=True
)
async def rerank(request: Request, body: TeiRerankRequest, shared: Shared) -> list[TeiRank]:
    """`texts` by their likeness to `query`, best first."""
    if not body.truncate:
        await _refuse_long(shared, "texts", body.texts)
    ranking, _ = await ranked(request, shared, body.query, "texts", body.texts, body.domain)
    scores = ranking.grid.scores[0].tolist() if body.raw_scores else ranking.relevance
    return [
        TeiRank(index=at, score=scores[at], text=body.texts[at] if body.return_text else None)
        for at in ranking.order()
    ]


@router.get("/info", responses=documented(401, 403, 503))
async def info(shared: Shared) -> dict[str, Any]:
    """What is served and within which limits, in TEI's words."""
    encoder, limits = shared.encoder(), shared.limits
    return {
        "model_id": encoder.name,
        "model_sha": encoder.fingerprint,
        "model_dtype": "float32",
        "model_type": {"embedding": {}},
        "max_concurrent_requests": limits.waiting,
        "max_input_length": encoder.max_tokens,
        "max_client_batch_size": limits.texts,
        "auto_truncate": False,
        "version": calibration.__version__,
    }


async def _refuse_long(shared: Service, field: str, texts: list[str]) -> None:
    shared.limits.check_texts(field, texts)
    cleaned: list[CleanedText] = checked(field, texts, ScoringOptions())
    await shared.aside(refuse_long, shared.encoder(), field, [text.text for text in cleaned])


def refuse_long(encoder: Encoder, field: str, texts: list[str]) -> None:
    """Raise TooLarge naming the first text that the model would not read to its end."""
    for at, count in enumerate(encoder.count_tokens(texts)):
        if count > encoder.max_tokens:
            raise TooLarge(f"{field}.{at}", count, encoder.max_tokens, TOKENS)


def _rows(vectors: Vectors) -> str:
    """Row by row, so that other threads run in between."""
    return f"[{', '.join(str(row.tolist()) for row in vectors)}]"
