"""`/v1/match`: queries against the texts of a FAQ: the best answers by the policy in force, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from calibration.clean import clean
from calibration.corpus.match import MARGIN, Found, K, Matches, check_asked, match_texts
from calibration.corpus.threshold import Threshold, from_policy, manual, without_policy
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import N_
from calibration.score import ScoringOptions, TextFacts, text_facts
from calibration.store.policy_records import StoredPolicy
from dashboard.api.documented import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.queue import Work
from dashboard.api.service import Service, Shared
from dashboard.api.similarity import (
    NO_POLICY,
    Notice,
    PolicyReference,
    Texts,
    checked,
    notices,
    reference,
)

router = APIRouter(prefix="/v1", tags=["match"])

KEYS: Final = N_("must be as many as the texts of faq")
Tier = Literal["same", "related", "weak"]
Decision = Literal["answered", "ambiguous", "no_answer"]


class MatchRequest(BaseModel):
    """`keys` name the answer of each text of `faq`: phrasings of one key count as one answer, by the best of them.

    A best answer is given from `tier` of `domain` on (from `threshold` on, where a score of your own is sent), and
    is ambiguous where the next one is within `margin` of it.
    """

    queries: Texts = Field(examples=[["花呗怎么还款"]])
    faq: Texts = Field(examples=[["花呗如何还款", "今天天气不错"]])
    keys: list[str] | None = None
    domain: str | None = None
    tier: Tier = "same"
    threshold: float | None = Field(None, json_schema_extra={"minimum": -1, "maximum": 1})
    k: int = Field(K, json_schema_extra={"minimum": 1})
    margin: float = Field(MARGIN, json_schema_extra={"minimum": 0, "maximum": 2})


class Answer(BaseModel):
    """`index`: which text of `faq`. `score`: cosine in [-1, 1]. `tier`: null where no policy judges."""

    index: int
    score: float
    tier: str | None


class Matched(BaseModel):
    """What was found for one query: the best answers, each another one, best first.

    Only where `decision` is "answered" may the first be given: "no_answer" says that it does not reach the
    threshold, "ambiguous" that the second is as near.
    """

    decision: Decision
    answers: list[Answer]


class Reached(BaseModel):
    """The score that an answer has to reach, and where it comes from: certified, suggested, manual, published or
    default.
    """

    value: float
    source: str
    tier: str


class MatchResponse(BaseModel):
    """`matches[i]` is of query i. `policy` is null where no policy is published, or a threshold was sent."""

    matches: list[Matched]
    threshold: Reached
    policy: PolicyReference | None
    notices: list[Notice]


@dataclass(frozen=True)
class Outcome:
    """What the encoder's thread found."""

    matches: Matches
    queries: tuple[TextFacts, ...]
    faq: tuple[TextFacts, ...]


@router.post("/match", response_model=MatchResponse, responses=documented(*ENCODING))
async def match(request: Request, body: MatchRequest, shared: Shared) -> Response:
    """Find the best `k` answers to every query, and say whether the first may be given."""
    _check(body, shared)
    stored = await shared.policy()
    options = scoring_options(stored.policy) if stored else ScoringOptions()

    def threshold(encoder: Encoder) -> Threshold:
        if body.threshold is not None:
            return manual(body.threshold, options)
        if stored is not None:
            return from_policy(stored.policy, encoder, body.domain or None, body.tier)
        return without_policy(encoder, options)

    threshold(shared.encoder())  # what is wrong with it is said before anything waits
    faq, queries = checked("faq", body.faq, options), checked("queries", body.queries, options)
    keys = _keys(body.keys, faq)

    def answer(encoder: Encoder) -> Outcome:
        found = match_texts(
            body.faq, body.queries, encoder, threshold(encoder), keys=keys, k=body.k, margin=body.margin
        )
        facts = text_facts([*body.queries, *body.faq], encoder, options)
        return Outcome(found, facts[: len(queries)], facts[len(queries) :])

    found = await shared.run(request, Work([*queries, *faq], answer))
    text = await shared.aside(written, found, stored, body.domain, shared)
    return Response(text, media_type="application/json")


def _check(body: MatchRequest, shared: Service) -> None:
    """Raise TooLarge, BadField or BadArgument for what can be seen without model and policy."""
    shared.limits.check_texts("queries", body.queries)
    shared.limits.check_texts("faq", body.faq)
    shared.limits.check_scores("faq", len(body.queries), len(body.faq))
    check_asked(body.k, body.margin)
    if body.keys is not None:
        shared.limits.check_texts("keys", body.keys)
        if len(body.keys) != len(body.faq):
            raise BadField("keys", KEYS)


def _keys(given: Sequence[str] | None, faq: Sequence[str]) -> list[str] | None:
    """The name of each text's answer; where it is blank, the text itself."""
    return None if given is None else [clean(key) or text for key, text in zip(given, faq, strict=True)]


def written(found: Outcome, stored: StoredPolicy | None, domain: str | None, shared: Service) -> str:
    """The answer as it is sent; counted, but not sampled for drift: the best of many are no pairs as they come."""
    answered = response(found, stored)
    shared.metrics.tokens(sum(fact.tokens for fact in (*found.queries, *found.faq)))
    if answered.policy is not None and stored is not None:
        given = [[str(answer.tier) for answer in one.answers] for one in answered.matches]
        shared.metrics.tiers(domain, given, stored.policy.domains)
    return answered.model_dump_json()


def response(found: Outcome, stored: StoredPolicy | None) -> MatchResponse:
    """Answers, decisions and notices as they are sent."""
    said = [*notices("queries", found.queries), *notices("faq", found.faq)]
    threshold = found.matches.threshold
    judged = threshold.policy is not None
    return MatchResponse(
        matches=[_matched(found.matches, one, judged) for one in found.matches.found],
        threshold=Reached(value=threshold.value, source=threshold.source, tier=threshold.tier),
        policy=reference(stored) if stored is not None and judged else None,
        notices=said if stored is not None else [Notice(code="no_policy", message=NO_POLICY), *said],
    )


def _matched(matches: Matches, found: Found, judged: bool) -> Matched:
    tiers = matches.tiers(found) if judged else [None] * len(found.rows)
    answers = [
        Answer(index=row, score=score, tier=tier)
        for row, score, tier in zip(found.rows.tolist(), found.scores.tolist(), tiers, strict=True)
    ]
    return Matched(decision=found.decision, answers=answers)  # type: ignore[arg-type]
