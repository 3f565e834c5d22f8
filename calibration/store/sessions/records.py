"""Labelling sessions as values: the session, its pairs to label, its batches and how far they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

KIND: Final = "labelling session"

LABEL: Final = "label"
SKIP: Final = "skip"
NOTE: Final = "note"
SETTLE: Final = "settle"
ACTIONS: Final = (LABEL, SKIP, NOTE)
"""What a labeller may send; SETTLE is somebody's decision between two labels."""

BATCH: Final = 50
LARGEST: Final = 20_000
"""Pairs of a session at most."""


@dataclass(frozen=True)
class DomainSampling:
    """How the pairs of one domain were drawn: `n` of `eligible` at or above `floor`, out of a pool of `pool`.

    scores: of the pool, thinned evenly where it is large; they set where a certificate may look.
    """

    pool: int
    eligible: int
    floor: float
    n: int
    scores: Sequence[float] = field(repr=False)


@dataclass(frozen=True)
class LabellingSession:
    """Pairs drawn at random and labelled in batches; `added` of these are in the dataset `dataset_id`."""

    id: int
    name: str
    kind: str
    source: str
    sampling: Mapping[str, DomainSampling]
    fingerprint: str
    batch_size: int
    dataset_id: int | None
    added: int
    actor: str
    created_at: datetime


@dataclass(frozen=True)
class PairToLabel:
    """A pair of a session, by its position in the draw; skipped: the labeller has put it off once; note: theirs."""

    position: int
    text_a: str
    text_b: str
    domain: str
    skipped: bool = False
    note: str = ""


@dataclass(frozen=True)
class Batch:
    """One batch: labelled pairs of all, and how many people have skipped without anybody labelling."""

    number: int
    size: int
    labelled: int
    skipped: int

    @property
    def finished(self) -> bool:
        """Whether every pair has a label: only then are its labels a random sample."""
        return self.labelled == self.size


@dataclass(frozen=True)
class SessionProgress:
    """How far a session is. mine: pairs that the one who asks has labelled; people: labelled pairs by name."""

    batches: tuple[Batch, ...]
    mine: int
    people: Mapping[str, int]

    @property
    def total(self) -> int:
        """Pairs of the session."""
        return sum(batch.size for batch in self.batches)

    @property
    def labelled(self) -> int:
        """Pairs that have a label."""
        return sum(batch.labelled for batch in self.batches)

    @property
    def finished(self) -> int:
        """Batches that are finished one after another from the first: what counts as a random sample so far."""
        return next((batch.number for batch in self.batches if not batch.finished), len(self.batches))
