"""Simulate tasks on a cluster: how long the whole takes with stragglers, a shared network and nodes that fail."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.errors import N_, BadArgument

SPREAD: Final = 0.1
"""Standard deviation of the logarithm of a task's time."""
STRAGGLERS: Final = 0.01
"""Share of tasks that take SLOW times as long."""
SLOW: Final = 3.0
RESTART: Final = 300.0
"""Seconds until the place of a failed node works again."""
MOST: Final = 20_000
"""Tasks that are simulated one by one; more are put together first."""
REPEATS: Final = 20
HOPELESS: Final = 5.0
"""Failures of a node during one task, on average, beyond which the task is not simulated: it hardly ever ends."""
DAY: Final = 86_400.0


@dataclass(frozen=True)
class Cluster:
    """Nodes that are alike.

    cores, memory (bytes), network (bytes a second): of a node. failures: how often a node fails in a day. overhead:
    seconds that a task costs besides its work.
    """

    nodes: int = 1
    cores: int = 1
    memory: float = 16e9
    network: float = 1.25e9
    failures: float = 0.01
    overhead: float = 0.01

    def __post_init__(self) -> None:
        for name in ("nodes", "cores"):
            if getattr(self, name) < 1:
                raise BadArgument(name, N_("at least 1"), getattr(self, name))
        for name in ("memory", "network"):
            if not 0 < getattr(self, name) < float("inf"):
                raise BadArgument(name, N_("a positive number"), getattr(self, name))
        if not 0 <= self.failures < float("inf"):
            raise BadArgument("failures", N_("0 or more"), self.failures)

    @property
    def workers(self) -> int:
        """Cores of all nodes."""
        return self.nodes * self.cores


@dataclass(frozen=True)
class Work:
    """`tasks` alike: `seconds` of a core each, and `fetched` bytes that must come over the network first."""

    tasks: int
    seconds: float
    fetched: float = 0.0


@dataclass(frozen=True)
class Span:
    """Seconds from the first task's start to the last one's end: the median and the central 80% of simulated runs.

    lost: seconds of cores on tasks that a failed node had to leave, on average.
    """

    median: float
    low: float
    high: float
    lost: float


def simulate(work: Work, cluster: Cluster, repeats: int = REPEATS, seed: int = 0) -> Span:
    """Tasks go to whichever core is free first. A core whose node fails does its task again from the start.

    Nodes fail at random moments (a Poisson process), the cores of a node independently of each other, which
    leaves the amount of lost work as it is. The same arguments give the same answer. Raises BadArgument where nodes
    fail so often that a task hardly ever ends.
    """
    if cluster.failures / DAY * _seconds(work, cluster) > HOPELESS:
        raise BadArgument("failures", N_("so few that a task can end"), cluster.failures)
    rng = np.random.default_rng(seed)
    runs = np.array([_run(work, cluster, rng) for _ in range(repeats)])
    low, median, high = np.quantile(runs[:, 0], [0.1, 0.5, 0.9])
    return Span(float(median), float(low), float(high), float(runs[:, 1].mean()))


def _seconds(work: Work, cluster: Cluster) -> float:
    """Of a core for one task: vectors of the next task come while one computes."""
    return max(work.seconds, work.fetched * cluster.cores / cluster.network) + cluster.overhead


def _run(work: Work, cluster: Cluster, rng: np.random.Generator) -> tuple[float, float]:
    """Seconds of one run, and those that were lost."""
    together = -(-work.tasks // MOST)  # a core goes on with so many tasks: their sum varies less than each
    counts = np.full(-(-work.tasks // together), together)
    counts[-1] -= counts.sum() - work.tasks
    each = _seconds(work, cluster)
    slow = rng.binomial(counts, STRAGGLERS) / counts * (SLOW - 1)
    took = each * counts * (1 + slow) * np.exp(SPREAD / np.sqrt(counts) * rng.standard_normal(len(counts)))
    failed = rng.poisson(cluster.failures / DAY * took)
    lost = each * failed * (0.5 + rng.normal(0, 1 / np.sqrt(12 * np.maximum(failed, 1)))).clip(0, 1)
    free = [0.0] * min(cluster.workers, len(counts))
    for seconds in (took + lost + RESTART * failed).tolist():
        heapq.heapreplace(free, free[0] + seconds)
    return max(free), float(lost.sum())
