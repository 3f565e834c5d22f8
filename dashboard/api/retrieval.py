"""`/retrieval`: FAQ collections as an external knowledge base of Dify."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from calibration.corpus.matches import NO_ANSWER
from calibration.errors import NotFound
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import explained
from dashboard.api.faq_matching import AskedFaq, asked_faq, match_faq
from dashboard.api.fields import Name
from dashboard.api.service import Shared
from dashboard.api.similarity import checked

router = APIRouter(tags=["dify"])

UNKNOWN_KNOWLEDGE: Final = 2001
"""Dify's code for a knowledge base that does not exist."""


class RetrievalSetting(BaseModel):
    """What Dify's user has set: at most so many records, of at least this score."""

    top_k: int = Field(default=4, ge=1, le=100)
    score_threshold: float = Field(default=0.0, ge=0.0, le=1.0)


class RetrievalRequest(BaseModel):
    """`knowledge_id`: the name of a FAQ collection."""

    knowledge_id: Name = Field(examples=["bank-faq"])
    query: str = Field(examples=["花呗怎么还款"])
    retrieval_setting: RetrievalSetting = Field(default_factory=lambda: RetrievalSetting())


class Record(BaseModel):
    """One entry: `content` is its question and its answer. `score`: cosine, 0 where it is negative."""

    content: str
    score: float
    title: str
    metadata: dict[str, Any]


class RetrievalResponse(BaseModel):
    """Entries whose score reaches the collection's cut-off, best first; none where no answer may be given."""

    records: list[Record]


@router.post("/retrieval", responses=documented(*ENCODING, 404))
async def retrieval(request: Request, body: RetrievalRequest, shared: Shared) -> Any:
    """Entries of a collection that answer `query`.

    Only entries that reach both the collection's own cut-off and `score_threshold` are given, so that nothing is
    answered that the FAQ has no answer to. `metadata.decision` is `ambiguous` where two are near.
    """
    shared.limits.check_texts("query", [body.query])
    try:
        faq = await asked_faq(body.knowledge_id, shared)
    except NotFound as error:
        return unknown(error, request)
    queries = checked("query", [body.query], faq.index.options)
    matches = await match_faq(request, faq, queries, shared, body.retrieval_setting.top_k)
    found = matches.found[0]
    floor = max(body.retrieval_setting.score_threshold, faq.threshold.value)
    records = [
        _record(faq, int(row), float(score), found.decision, tier)
        for row, score, tier in zip(found.rows, found.scores, matches.tiers(found), strict=True)
        if score >= floor and found.decision != NO_ANSWER
    ]
    return RetrievalResponse(records=records)


def _record(faq: AskedFaq, row: int, score: float, decision: str, tier: str) -> Record:
    one = faq.questions[row]
    answer = faq.answer_of(one.key)
    return Record(
        content=f"{one.question}\n{answer}" if answer else one.question,
        score=max(0.0, min(1.0, score)),
        title=one.key,
        metadata={
            "key": one.key,
            "question": one.question,
            "answer": answer,
            "decision": decision,
            "tier": tier,
            "collection": faq.collection.name,
            "version": faq.collection.version,
            "threshold": faq.threshold.value,
            "threshold_source": faq.threshold.source,
            "margin": faq.margin,
        },
    )


def unknown(error: NotFound, request: Request) -> JSONResponse:
    """The error as SimTier says it, with the two fields that Dify reads."""
    said = explained(error, request.headers.get("accept-language"))
    found = json.loads(bytes(said.body))
    shown = {"error_code": UNKNOWN_KNOWLEDGE, "error_msg": found["error"]["message"]}
    return JSONResponse({**found, **shown}, said.status_code)
