"""What the routes share: the queue before the encoder, the limits, and the policy in use."""

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
from calibration.errors import SimTierError, StoreUnavailable
from calibration.scoring.score_pairs import ScoringOptions
from calibration.scoring.similarity import pieces_of
from calibration.store import Store
from calibration.store.policies.records import StoredPolicy
from calibration.text.cleaning import CleanedText
from dashboard.api.access_log import note_texts
from dashboard.api.drift_watch import DriftWatch
from dashboard.api.errors import ClientGone, TookTooLong
from dashboard.api.faq_indexes import FaqIndexes
from dashboard.api.keys import KeyRing
from dashboard.api.limits import Limits
from dashboard.api.metrics import Metrics
from dashboard.api.pair_sampling import PairSampling
from dashboard.api.promise_watch import PromiseWatch
from dashboard.api.queue import EncoderQueue
from dashboard.api.score_sampling import ScoreSampling
from dashboard.api.work import Work
from dashboard.webhooks.sender import Webhooks

T = TypeVar("T")

THREADS: Final = max(1, min(4, os.cpu_count() or 1))
"""Threads that encode: each uses one core (see `dashboard.model`); more would only leave none to the pages."""
FRESH_SECONDS: Final = 1.0
"""How old the policy in use may be: a publication is served at the latest after this."""
STALE_SECONDS: Final = 300.0
"""How long the last policy goes on serving while the store is away; nobody can publish another in it meanwhile."""
LOOK_SECONDS: Final = 0.5
"""How often it is looked whether the client of a waiting request is still there."""


class Service:
    """The API's side of the process. `encoder` and `store` may raise while there is none (yet)."""

    def __init__(
        self,
        encoder: Callable[[], Encoder],
        store: Callable[[], Store],
        limits: Limits,
        *,
        key_needed: bool = False,
        webhooks: Webhooks | None = None,
    ) -> None:
        self.encoder, self.store, self.limits = encoder, store, limits
        self.keys = KeyRing(store, needed=key_needed)
        self.metrics = Metrics()
        self.queue = EncoderQueue(encoder, limits.waiting, self.metrics.batch, THREADS)
        self.metrics.watch_queue(lambda: len(self.queue))
        self.metrics.watch_cache(self._cache_counts)
        self.pairs = PairSampling(store)
        self.sampling = ScoreSampling(store, self.keys, also=self.pairs.write)
        self.webhooks = webhooks or Webhooks(())
        self.promise = PromiseWatch(store, self.webhooks)
        self.metrics.watch_promise(self.promise.known)
        self.drift = DriftWatch(encoder, store, self.webhooks)
        self.metrics.watch_drift(self.drift.alarms)
        self.metrics.watch_policy(self.known_policy)
        self.faqs = FaqIndexes(encoder, store, self.queue)
        self._later: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._policy: StoredPolicy | None = None
        self._read_at = self._known_at = -STALE_SECONDS

    def close(self, seconds: float | None = None) -> None:
        """Answer what was accepted, and take nothing more."""
        self.queue.close(seconds)
        self.drift.close()
        self.webhooks.close()
        self.sampling.close()

    async def policy(self) -> StoredPolicy | None:
        """The policy in use, at most FRESH_SECONDS old. Raises StoreError."""
        if time.monotonic() - self._read_at <= FRESH_SECONDS:
            return self._policy
        return await run_in_threadpool(self._read_policy)

    def known_policy(self) -> StoredPolicy | None:
        """The policy in use, read now where it is old; None where there is none or the store cannot say."""
        try:
            return self._policy if time.monotonic() - self._read_at <= FRESH_SECONDS else self._read_policy()
        except SimTierError:
            return None

    def _read_policy(self) -> StoredPolicy | None:
        with self._lock:
            if time.monotonic() - self._read_at <= FRESH_SECONDS:
                return self._policy  # another thread has just read it
            try:
                found = self.store().policies.current()
                # The same publication keeps its object, whose document is then read but once.
                if found is None or self._policy is None or found.publication != self._policy.publication:
                    self._policy = found
                self._known_at = time.monotonic()
            except StoreUnavailable:
                if time.monotonic() - self._known_at > STALE_SECONDS:
                    raise
            self._read_at = time.monotonic()
            return self._policy

    async def run(self, request: Request, work: Work[T]) -> T:
        """The answer of `work`, however long it is worked on.

        Raises Busy, ModelNotReady, ClientGone once nobody waits for it, and TookTooLong where it gets no turn.
        """
        self.encoder()  # says at once that there is no model yet
        note_texts(request.scope, work.texts)
        item = self.queue.enter(work)
        future: asyncio.Future[T] = asyncio.wrap_future(item.future)
        try:
            while not (await asyncio.wait({future}, timeout=LOOK_SECONDS))[0]:
                if await request.is_disconnected():
                    raise ClientGone
                if time.monotonic() - item.moved > self.limits.seconds:
                    raise TookTooLong(self.limits.seconds)
            return future.result()
        finally:
            future.cancel()

    def sample(self, stored: StoredPolicy | None, domain: str | None, scores: Sequence[float]) -> None:
        """Offer one cosine of a request, drawn at random, to the sample by which drift is seen.

        Only where a policy is in use, and in its domains: a made-up domain could be anybody's text.
        """
        if stored is None or not scores:
            return
        name = _known_domain(stored, domain)
        if name:
            score = random.choice(scores)  # noqa: S311 (no secret)
            self.sampling.take(name, score, self.encoder().fingerprint, stored.id)

    def keep_pairs(
        self,
        stored: StoredPolicy,
        domain: str | None,
        pair_at: Callable[[int], tuple[str, str]],
        scores: Sequence[float],
        tiers: Sequence[str],
    ) -> None:
        """Offer the pairs of a request to the samples that are labelled and reviewed, where the operator wants it.

        pair_at: the cleaned texts of a score.
        """
        name = _known_domain(stored, domain)
        if name:
            self.pairs.take(stored, name, pair_at, scores, tiers, self.encoder().fingerprint)

    def _cache_counts(self) -> tuple[int, int]:
        """Hits and misses of the vector cache; none while there is no model, or one without a cache."""
        try:
            encoder = self.encoder()
        except SimTierError:
            return 0, 0
        return getattr(encoder, "hits", 0), getattr(encoder, "misses", 0)

    async def pieces(self, texts: Sequence[CleanedText], options: ScoringOptions) -> list[str]:
        """What the encoder will be asked for: `texts`, or their segments, found on a thread of its own."""
        cleaned = [text.text for text in texts]
        if options.segments == "none":
            return cleaned
        return await self.aside(pieces_of, cleaned, self.encoder(), options)

    def later(self, work: Callable[..., None], *arguments: object) -> None:
        """Run blocking `work` when there is time; nobody waits for it, and it raises nothing."""
        task = asyncio.create_task(run_in_threadpool(partial(work, *arguments)))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def aside(self, work: Callable[..., T], *arguments: object) -> T:
        """Run blocking `work` (the store's) on a thread of its own."""
        return await run_in_threadpool(partial(work, *arguments))


def _known_domain(stored: StoredPolicy, domain: str | None) -> str:
    """The domain of a request where the policy has it, else empty."""
    known = tuple(stored.policy.domains)
    name = known[0] if not domain and len(known) == 1 else domain or ""
    return name if name in known else ""


def service(request: Request) -> Service:
    """The service of the application that got `request`."""
    found: Service = request.app.state.service
    return found


Shared = Annotated[Service, Depends(service)]
