"""What the store says about FAQ collections and unanswered questions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from calibration.corpus.match import MARGIN

if TYPE_CHECKING:  # it takes scipy.stats, 50 MB that the server is better without
    from calibration.corpus.faq_cutoff import CertifiedFaq

KIND: Final = "FAQ collection"
MOST_QUESTIONS: Final = 50_000
"""Of one collection: its vectors are held in memory, 77 MB with the bundled model."""
KEPT_VERSIONS: Final = 20
"""Versions of a collection that keep their questions; older ones are forgotten."""
LONGEST_QUESTION: Final = 2_000
LONGEST_ANSWER: Final = 20_000


@dataclass(frozen=True)
class FaqQuestion:
    """One phrasing of an entry. `key` names the entry: questions with equal keys are phrasings of it. `answer` is
    the entry's, and may be with any one of them.
    """

    key: str
    question: str
    answer: str = ""


@dataclass(frozen=True)
class FaqCutoff:
    """From which score on the best answer of a collection may be given, and how far the next one has to be.

    threshold: a cosine, infinite where none was certified. margin: see `calibration.corpus.match`. precision,
    margin_precision: what either promises at `confidence`; None for a margin that is only a default. n: labelled
    queries. fingerprint, scoring: of the model and scoring options that it holds for. version: of the collection
    that it was certified on.
    """

    threshold: float
    margin: float
    precision: float
    confidence: float
    n: int
    fingerprint: str
    scoring: str
    version: int
    margin_precision: float | None = None

    @classmethod
    def of(
        cls, found: CertifiedFaq, precision: float, confidence: float, fingerprint: str, scoring: str, version: int
    ) -> FaqCutoff:
        """What is kept of a certification: an infinite threshold, or the default margin, where there is none."""
        margin = found.margin if found.margin is not None and found.margin.certified else None
        return cls(
            threshold=found.cutoff.threshold if found.cutoff.certified else math.inf,
            margin=margin.threshold if margin else MARGIN,
            precision=precision,
            confidence=confidence,
            n=found.n,
            fingerprint=fingerprint,
            scoring=scoring,
            version=version,
            margin_precision=margin.precision if margin else None,
        )

    def to_json(self) -> dict[str, Any]:
        """JSON values by field."""
        return dict(self.__dict__)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FaqCutoff:
        """What `to_json` gave."""
        return cls(**data)


@dataclass(frozen=True)
class FaqCollection:
    """A collection as it is now. Times are UTC. `version` counts its contents; `domain` says by which thresholds of
    the policy in use its answers are judged where it has no cut-off of its own.
    """

    id: int
    name: str
    version: int
    domain: str
    questions: int
    entries: int
    content_hash: str
    cutoff: FaqCutoff | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class FaqVersion:
    """One content that a collection had."""

    version: int
    at: datetime
    actor: str
    source: str
    questions: int
    entries: int
    content_hash: str
