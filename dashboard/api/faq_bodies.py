"""What requests and answers about FAQ collections hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import numpy as np
from pydantic import BaseModel, Field

from calibration.certificates.certificate import Certificate
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.corpus.blocks import Ids
from calibration.store.faqs.records import MOST_QUESTIONS, FaqCollection, FaqQuestion
from calibration.store.faqs.unanswered import UnansweredQuestion
from dashboard.api.fields import Name, Strings, at_most

MOST_ID: Final = 2**31 - 1
"""Ids and versions are columns of 32 bits."""


class Entry(BaseModel):
    """An entry of a FAQ. `similar`: other phrasings of `question`. `key` names it, by its question unless given."""

    question: str = Field(examples=["花呗怎么还款"])
    answer: str = ""
    similar: Strings = []
    key: Name = ""


class FaqUpload(BaseModel):
    """All entries of a collection. `domain`: whose thresholds judge answers until a cut-off is certified."""

    entries: Annotated[list[Entry], Field(min_length=1, fail_fast=True), at_most("entries", MOST_QUESTIONS)]
    domain: Name | None = None


class Cutoff(BaseModel):
    """`threshold`: null where none could be certified. `margin_precision`: null where the margin is a default."""

    threshold: float | None
    precision: float
    margin: float
    margin_precision: float | None
    confidence: float
    n: int
    version: int


class Collection(BaseModel):
    """A collection as it is now; `created` says whether this request gave it new contents."""

    name: str
    version: int
    domain: str
    entries: int
    questions: int
    cutoff: Cutoff | None
    updated_at: datetime
    created: bool = False


class Collections(BaseModel):
    """By name."""

    faqs: list[Collection]


class Version(BaseModel):
    """One content that a collection had."""

    version: int
    at: datetime
    actor: str
    source: str
    entries: int
    questions: int


class Versions(BaseModel):
    """The newest first."""

    versions: list[Version]


class RestoreRequest(BaseModel):
    """Which version to bring back."""

    version: int = Field(ge=1, le=MOST_ID)


class LabelledQueries(BaseModel):
    """Queries as they come, drawn at random, with the key (or any question) of the right entry, "" for none."""

    queries: Annotated[list[str], Field(min_length=1, fail_fast=True)]
    expected: Strings
    precision: float = Field(DEFAULT_PRECISION, gt=0.0, lt=1.0)
    margin_precision: float | None = Field(None, gt=0.0, lt=1.0)
    confidence: float = Field(DEFAULT_CONFIDENCE, gt=0.0, lt=1.0)


class Claim(BaseModel):
    """A certificate: `status` is certified, insufficient_labels or not_certifiable."""

    status: str
    threshold: float | None
    n_above: int
    false_positives: int
    precision_lower: float | None
    labels_needed: int | None


class Certified(BaseModel):
    """The collection with its cut-off, and what was certified."""

    collection: Collection
    cutoff: Claim
    margin: Claim | None


class UnansweredCluster(BaseModel):
    """Queries of one meaning, the one asked most often first; `times`: how often all of them were asked."""

    question: str
    times: int
    queries: list[str]
    ids: list[int]


class Unanswered(BaseModel):
    """The largest cluster first. `kept`: whether the server keeps unanswered questions at all."""

    kept: bool
    clusters: list[UnansweredCluster]


class EntryRequest(BaseModel):
    """A new entry. `unanswered`: ids of the questions that it answers, which are then forgotten."""

    entry: Entry
    unanswered: Annotated[list[Annotated[int, Field(ge=1, le=MOST_ID)]], Field(fail_fast=True)] = []


def questions_of(entries: Sequence[Entry]) -> list[FaqQuestion]:
    """Every phrasing of every entry.

    >>> [one.question for one in questions_of([Entry(question="a", similar=["b"])])]
    ['a', 'b']
    """
    return [
        FaqQuestion(entry.key.strip() or entry.question.strip()[:200], text, entry.answer if first else "")
        for entry in entries
        for first, text in [(True, entry.question), *((False, text) for text in entry.similar)]
    ]


def entries_of(questions: Sequence[FaqQuestion]) -> list[Entry]:
    """The entries that questions are phrasings of, in the order of their first ones."""
    found: dict[str, Entry] = {}
    for one in questions:
        if one.key in found:
            there = found[one.key]
            there.similar = [*there.similar, one.question]
            there.answer = there.answer or one.answer
        else:
            found[one.key] = Entry(question=one.question, answer=one.answer, key=one.key)
    return list(found.values())


def clusters_of(missed: Sequence[UnansweredQuestion], representative: Ids) -> list[UnansweredCluster]:
    """Questions by the one that represents them, what was asked most often first."""
    groups: dict[int, list[UnansweredQuestion]] = {}
    for one, leader in zip(missed, representative.tolist(), strict=True):
        groups.setdefault(leader, []).append(one)
    found = []
    for members in groups.values():
        ordered = sorted(members, key=lambda one: -one.times)
        found.append(
            UnansweredCluster(
                question=ordered[0].query,
                times=sum(one.times for one in ordered),
                queries=[one.query for one in ordered],
                ids=[one.id for one in ordered],
            )
        )
    return sorted(found, key=lambda cluster: -cluster.times)


def shown(found: FaqCollection, created: bool = False) -> Collection:
    """A collection as it is sent."""
    cutoff = found.cutoff
    return Collection(
        name=found.name,
        version=found.version,
        domain=found.domain,
        entries=found.entries,
        questions=found.questions,
        cutoff=None
        if cutoff is None
        else Cutoff(**{**_known(cutoff.to_json()), "threshold": _finite(cutoff.threshold)}),
        updated_at=found.updated_at,
        created=created,
    )


def _known(values: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in values.items() if name in Cutoff.model_fields}
    return shown | {"threshold": _finite(values["threshold"])}


def claim_of(found: Certificate) -> Claim:
    """A certificate as it is sent; numbers that are infinite become null."""
    return Claim(
        status=found.status,
        threshold=_finite(found.threshold),
        n_above=found.n_above,
        false_positives=found.false_positives,
        precision_lower=found.precision_lower,
        labels_needed=found.labels_needed,
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
