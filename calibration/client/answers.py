"""Answers of the HTTP API as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Notice:
    """Something that a caller should know: `code` is cleaned, truncated, segmented or no_policy.

    `field` ("sources", "targets", "queries", "faq") and `index` say which text it is about, None where it is about
    none.
    """

    code: str
    message: str
    field: str | None
    index: int | None


@dataclass(frozen=True)
class PolicyReference:
    """The policy that gave the tiers."""

    id: str
    version: int
    name: str


@dataclass(frozen=True)
class Similarity:
    """`scores`: (n, m) cosines in [-1, 1] of every source with every target, the higher the more alike.

    `tiers[i][j]`: same, related, weak or unrelated; None, as `policy` is, where no policy is published.
    """

    scores: NDArray[np.float64]
    tiers: tuple[tuple[str, ...], ...] | None
    policy: PolicyReference | None
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class MatchAnswer:
    """One answer to a query: `text`, which is number `index` of the FAQ, and the name of its answer, `key`.

    `score`: cosine in [-1, 1]. `tier`: same, related, weak or unrelated; None where no policy judges. `key` is the
    text itself where no keys were given.
    """

    index: int
    text: str
    key: str
    score: float
    tier: str | None


@dataclass(frozen=True)
class Match:
    """What was found for one query. `decision`: answered, ambiguous or no_answer; `answers`: best first."""

    query: str
    decision: str
    answers: tuple[MatchAnswer, ...]

    @property
    def answer(self) -> MatchAnswer | None:
        """The answer that may be given; None where there is none, or two are near."""
        return self.answers[0] if self.decision == "answered" else None


@dataclass(frozen=True)
class Matching:
    """`matches[i]` is of query i. An answer had to reach `threshold`, whose `source` says what it is worth.

    `policy` is None where no policy is published, or the threshold was the caller's own.
    """

    matches: tuple[Match, ...]
    threshold: float
    source: str
    policy: PolicyReference | None
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class ReportedCase:
    """A bad case that the server keeps. `created` is False where this pair was open there already.

    `score` (cosine in [-1, 1]) and `tier_given` are what the server says of the pair now, None where it cannot.
    """

    id: int
    created: bool
    status: str
    score: float | None
    tier_given: str | None


@dataclass(frozen=True)
class Health:
    """`status`: ready, loading or broken; `model` and `store` say more."""

    status: str
    version: str
    model: Mapping[str, Any]
    store: Mapping[str, Any]

    @property
    def ready(self) -> bool:
        """Whether requests are served."""
        return self.status == "ready"


def similarity(body: Mapping[str, Any]) -> Similarity:
    """The answer of `/v1/similarity`.

    >>> similarity({"scores": [[1.0]], "tiers": [["same"]], "policy": None, "notices": []}).tiers
    (('same',),)
    """
    tiers = body["tiers"]
    return Similarity(
        scores=np.array(body["scores"], np.float64),
        tiers=None if tiers is None else tuple(tuple(map(str, row)) for row in tiers),
        policy=_policy(body),
        notices=_notices(body),
    )


def matching(body: Mapping[str, Any], queries: Sequence[str], faq: Sequence[str], keys: Sequence[str]) -> Matching:
    """The answer of `/v1/match` to these `queries`, of this `faq`. `keys`: the name of each text's answer."""

    def answer(item: Mapping[str, Any]) -> MatchAnswer:
        at = item["index"]
        return MatchAnswer(at, faq[at], keys[at], float(item["score"]), item["tier"])

    return Matching(
        matches=tuple(
            Match(query, str(one["decision"]), tuple(map(answer, one["answers"])))
            for query, one in zip(queries, body["matches"], strict=True)
        ),
        threshold=float(body["threshold"]["value"]),
        source=str(body["threshold"]["source"]),
        policy=_policy(body),
        notices=_notices(body),
    )


def _policy(body: Mapping[str, Any]) -> PolicyReference | None:
    found = body["policy"]
    return found and PolicyReference(found["id"], found["version"], found["name"])


def _notices(body: Mapping[str, Any]) -> tuple[Notice, ...]:
    return tuple(Notice(item["code"], item["message"], item["field"], item["index"]) for item in body["notices"])
