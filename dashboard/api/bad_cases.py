"""`/v1/bad-cases`: a caller says which tier a pair should have had."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, BeforeValidator, Field, StrictBool, StrictInt, StrictStr

from calibration.columns import DEFAULT_DOMAIN
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, SimTierError
from calibration.scoring.score_grid import score_grid
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store import BadCaseDraft
from calibration.store.bad_cases.rules import expectation
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.fields import Name
from dashboard.api.keys import CALLER
from dashboard.api.service import Service, Shared
from dashboard.api.similarity import checked_text
from dashboard.api.work import Work
from dashboard.webhooks.events import CONFLICT, Event

log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1", tags=["bad cases"])


EXPECTED: Final = N_("must be the name of a tier, true or false, 1 or 0")


def plain(value: Any) -> Any:
    """1.0 as 1, as some clients write numbers; raises BadField for what is neither text, number nor truth value."""
    if not isinstance(value, bool | str | int | float):
        raise BadField("expected", EXPECTED)
    return int(value) if isinstance(value, float) and value in (0.0, 1.0) else value


Expected = Annotated[StrictBool | StrictStr | StrictInt, BeforeValidator(plain)]


class BadCaseRequest(BaseModel):
    """`expected`: same, related, weak, unrelated, not_same, 1 or true (the same), 0 or false (not the same)."""

    text_a: str = Field(examples=["花呗怎么还款"])
    text_b: str = Field(examples=["借呗怎么还款"])
    expected: Expected = Field(examples=["related"])
    domain: Name | None = None
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
    if isinstance(body.expected, str):
        shared.limits.check_text("expected", body.expected)
    caller = request.scope.get(CALLER)
    draft = BadCaseDraft(
        text_a=body.text_a,
        text_b=body.text_b,
        expected=as_expected(body.expected),
        domain=body.domain or DEFAULT_DOMAIN,
        note=body.note,
        source="api",
        reporter=caller.name if caller else "",
    )
    case, created = await shared.aside(shared.store().bad_cases.add, await judged(request, draft, shared))
    if not created and case.expected != expectation(draft.expected):
        shared.webhooks.notify(Event(CONFLICT, {"case": case.id, "domain": case.domain}))
    reply.status_code = 201 if created else 200
    return BadCaseResponse(
        id=case.id, created=created, status=case.status, score=case.score, tier_given=case.tier_given
    )


def as_expected(given: bool | str | int) -> str | int:
    """What a client means by `expected`: forms and spreadsheets send numbers and truth values as text.

    >>> as_expected("1"), as_expected(False), as_expected("True"), as_expected("weak")
    (1, 0, 1, 'weak')
    """
    if isinstance(given, str):
        word = given.strip().lower()
        return {"1": 1, "0": 0, "true": 1, "false": 0}.get(word, word)
    return int(given)


async def judged(request: Request, draft: BadCaseDraft, shared: Service) -> BadCaseDraft:
    """The draft with score, tier, policy and model, as far as they can be had: no report is refused for them."""
    try:
        stored = await shared.policy()
        options = scoring_options(stored.policy) if stored else ScoringOptions()
        first, second = checked_text("text_a", draft.text_a, options), checked_text("text_b", draft.text_b, options)

        def answer(encoder: Encoder) -> tuple[float, str]:
            found = score_grid([first], [second], encoder, options)
            return float(found.scores[0, 0]), encoder.fingerprint

        work = Work(await shared.pieces([first, second], options), answer)
        score, fingerprint = await shared.run(request, work)
        draft = replace(draft, score=score, fingerprint=fingerprint)
        if stored is not None:
            stored.policy.check_model(fingerprint, options.cleaning.key())
            domain = draft.domain if draft.domain in stored.policy.domains else None
            draft = replace(
                draft, tier_given=stored.policy.tier(score, domain, (first.text, second.text)), policy_id=stored.id
            )
    except SimTierError as error:
        log.info("a bad case is kept without a judgement: %s", type(error).__name__)  # its message may quote texts
    return draft
