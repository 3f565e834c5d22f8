"""`/v1/rerank`: documents by their likeness to a query, in Jina's and Cohere's form."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from calibration.decide import decide_grid, scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import N_
from calibration.policies.probability_at_score import chance_of
from calibration.scoring.score_grid import GridScores, score_grid
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store.policies.records import StoredPolicy
from calibration.text.cleaning import CleanedText
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.fields import Name, at_most
from dashboard.api.service import Service, Shared
from dashboard.api.similarity import (
    NO_POLICY,
    Notice,
    PolicyReference,
    checked,
    notices,
    reference,
)
from dashboard.api.work import Work

router = APIRouter(tags=["rerank"])

MOST_OBJECTS: Final = 10_000
"""Documents that are looked at one by one; the limit on texts is counted after that."""
PROBABILITY: Final = "relevance_score is the probability that both texts mean the same, by the policy in use"
COSINE: Final = "relevance_score is the cosine, not a probability: {why}"
NO_MAP: Final = "the policy in use has none for this domain and these scores"


class Document(BaseModel):
    """A document as an object, as Cohere's clients may send it."""

    text: str


class RerankRequest(BaseModel):
    """`top_n`: so many of the best, all unless given. `model` is not looked at. `domain`: as in /v1/similarity."""

    query: str = Field(examples=["花呗怎么还款"])
    documents: Annotated[
        list[str | Document], Field(min_length=1, fail_fast=True), at_most("documents", MOST_OBJECTS)
    ] = Field(examples=[["花呗如何还款", "今天天气不错"]])
    top_n: int | None = Field(None, json_schema_extra={"minimum": 1})
    return_documents: bool = False
    domain: Name | None = None
    model: Name = ""


class Ranked(BaseModel):
    """`index`: which document. `relevance_score`: P(same) or the cosine, as a notice says. `tier`: null where no
    policy judges.
    """

    index: int
    relevance_score: float
    tier: str | None
    document: Document | None = None


class RerankUsage(BaseModel):
    """Tokens of the query and of all documents."""

    total_tokens: int


class RerankResponse(BaseModel):
    """`results`: best first."""

    id: str
    model: str
    results: list[Ranked]
    policy: PolicyReference | None
    notices: list[Notice]
    usage: RerankUsage


@dataclass(frozen=True)
class Ranking:
    """What the encoder's thread found: scores and tiers of all documents, whose `relevance` is reported."""

    grid: GridScores
    tiers: tuple[str | None, ...]
    relevance: tuple[float, ...]
    told: Notice

    def order(self) -> list[int]:
        """Documents, best first; equal ones in the order given."""
        return np.argsort(-self.grid.scores[0], kind="stable").tolist()  # type: ignore[no-any-return]


@router.post("/v1/rerank", responses=documented(*ENCODING), response_model_exclude_none=False)
@router.post("/v2/rerank", include_in_schema=False)
async def rerank(request: Request, body: RerankRequest, shared: Shared) -> RerankResponse:
    """Order `documents` by their likeness to `query`, best first."""
    if body.top_n is not None and body.top_n < 1:
        raise BadField("top_n", N_("must be at least 1"))
    texts = [one if isinstance(one, str) else one.text for one in body.documents]
    ranking, stored = await ranked(request, shared, body.query, "documents", texts, body.domain)
    said = [ranking.told, *notices("query", ranking.grid.sources), *notices("documents", ranking.grid.targets)]
    return RerankResponse(
        id=uuid.uuid4().hex,
        model=shared.encoder().name,
        results=[
            Ranked(
                index=at,
                relevance_score=ranking.relevance[at],
                tier=ranking.tiers[at],
                document=Document(text=texts[at]) if body.return_documents else None,
            )
            for at in ranking.order()[: body.top_n]
        ],
        policy=None if stored is None else reference(stored),
        notices=said,
        usage=RerankUsage(total_tokens=tokens_in(ranking)),
    )


async def ranked(
    request: Request, shared: Service, query: str, field: str, texts: Sequence[str], domain: str | None
) -> tuple[Ranking, StoredPolicy | None]:
    """Score, tier and relevance of every text of `field` for the query, and the policy that judged."""
    shared.limits.check_texts("query", [query])
    shared.limits.check_texts(field, texts)
    stored = await shared.policy()
    options = ScoringOptions()
    if stored is not None:
        options = scoring_options(stored.policy)
        stored.policy.check_model(shared.encoder().fingerprint, options.cleaning.key())
        stored.policy.domain(domain)
    source, targets = checked("query", [query], options), checked(field, texts, options)

    def answer(encoder: Encoder) -> Ranking:
        if stored is None:
            grid = score_grid(source, targets, encoder, options)
            return Ranking(
                grid, (None,) * len(targets), _cosines(grid), Notice(code="no_policy", message=NO_POLICY)
            )
        decided = decide_grid(stored.policy, source, targets, encoder, domain or None)
        return _judged(stored, decided.grid, decided.tiers[0], source[0], targets, domain or None)

    found = await shared.run(request, Work(await shared.pieces([*source, *targets], options), answer))
    shared.metrics.tokens(tokens_in(found))
    if stored is not None:
        tiers = [[str(tier) for tier in found.tiers]]
        shared.metrics.tiers(domain, tiers, stored.policy.domains)
    return found, stored


def tokens_in(ranking: Ranking) -> int:
    """Tokens of the query and of all texts."""
    return sum(fact.tokens for fact in (*ranking.grid.sources, *ranking.grid.targets))


def _judged(
    stored: StoredPolicy,
    grid: GridScores,
    tiers: tuple[str, ...],
    source: CleanedText,
    targets: Sequence[CleanedText],
    domain: str | None,
) -> Ranking:
    """P(same) of every text where the policy's map knows them all, else their cosines: one kind in one answer."""
    chances = [
        1.0 if target.text == source.text else _chance(stored, float(score), domain)
        for target, score in zip(targets, grid.scores[0], strict=True)
    ]
    known = [chance for chance in chances if chance is not None]
    if len(known) == len(chances):
        return Ranking(grid, tiers, tuple(known), Notice(code="relevance_probability", message=PROBABILITY))
    why = Notice(code="relevance_cosine", message=COSINE.format(why=NO_MAP))
    return Ranking(grid, tiers, _cosines(grid), why)


def _chance(stored: StoredPolicy, score: float, domain: str | None) -> float | None:
    found = chance_of(stored.policy, score, domain)
    return None if found is None else found.value


def _cosines(grid: GridScores) -> tuple[float, ...]:
    return tuple(grid.scores[0].tolist())
