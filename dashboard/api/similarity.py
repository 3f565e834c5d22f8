"""`/v1/similarity`: every source against every target, with the tier that the policy in force gives each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from calibration.clean import clean
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import N_
from calibration.policy import Policy
from calibration.score import GridScores, ScoringOptions, TextFacts, score_grid
from calibration.store.policy_records import StoredPolicy
from dashboard.api.documented import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.queue import Work
from dashboard.api.service import Service, Shared

router = APIRouter(prefix="/v1", tags=["similarity"])

NO_POLICY: Final = (
    "no policy is published, so there are no tiers; calibrate on labelled pairs and publish the result"
)
EMPTY: Final = N_("is empty once invisible characters and blanks are gone")
Texts = Annotated[list[str], Field(min_length=1)]


class SimilarityRequest(BaseModel):
    """`domain` chooses the thresholds; a policy of one domain needs none, and without a policy it is not used."""

    sources: Texts = Field(examples=[["花呗怎么还款"]])
    targets: Texts = Field(examples=[["花呗如何还款", "今天天气不错"]])
    domain: str | None = None


class PolicyReference(BaseModel):
    """The policy that gave the tiers."""

    id: str
    version: int
    name: str


class Notice(BaseModel):
    """Something that the caller should know: `code` is cleaned, truncated, segmented or no_policy."""

    code: str
    message: str
    field: str | None = None
    index: int | None = None


class SimilarityResponse(BaseModel):
    """`scores[i][j]`: cosine in [-1, 1] of source i and target j; `tiers[i][j]`: same, related, weak or unrelated.

    Without a published policy `tiers` and `policy` are null: a score alone says nothing of a pair.
    """

    scores: list[list[float]]
    tiers: list[list[str]] | None
    policy: PolicyReference | None
    notices: list[Notice]


@router.post("/similarity", response_model=SimilarityResponse, responses=documented(*ENCODING))
async def similarity(request: Request, body: SimilarityRequest, shared: Shared) -> Response:
    """Score every source against every target and give each pair its tier in `domain`."""
    shared.limits.check_texts("sources", body.sources)
    shared.limits.check_texts("targets", body.targets)
    shared.limits.check_scores("targets", len(body.sources), len(body.targets))
    stored = await shared.policy()
    options = ScoringOptions()
    if stored is not None:
        options = scoring_options(stored.policy)
        stored.policy.check_model(shared.encoder().fingerprint, options.cleaning.key())
        stored.policy.domain(body.domain)
    cleaned = checked("sources", body.sources, options) + checked("targets", body.targets, options)

    def answer(encoder: Encoder) -> GridScores:
        if stored is not None:  # again: a switch of the model may have come between
            stored.policy.check_model(encoder.fingerprint, options.cleaning.key())
        return score_grid(body.sources, body.targets, encoder, options)

    found = await shared.run(request, Work(cleaned, answer))
    # Aside: a quarter of a million scores take a moment, in which the next request is to be read.
    return Response(await shared.aside(written, found, stored, body.domain, shared), media_type="application/json")


def written(found: GridScores, stored: StoredPolicy | None, domain: str | None, shared: Service) -> str:
    """The answer as it is sent; counted and sampled."""
    answered = response(found, stored, domain)
    shared.metrics.tokens(sum(fact.tokens for fact in (*found.sources, *found.targets)))
    if stored is not None and answered.tiers:
        shared.sample(stored, domain, [score for row in answered.scores for score in row])
        shared.metrics.tiers(domain, answered.tiers, stored.policy.domains)
    return answered.model_dump_json()


def checked(field: str, texts: Sequence[str], options: ScoringOptions) -> list[str]:
    """The cleaned texts; raises BadField naming the first that comes out empty."""
    return [checked_text(f"{field}.{index}", text, options) for index, text in enumerate(texts)]


def checked_text(field: str, text: str, options: ScoringOptions) -> str:
    """The cleaned text; raises BadField where it comes out empty."""
    if cleaned := clean(text, options.cleaning):
        return cleaned
    raise BadField(field, EMPTY)


def response(found: GridScores, stored: StoredPolicy | None, domain: str | None) -> SimilarityResponse:
    """Scores, tiers and notices as they are sent."""
    said = [*notices("sources", found.sources), *notices("targets", found.targets)]
    if stored is None:
        said.insert(0, Notice(code="no_policy", message=NO_POLICY))
    scores = [[float(score) for score in row] for row in found.scores]
    return SimilarityResponse(
        scores=scores,
        tiers=None if stored is None else tiers(stored.policy, scores, domain),
        policy=None if stored is None else reference(stored),
        notices=said,
    )


def tiers(policy: Policy, scores: Sequence[Sequence[float]], domain: str | None) -> list[list[str]]:
    """The tier of every score."""
    return [[policy.tier(score, domain) for score in row] for row in scores]


def reference(stored: StoredPolicy) -> PolicyReference:
    """Which policy it is."""
    return PolicyReference(id=stored.id, version=stored.version, name=stored.name)


def notices(field: str, facts: Sequence[TextFacts]) -> list[Notice]:
    """What became of the texts of a field on their way to the model."""
    found: list[Notice] = []
    for index, fact in enumerate(facts):
        place: dict[str, Any] = {"field": field, "index": index}
        if fact.changes:
            found.append(Notice(code="cleaned", message=", ".join(fact.changes), **place))
        if fact.truncated:
            text = f"{fact.tokens} tokens are more than the model reads; the tail was cut"
            found.append(Notice(code="truncated", message=text, **place))
        if fact.segmented:
            text = f"{fact.tokens} tokens are more than the model reads; compared segment by segment"
            found.append(Notice(code="segmented", message=text, **place))
    return found
