"""`/v1/match`: queries against the texts of a FAQ: the best answers by the policy in use, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from calibration.corpus.match import check_asked, match_texts
from calibration.corpus.matches import Found, Matches
from calibration.corpus.threshold import Threshold, from_policy, manual, without_policy
from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import N_
from calibration.scoring.score_grid import TextFacts, text_facts
from calibration.scoring.score_pairs import ScoringOptions
from calibration.store.policies.records import StoredPolicy
from calibration.text.cleaning import CleanedText, clean
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.faq_matching import AskedFaq, asked_faq, match_faq
from dashboard.api.match_bodies import Answer, EntryAnswer, Matched, MatchRequest, MatchResponse, Reached
from dashboard.api.service import Service, Shared
from dashboard.api.similarity import (
    NO_POLICY,
    Notice,
    checked,
    notices,
    reference,
)
from dashboard.api.work import Work

router = APIRouter(prefix="/v1", tags=["match"])

KEYS: Final = N_("must be as many as the texts of faq")


@dataclass(frozen=True)
class Outcome:
    """What the encoder's thread found."""

    matches: Matches
    queries: tuple[TextFacts, ...]
    faq: tuple[TextFacts, ...]


@router.post("/match", response_model=MatchResponse, responses=documented(*ENCODING, 404))
async def match(request: Request, body: MatchRequest, shared: Shared) -> Response:
    """Find the best `k` answers to every query, and say whether the first may be given."""
    if body.collection is not None:
        return await _of_collection(request, body, body.collection, shared)
    given = body.faq
    if given is None:
        raise BadField("faq", N_("is needed, or the name of a collection"))
    _check(body, given, shared)
    stored = await shared.policy()
    options = scoring_options(stored.policy) if stored else ScoringOptions()

    def threshold(encoder: Encoder) -> Threshold:
        if body.threshold is not None:
            return manual(body.threshold, options)
        if stored is not None:
            return from_policy(stored.policy, encoder, body.domain or None, body.tier)
        return without_policy(encoder, options)

    threshold(shared.encoder())  # what is wrong with it is said before anything waits
    faq, queries = checked("faq", given, options), checked("queries", body.queries, options)
    keys = _keys(body.keys, _texts(faq))

    def answer(encoder: Encoder) -> Outcome:
        found = match_texts(
            _texts(faq), _texts(queries), encoder, threshold(encoder), keys=keys, k=body.k, margin=body.margin
        )
        facts = text_facts([*queries, *faq], encoder, options)
        return Outcome(found, facts[: len(queries)], facts[len(queries) :])

    found = await shared.run(request, Work(await shared.pieces([*queries, *faq], options), answer))
    text = await shared.aside(written, found, stored, body.domain, shared)
    return Response(text, media_type="application/json")


async def _of_collection(request: Request, body: MatchRequest, name: str, shared: Service) -> Response:
    """The same against a collection of the store."""
    if body.faq is not None or body.keys is not None:
        raise BadField("collection", N_("is in place of faq and keys: send one or the other"))
    shared.limits.check_texts("queries", body.queries)
    check_asked(body.k, body.margin)
    margin = body.margin if "margin" in body.model_fields_set else None
    faq = await asked_faq(name, shared, body.threshold, margin)
    queries = checked("queries", body.queries, faq.index.options)
    found = await match_faq(request, faq, queries, shared, body.k)
    facts = await shared.aside(text_facts, queries, shared.encoder(), faq.index.options)
    shared.metrics.tokens(sum(fact.tokens for fact in facts))
    text = await shared.aside(_collection_text, faq, found, facts)
    return Response(text, media_type="application/json")


def _collection_text(faq: AskedFaq, found: Matches, facts: tuple[TextFacts, ...]) -> str:
    """The answer as it is sent."""
    judged = found.threshold.policy is not None
    threshold = found.threshold
    return MatchResponse(
        matches=[
            Matched(
                decision=one.decision,  # type: ignore[arg-type]
                answers=[_entry(faq, answer) for answer in _answers(found, one, judged)],
            )
            for one in found.found
        ],
        threshold=Reached(value=threshold.value, source=threshold.source, tier=threshold.tier),
        policy=reference(faq.policy) if faq.policy is not None else None,
        notices=[*faq.notices, *notices("queries", facts)],
    ).model_dump_json()


def _entry(faq: AskedFaq, found: Answer) -> EntryAnswer:
    one = faq.questions[found.index]
    return EntryAnswer(**found.model_dump(), key=one.key, question=one.question, answer=faq.answer_of(one.key))


def _check(body: MatchRequest, faq: Sequence[str], shared: Service) -> None:
    """Raise TooLarge, BadField or BadArgument for what can be seen without model and policy."""
    shared.limits.check_texts("queries", body.queries)
    shared.limits.check_texts("faq", faq)
    shared.limits.check_scores("faq", len(body.queries), len(faq))
    check_asked(body.k, body.margin)
    if body.keys is not None:
        shared.limits.check_texts("keys", body.keys)
        if len(body.keys) != len(faq):
            raise BadField("keys", KEYS)


def _texts(cleaned: Sequence[CleanedText]) -> list[str]:
    return [text.text for text in cleaned]


def _keys(given: Sequence[str] | None, faq: Sequence[str]) -> list[str] | None:
    """The name of each text's answer; where it is blank, the text itself."""
    return None if given is None else [clean(key) or text for key, text in zip(given, faq, strict=True)]


def written(found: Outcome, stored: StoredPolicy | None, domain: str | None, shared: Service) -> str:
    """The answer as it is sent; counted, but not sampled for drift: the best of many are no pairs as they come."""
    answered = response(found, stored)
    shared.metrics.tokens(sum(fact.tokens for fact in (*found.queries, *found.faq)))
    for one in found.matches.found:
        shared.metrics.best_score(one.decision, float(one.scores[0]))
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
    return Matched(decision=found.decision, answers=[*_answers(matches, found, judged)])  # type: ignore[arg-type]


def _answers(matches: Matches, found: Found, judged: bool) -> list[Answer]:
    tiers = matches.tiers(found) if judged else [None] * len(found.rows)
    return [
        Answer(index=row, score=score, tier=tier)
        for row, score, tier in zip(found.rows.tolist(), found.scores.tolist(), tiers, strict=True)
    ]
