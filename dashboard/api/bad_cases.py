"""`/v1/bad-cases`: a caller says which tier a pair should have had."""

from __future__ import annotations

import logging
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StrictInt, StrictStr

from calibration.columns import DEFAULT_DOMAIN
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import SimTierError
from calibration.score import ScoringOptions, score_grid
from calibration.store import BadCaseDraft
from dashboard.api.documented import ENCODING, documented
from dashboard.api.keys import CALLER
from dashboard.api.queue import Work
from dashboard.api.service import Service, Shared
from dashboard.api.similarity import checked

log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1", tags=["bad cases"])


class BadCaseRequest(BaseModel):
    """`expected`: same, related, weak, unrelated, not_same, 1 (the same) or 0 (not the same)."""

    text_a: str = Field(examples=["花呗怎么还款"])
    text_b: str = Field(examples=["借呗怎么还款"])
    expected: StrictStr | StrictInt = Field(examples=["related"])
    domain: str | None = None
    note: str = ""


class BadCaseResponse(BaseModel):
    """The case, new or open already. `score` and `tier_given` are what SimTier says now, null where it cannot."""

    id: int
    created: bool
    status: str
    score: float | None
    tier_given: str | None


@router.post(
    "/bad-cases",
    status_code=201,
    responses={
        200: {"model": BadCaseResponse, "description": "This pair is open already."},
        **documented(*ENCODING),
    },
)
async def add(request: Request, body: BadCaseRequest, shared: Shared, reply: Response) -> BadCaseResponse:
    """Record a pair that was judged wrongly. One that is open already is not recorded twice (200, the same id)."""
    for name in ("text_a", "text_b", "note"):
        shared.limits.check_texts(name, [getattr(body, name)])
    caller = request.scope.get(CALLER)
    draft = BadCaseDraft(
        text_a=body.text_a,
        text_b=body.text_b,
        expected=body.expected,
        domain=body.domain or DEFAULT_DOMAIN,
        note=body.note,
        source="api",
        reporter=caller.name if caller else "",
    )
    case, created = await shared.aside(shared.store().bad_cases.add, await judged(request, draft, shared))
    reply.status_code = 201 if created else 200
    return BadCaseResponse(
        id=case.id, created=created, status=case.status, score=case.score, tier_given=case.tier_given
    )


async def judged(request: Request, draft: BadCaseDraft, shared: Service) -> BadCaseDraft:
    """The draft with score, tier, policy and model, as far as they can be had: no report is refused for them."""
    try:
        stored = await shared.policy()
        options = scoring_options(stored.policy) if stored else ScoringOptions()
        texts = checked("text_a", [draft.text_a], options) + checked("text_b", [draft.text_b], options)

        def answer(encoder: Encoder) -> tuple[float, str]:
            found = score_grid([draft.text_a], [draft.text_b], encoder, options)
            return float(found.scores[0, 0]), encoder.fingerprint

        score, fingerprint = await shared.run(request, Work(texts, answer))
        draft = replace(draft, score=score, fingerprint=fingerprint)
        if stored is not None:
            stored.policy.check_model(fingerprint, options.cleaning.key())
            domain = draft.domain if draft.domain in stored.policy.domains else None
            draft = replace(draft, tier_given=stored.policy.tier(score, domain), policy_id=stored.id)
    except SimTierError as error:
        log.info("a bad case is kept without a judgement: %s", type(error).__name__)  # its message may quote texts
    return draft
