"""`/v1/similarity`: every source against every target, with the tier that the policy in use gives each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from calibration.decide import decide_grid, scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import N_
from calibration.scoring.score_grid import GridScores, TextFacts, score_grid
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store.policies.records import StoredPolicy
from calibration.text.cleaning import CleanedText, explain_cleaning
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.fields import Name, Texts
from dashboard.api.service import Service, Shared
from dashboard.api.work import Work

router = APIRouter(prefix="/v1", tags=["similarity"])

NO_POLICY: Final = (
    "no policy is published, so there are no tiers; calibrate on labelled pairs and publish the result"
)
EMPTY: Final = N_("is empty once invisible characters and blanks are gone")


class SimilarityRequest(BaseModel):
    """`domain` chooses the thresholds; a policy of one domain needs none, and without a policy it is not used."""

    sources: Texts = Field(examples=[["花呗怎么还款"]])
    targets: Texts = Field(examples=[["花呗如何还款", "今天天气不错"]])
    domain: Name | None = None


class PolicyReference(BaseModel):
    """The policy that gave the tiers."""

    id: str
    version: int
    name: str


class Notice(BaseModel):
    """Something that the caller should know.

    `code` is cleaned, truncated, segmented, unknown_characters or no_policy.
    """

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
    sources = checked("sources", body.sources, options)
    targets = checked("targets", body.targets, options)

    def answer(encoder: Encoder) -> Found:
        if stored is None:
            return Found(score_grid(sources, targets, encoder, options))
        decided = decide_grid(stored.policy, sources, targets, encoder, body.domain or None)
        return Found(decided.grid, decided.tiers)

    texts = ([one.text for one in sources], [one.text for one in targets])

    found = await shared.run(request, Work(await shared.pieces([*sources, *targets], options), answer))
    # Aside: a quarter of a million scores take a moment, in which the next request is to be read.
    sent = await shared.aside(written, found, stored, body.domain, shared, texts)
    return Response(sent, media_type="application/json")


@dataclass(frozen=True)
class Found:
    """What the encoder's thread found; no tiers where no policy is published."""

    grid: GridScores
    tiers: tuple[tuple[str, ...], ...] | None = None


def written(
    found: Found,
    stored: StoredPolicy | None,
    domain: str | None,
    shared: Service,
    texts: tuple[Sequence[str], Sequence[str]],
) -> str:
    """The answer as it is sent; counted and sampled."""
    answered = response(found, stored)
    shared.metrics.tokens(sum(fact.tokens for fact in (*found.grid.sources, *found.grid.targets)))
    if stored is not None and answered.tiers:
        scores = [score for row in answered.scores for score in row]
        shared.sample(stored, domain, scores)
        tiers = [tier for row in answered.tiers for tier in row]
        shared.keep_pairs(stored, domain, lambda at: _pair(texts, at), scores, tiers)
        shared.metrics.tiers(domain, answered.tiers, stored.policy.domains)
    return answered.model_dump_json()


def _pair(texts: tuple[Sequence[str], Sequence[str]], at: int) -> tuple[str, str]:
    """The texts of the score at `at`, row by row."""
    row, column = divmod(at, len(texts[1]))
    return texts[0][row], texts[1][column]


def checked(field: str, texts: Sequence[str], options: ScoringOptions) -> list[CleanedText]:
    """The cleaned texts; raises BadField naming the first that comes out empty."""
    return [checked_text(f"{field}.{index}", text, options) for index, text in enumerate(texts)]


def checked_text(field: str, text: str, options: ScoringOptions) -> CleanedText:
    """The cleaned text; raises BadField where it comes out empty."""
    cleaned = explain_cleaning(text, options.cleaning)
    if not cleaned.text:
        raise BadField(field, EMPTY)
    return cleaned


def response(found: Found, stored: StoredPolicy | None) -> SimilarityResponse:
    """Scores, tiers and notices as they are sent."""
    said = [*notices("sources", found.grid.sources), *notices("targets", found.grid.targets)]
    if stored is None:
        said.insert(0, Notice(code="no_policy", message=NO_POLICY))
    return SimilarityResponse(
        scores=found.grid.scores.tolist(),
        tiers=None if found.tiers is None else [list(row) for row in found.tiers],
        policy=None if stored is None else reference(stored),
        notices=said,
    )


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
        if fact.unknown:
            text = f"the model does not know {fact.unknown}; where texts differ there, the score does not"
            found.append(Notice(code="unknown_characters", message=text, **place))
    return found
