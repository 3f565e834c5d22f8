"""`/api/predict`: the documented service, with its three ways of asking in one list."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from calibration.decide import scoring_options
from calibration.encoding.protocol import Encoder
from calibration.errors import N_
from calibration.scoring.score_grid import score_grid
from calibration.scoring.score_pairs import ScoringOptions
from calibration.text.cleaning import CleanedText
from dashboard.api.access_log import note_texts
from dashboard.api.error_docs import ENCODING, documented
from dashboard.api.errors import BadField
from dashboard.api.limits import Limits
from dashboard.api.service import Service, Shared
from dashboard.api.similarity import checked_text
from dashboard.api.work import Work

router = APIRouter(tags=["predict"])

FORMS: Final = N_(
    'must be [source, "target\\ntarget"], [text, "", return_vector, normalize, truncate, return_dim] or groups of '
    "three strings [source, target, target, source, target, target, ...], at least two groups"
)
Answer = tuple[list[float], int]
MOST_BLANK: Final = 16
"""Lines for each text that a request may hold, blank ones included."""
SWITCHES: Final = (False, False, True, False)
"""return_vector, normalize, truncate, return_dim where they are left out."""


class PredictRequest(BaseModel):
    """One list in one of three forms; see the route."""

    data: list[Any] = Field(examples=[["花呗怎么还款", "花呗如何还款\n今天天气不错"]])


class PredictResponse(BaseModel):
    """`data` holds floats, or a vector, or `[vector, dim]`; `duration` is in seconds."""

    data: list[Any]
    is_generating: bool = False
    duration: float


@dataclass(frozen=True)
class Scores:
    """Forms 1 and 3: which target is compared with which source, and the positions of both in the list."""

    pairs: tuple[tuple[str, str], ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Vector:
    """Form 2."""

    text: str
    normalize: bool
    truncate: bool
    return_dim: bool


def parse(data: Sequence[Any], limits: Limits) -> Scores | Vector:
    """The question that a list asks; raises BadField for one in none of the three forms, TooLarge for a long one.

    >>> parse(["a", "b\\n\\nc"], Limits()).pairs
    (('a', 'b'), ('a', 'c'))
    """
    if len(data) >= 2 and isinstance(data[0], str) and isinstance(data[1], str):
        if len(data) <= 6 and all(isinstance(value, bool) for value in data[2:]):
            return _one(data[0], data[1], data[2:], limits)
        if len(data) >= 6 and len(data) % 3 == 0 and all(isinstance(value, str) for value in data):
            limits.check_count("data", len(data) // 3 * 2)
            return _groups(data)
    raise BadField("data", FORMS)


def _one(text: str, targets: str, given: Sequence[bool], limits: Limits) -> Scores | Vector:
    return_vector, normalize, truncate, return_dim = (*given, *SWITCHES[len(given) :])
    if return_vector:
        return Vector(text, normalize, truncate, return_dim)
    # At \n alone: a client that joined texts by it expects one score each, whatever other separators are in them.
    if (breaks := targets.count("\n")) > MOST_BLANK * limits.texts:
        limits.check_count("data", breaks + 1)  # millions of lines would take a second to be split
    lines = [line for line in targets.split("\n") if line.strip()]
    limits.check_count("data", len(lines))  # before pairs are made of them
    return Scores(tuple((text, line) for line in lines), ((0, 1),) * len(lines))


def _groups(data: Sequence[str]) -> Scores:
    places = tuple((at, at + to) for at in range(0, len(data), 3) for to in (1, 2))
    return Scores(tuple((data[source], " ".join(data[at].splitlines())) for source, at in places), places)


@router.post("/api/predict", responses=documented(*ENCODING))
async def predict(request: Request, body: PredictRequest, shared: Shared) -> PredictResponse:
    """Score or encode, in one of three forms of `data`:

    1. `[source, "target\\ntarget"]`: one similarity in [0, 1] a line that is not empty (a negative cosine is 0);
    2. `[text, "", return_vector, normalize, truncate, return_dim]` with `return_vector` true: the text's vector,
       raw unless `normalize`; with `truncate` false a text that is too long is refused (422, with its token count);
       with `return_dim` true the answer is `[vector, dim]`;
    3. at least two groups of three strings, `[source, target, target, source, target, target, ...]`: one similarity
       a target, in order.
    """
    begun = time.perf_counter()
    question = parse(body.data, shared.limits)
    if isinstance(question, Vector):
        data = await _vector(request, question, shared)
    else:
        data = await _scores(request, question, shared)
    return PredictResponse(data=data, duration=round(time.perf_counter() - begun, 6))


async def _scores(request: Request, question: Scores, shared: Service) -> list[float]:
    stored = await shared.policy()
    options = scoring_options(stored.policy) if stored else ScoringOptions()
    texts = _cleaned(question, options, shared.limits)
    work = Work(await shared.pieces(list(texts.values()), options), _pairwise(question.pairs, texts, options))
    scores, tokens = await shared.run(request, work)
    shared.metrics.tokens(tokens)
    shared.sample(stored, None, scores)
    return [documented_score(score) for score in scores]


def documented_score(cosine: float) -> float:
    """A cosine as this service gives it, in [0, 1].

    >>> documented_score(-0.2), documented_score(0.9)
    (0.0, 0.9)
    """
    return min(1.0, max(0.0, cosine))


def _cleaned(question: Scores, options: ScoringOptions, limits: Limits) -> dict[str, CleanedText]:
    """The distinct texts, cleaned; raises TooLarge or BadField naming the place of the first bad one."""
    found: dict[str, CleanedText] = {}
    for pair, places in zip(question.pairs, question.places, strict=True):
        for text, place in zip(pair, places, strict=True):
            if text not in found:
                limits.check_text(f"data.{place}", text)
                found[text] = checked_text(f"data.{place}", text, options)
    return found


def _pairwise(
    pairs: Sequence[tuple[str, str]], texts: Mapping[str, CleanedText], options: ScoringOptions
) -> Callable[[Encoder], Answer]:
    """The cosine of each target with its source, a source's targets scored together; and the tokens."""
    by_source: dict[str, list[int]] = {}
    for at, (source, _) in enumerate(pairs):
        by_source.setdefault(source, []).append(at)

    def answer(encoder: Encoder) -> Answer:
        found, tokens = [0.0] * len(pairs), 0
        for source, places in by_source.items():
            grid = score_grid([texts[source]], [texts[pairs[at][1]] for at in places], encoder, options)
            tokens += sum(fact.tokens for fact in (*grid.sources, *grid.targets))
            for at, score in zip(places, grid.scores[0], strict=True):
                found[at] = float(score)
        return found, tokens

    return answer


async def _vector(request: Request, question: Vector, shared: Service) -> list[Any]:
    shared.limits.check_text("data.0", question.text)
    text = checked_text("data.0", question.text, ScoringOptions()).text

    def answer(encoder: Encoder) -> tuple[list[float], int]:
        tokens = encoder.count_tokens([text])[0]
        if not question.truncate and tokens > encoder.max_tokens:
            raise TooLong(tokens, encoder.max_tokens)
        vector = encoder.encode([text])[0] if question.normalize else encoder.raw(text)
        return [float(value) for value in vector], tokens

    if not question.normalize:  # which the queue is not asked for
        note_texts(request.scope, [text])
    vector, tokens = await shared.run(request, Work([text] if question.normalize else [], answer))
    shared.metrics.tokens(tokens)
    return [vector, len(vector)] if question.return_dim else vector


class TooLong(BadField):
    """A text has more tokens than the model reads, and may not be cut."""

    def __init__(self, tokens: int, limit: int) -> None:
        super().__init__("data.0", f"{tokens} tokens, but the model reads {limit}; set truncate to cut the text")
