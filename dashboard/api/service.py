"""What the routes share: the queue before the encoder, the limits, and the policy in force."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from calibration.encoding.protocol import Encoder
from calibration.errors import SimTierError
from calibration.store import Store
from calibration.store.policy_records import StoredPolicy
from dashboard.api.access_log import note_texts
from dashboard.api.drift_watch import DriftWatch
from dashboard.api.errors import ClientGone, TookTooLong
from dashboard.api.keys import KeyRing
from dashboard.api.limits import Limits
from dashboard.api.metrics import Metrics
from dashboard.api.queue import EncoderQueue, Work
from dashboard.api.score_sampling import ScoreSampling

T = TypeVar("T")

THREADS: Final = max(1, min(4, os.cpu_count() or 1))
"""Threads that encode: each uses one core (see `dashboard.model`); more would only leave none to the pages."""
FRESH_SECONDS: Final = 1.0
"""How old the policy in force may be: a publication is served at the latest after this."""
LOOK_SECONDS: Final = 0.5
"""How often it is looked whether the client of a waiting request is still there."""


class Service:
    """The API's side of the process. `encoder` and `store` may raise while there is none (yet)."""

    def __init__(self, encoder: Callable[[], Encoder], store: Callable[[], Store], limits: Limits) -> None:
        self.encoder, self.store, self.limits = encoder, store, limits
        self.keys = KeyRing(store)
        self.metrics = Metrics()
        self.queue = EncoderQueue(encoder, limits.waiting, self.metrics.batch, THREADS)
        self.metrics.watch_queue(lambda: len(self.queue))
        self.metrics.watch_cache(self._cache_counts)
        self.sampling = ScoreSampling(store, self.keys)
        self.drift = DriftWatch(encoder, store)
        self.metrics.watch_drift(self.drift.alarms)
        self._lock = threading.Lock()
        self._policy: StoredPolicy | None = None
        self._read_at = -FRESH_SECONDS

    def close(self, seconds: float | None = None) -> None:
        """Answer what was accepted, and take nothing more."""
        self.queue.close(seconds)
        self.drift.close()
        self.sampling.close()

    async def policy(self) -> StoredPolicy | None:
        """The policy in force, at most FRESH_SECONDS old. Raises StoreError."""
        if time.monotonic() - self._read_at <= FRESH_SECONDS:
            return self._policy
        return await run_in_threadpool(self._read_policy)

    def _read_policy(self) -> StoredPolicy | None:
        with self._lock:
            found = self.store().policies.current()
            # The same publication keeps its object, whose document is then read but once.
            if found is None or self._policy is None or found.publication != self._policy.publication:
                self._policy = found
            self._read_at = time.monotonic()
            return self._policy

    async def run(self, request: Request, work: Work[T]) -> T:
        """The answer of `work`. Raises Busy, TookTooLong, ModelNotReady, or ClientGone once nobody waits for it."""
        self.encoder()  # says at once that there is no model yet
        note_texts(request.scope, work.texts)
        task = asyncio.ensure_future(self.queue.run(work))
        try:
            async with asyncio.timeout(self.limits.seconds):
                while not (await asyncio.wait({task}, timeout=LOOK_SECONDS))[0]:
                    if await request.is_disconnected():
                        raise ClientGone
            return task.result()
        except TimeoutError as late:
            raise TookTooLong(self.limits.seconds) from late
        finally:
            task.cancel()

    def sample(self, stored: StoredPolicy | None, domain: str | None, scores: Sequence[float]) -> None:
        """Offer one cosine of a request, drawn at random, to the sample by which drift is seen.

        Only where a policy is in force, and in its domains: a made-up domain could be anybody's text.
        """
        if stored is None or not scores:
            return
        known = tuple(stored.policy.domains)
        name = known[0] if not domain and len(known) == 1 else domain
        if name in known:
            score = random.choice(scores)  # noqa: S311 (no secret)
            self.sampling.take(str(name), score, self.encoder().fingerprint, stored.id)

    def _cache_counts(self) -> tuple[int, int]:
        """Hits and misses of the vector cache; none while there is no model, or one without a cache."""
        try:
            encoder = self.encoder()
        except SimTierError:
            return 0, 0
        return getattr(encoder, "hits", 0), getattr(encoder, "misses", 0)

    async def aside(self, work: Callable[..., T], *arguments: object) -> T:
        """Run blocking `work` (the store's) on a thread of its own."""
        return await run_in_threadpool(partial(work, *arguments))


def service(request: Request) -> Service:
    """The service of the application that got `request`."""
    found: Service = request.app.state.service
    return found


Shared = Annotated[Service, Depends(service)]
