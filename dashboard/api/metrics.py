"""Metrics for Prometheus. Every label has few values: whatever is not known in advance is counted as "other"."""

from __future__ import annotations

import platform
from collections import Counter as Counts
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.registry import Collector

import calibration
from calibration.evaluation.watched_policy import GAUGES, WatchedTier
from calibration.store.policies.records import StoredPolicy

OTHER: Final = "other"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SCORES: Final = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0)
BATCHES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_1_0_0


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        known = self.registry
        self._requests = Counter(
            "simtier_requests", "Requests answered", ["method", "route", "status"], registry=known
        )
        self._seconds = Histogram(
            "simtier_request_seconds", "Time to answer", ["route"], buckets=SECONDS, registry=known
        )
        self._batch_requests = Histogram(
            "simtier_batch_requests", "Requests a turn", buckets=BATCHES, registry=known
        )
        self._batch_texts = Histogram("simtier_batch_texts", "Texts a turn", buckets=BATCHES, registry=known)
        self._tokens = Counter("simtier_tokens", "Tokens of the texts of answered requests", registry=known)
        self._tiers = Counter("simtier_tiers", "Tiers given", ["domain", "tier"], registry=known)
        self._best = Histogram(
            "simtier_best_score",
            "Cosine of the best answer to a query that was matched",
            ["decision"],
            buckets=SCORES,
            registry=known,
        )
        build = Gauge("simtier_build_info", "1, with what runs here", ["version", "python"], registry=known)
        build.labels(calibration.__version__, platform.python_version()).set(1)
        self._waiting = Gauge("simtier_queue_waiting", "Requests that wait for the encoder", registry=known)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request; `route` is one of the API's paths or OTHER."""
        self._requests.labels(method if method in METHODS else OTHER, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def batch(self, requests: int, texts: int) -> None:
        """One turn of the encoder's queue."""
        self._batch_requests.observe(requests)
        self._batch_texts.observe(texts)

    def tokens(self, count: int) -> None:
        """Tokens that a request had."""
        self._tokens.inc(count)

    def tiers(self, domain: str | None, tiers: Iterable[Sequence[str]], known: Iterable[str]) -> None:
        """Tiers that were given in a domain; `known` are the domains of the policy."""
        names = list(known)
        if not domain and len(names) == 1:
            domain = names[0]
        label = domain if domain in names else OTHER
        for tier, times in Counts(tier for row in tiers for tier in row).items():
            self._tiers.labels(label, tier).inc(times)

    def best_score(self, decision: str, score: float) -> None:
        """The best answer of a query, which was answered, ambiguous or no answer."""
        self._best.labels(decision).observe(score)

    def watch_policy(self, policy: Callable[[], StoredPolicy | None]) -> None:
        """Ask `policy` for the policy in use."""
        self.registry.register(_PolicyInfo(policy))

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Ask `waiting` for the length of the queue whenever somebody looks."""
        self._waiting.set_function(waiting)

    def watch_cache(self, counts: Callable[[], tuple[int, int]]) -> None:
        """Ask `counts` for the hits and misses of the vector cache."""
        self.registry.register(_CacheCounts(counts))

    def watch_drift(self, alarms: Callable[[], Mapping[str, bool]]) -> None:
        """Ask `alarms` which domains have drifted; a domain that was not compared is not in it."""
        self.registry.register(_DriftAlarms(alarms))

    def watch_promise(self, known: Callable[[], Sequence[WatchedTier]]) -> None:
        """Ask `known` what reviewed live pairs say of each promise of the policy in use."""
        self.registry.register(_Promises(known))

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)


class _CacheCounts(Collector):
    def __init__(self, counts: Callable[[], tuple[int, int]]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        hits, misses = self._counts()
        yield CounterMetricFamily("simtier_cache_hits", "Texts whose vectors were at hand", value=hits)
        yield CounterMetricFamily("simtier_cache_misses", "Texts that had to be encoded", value=misses)


class _PolicyInfo(Collector):
    def __init__(self, policy: Callable[[], StoredPolicy | None]) -> None:
        self._policy = policy

    def collect(self) -> Iterator[Metric]:
        labels = ["name", "version", "id", "fingerprint"]
        found = GaugeMetricFamily(
            "simtier_policy_info", "1, with the policy in use; none where none is", labels=labels
        )
        stored = self._policy()
        if stored is not None:
            values = (stored.name, str(stored.version), stored.id, stored.policy.fingerprint or "")
            found.add_metric(values, 1.0)
        yield found


class _DriftAlarms(Collector):
    def __init__(self, alarms: Callable[[], Mapping[str, bool]]) -> None:
        self._alarms = alarms

    def collect(self) -> Iterator[Metric]:
        help_text = "1 where live scores have moved away from those calibrated on, 0 where they have not"
        found = GaugeMetricFamily("simtier_drift_alarm", help_text, labels=["domain"])
        for domain, alarm in self._alarms().items():
            found.add_metric([domain], float(alarm))
        yield found


class _Promises(Collector):
    def __init__(self, known: Callable[[], Sequence[WatchedTier]]) -> None:
        self._known = known

    def collect(self) -> Iterator[Metric]:
        tiers = self._known()
        for name, (meaning, value) in GAUGES.items():
            found = GaugeMetricFamily(name, meaning, labels=["domain", "tier"])
            for one in tiers:
                found.add_metric([one.domain, one.tier], float(value(one)))
            yield found
