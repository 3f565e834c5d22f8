"""What requests and answers of `/v1/match` hold."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from calibration.corpus.match import MARGIN, K
from dashboard.api.fields import Name, Strings, Texts
from dashboard.api.similarity import Notice, PolicyReference

Tier = Literal["same", "related", "weak"]
Decision = Literal["answered", "ambiguous", "no_answer"]


class MatchRequest(BaseModel):
    """`keys` name the answer of each text of `faq`: phrasings of one key count as one answer, by the best of them.

    `collection` names a FAQ kept here, in place of `faq` and `keys`; its own certified cut-off and margin apply.

    A best answer is given from `tier` of `domain` on (from `threshold` on, where a score of your own is sent), and
    is ambiguous where the next one is within `margin` of it.
    """

    queries: Texts = Field(examples=[["花呗怎么还款"]])
    faq: Texts | None = Field(None, examples=[["花呗如何还款", "今天天气不错"]])
    collection: Name | None = None
    keys: Strings | None = None
    domain: Name | None = None
    tier: Tier = "same"
    threshold: float | None = Field(None, json_schema_extra={"minimum": -1, "maximum": 1})
    k: int = Field(K, json_schema_extra={"minimum": 1})
    margin: float = Field(MARGIN, json_schema_extra={"minimum": 0, "maximum": 2})


class Answer(BaseModel):
    """`index`: which text of `faq`. `score`: cosine in [-1, 1]. `tier`: null where no policy judges."""

    index: int
    score: float
    tier: str | None


class EntryAnswer(Answer):
    """An entry of a collection: its `key`, its phrasing that is nearest, and its answer."""

    key: str
    question: str
    answer: str


class Matched(BaseModel):
    """What was found for one query: the best answers, each another one, best first.

    Only where `decision` is "answered" may the first be given: "no_answer" says that it does not reach the
    threshold, "ambiguous" that the second is as near.
    """

    decision: Decision
    answers: list[EntryAnswer | Answer]


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
