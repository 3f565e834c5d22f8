"""Hours, memory, disk and network of each stage, from constants and the size of a corpus."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from calibration.capacity.constants import Constants
from calibration.capacity.schedule import Cluster, Span, Work, simulate
from calibration.errors import N_, BadArgument

ENCODE: Final = "encode"
WRITE: Final = "write"
COMPARE: Final = "compare"
STAGES: Final = {
    ENCODE: N_("encode texts"),
    WRITE: N_("write vectors"),
    COMPARE: N_("compare exactly"),
}
BYTES: Final = 4
"""Of a number in single precision."""
BATCH: Final = 256
"""Texts of a task that encodes."""
BLOCK: Final = 65_536
"""Vectors of a block at most: two of them are compared by one task."""
SHARE: Final = 0.25
"""Of a core's memory that its two blocks may take: scores and pairs need the rest."""


@dataclass(frozen=True)
class Corpus:
    """`texts` of `tokens` tokens on average (None: as those that were measured), as vectors of `dim` numbers.

    within: texts of the groups within which they are compared, on average (`--block`); None: each with every other.
    """

    texts: float
    dim: int
    tokens: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        if not 2 <= self.texts <= 1e13:
            raise BadArgument("texts", N_("between 2 and 1e13"), self.texts)
        if not 1 <= self.dim <= 65_536:
            raise BadArgument("dim", N_("between 1 and 65,536"), self.dim)
        if self.tokens is not None and not 1 <= self.tokens <= 1e6:
            raise BadArgument("tokens", N_("between 1 and 1,000,000"), self.tokens)
        if self.within is not None and not 1 <= self.within <= self.texts:
            raise BadArgument("within", N_("between 1 and the number of texts"), self.within)

    @property
    def pairs(self) -> float:
        """How many are compared."""
        return self.texts * ((self.within or self.texts) - 1) / 2


@dataclass(frozen=True)
class Stage:
    """Of one stage: core_hours of work, the span of the run, and bytes: of memory on each node, of disk, sent."""

    name: str
    core_hours: float
    span: Span
    memory: float
    disk: float
    sent: float


def stages(corpus: Corpus, constants: Constants, cluster: Cluster, seed: int = 0) -> tuple[Stage, ...]:
    """What each stage takes. No text has a duplicate: then exact deduplication has the most work.

    Raises BadArgument where the memory of a node does not hold what its tasks need.
    """
    return (
        _encode(corpus, constants, cluster, seed),
        _write(corpus, constants, cluster),
        _compare(corpus, constants, cluster, seed),
    )


def _encode(corpus: Corpus, constants: Constants, cluster: Cluster, seed: int) -> Stage:
    each = constants.encode * (corpus.tokens or constants.tokens) / constants.tokens
    tasks = math.ceil(corpus.texts / BATCH)
    sent = corpus.texts * corpus.dim * BYTES if cluster.nodes > 1 else 0.0
    work = Work(tasks, each * min(BATCH, corpus.texts), sent / tasks)
    memory = min(corpus.texts, BATCH * cluster.cores) * corpus.dim * BYTES
    return Stage(ENCODE, corpus.texts * each / 3600, simulate(work, cluster, seed=seed), memory, 0.0, sent)


def _write(corpus: Corpus, constants: Constants, cluster: Cluster) -> Stage:
    size = corpus.texts * corpus.dim * BYTES
    seconds = size / constants.write / cluster.nodes
    return Stage(WRITE, 0.0, Span(seconds, seconds, seconds, 0.0), 0.0, size, 0.0)


def _compare(corpus: Corpus, constants: Constants, cluster: Cluster, seed: int) -> Stage:
    group = corpus.within or corpus.texts
    block = min(group, BLOCK, block_of(corpus.dim, cluster))
    a_group = math.ceil(group / block)
    tasks = math.ceil(corpus.texts / group * a_group * (a_group + 1) / 2)
    seconds = corpus.pairs * (constants.pair + constants.number * corpus.dim)
    fetched = (
        block * corpus.dim * BYTES if cluster.nodes > 1 else 0.0
    )  # one of a task's two blocks is there already
    span = simulate(Work(tasks, seconds / tasks, fetched), cluster, seed=seed)
    memory = 2 * block * corpus.dim * BYTES * min(cluster.cores, tasks)
    return Stage(COMPARE, seconds / 3600, span, memory, 0.0, fetched * tasks)


def block_of(dim: int, cluster: Cluster) -> int:
    """Vectors of a block, two of which the memory of a core holds. Raises BadArgument below 256 vectors."""
    block = int(cluster.memory / cluster.cores * SHARE / (2 * dim * BYTES))
    if block < BATCH:
        raise BadArgument("memory", N_("enough for two blocks of 256 vectors a core"), cluster.memory)
    return block


def total(found: tuple[Stage, ...]) -> Stage:
    """All stages one after the other; memory is that of the largest."""
    return Stage(
        "total",
        sum(stage.core_hours for stage in found),
        Span(*(sum(getattr(stage.span, name) for stage in found) for name in ("median", "low", "high", "lost"))),
        max(stage.memory for stage in found),
        sum(stage.disk for stage in found),
        sum(stage.sent for stage in found),
    )
