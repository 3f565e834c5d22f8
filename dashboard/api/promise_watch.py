"""Whether the promise of the policy in use holds on reviewed live pairs: for the page, `/metrics` and alarms."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from calibration.errors import SimTierError
from calibration.evaluation.watched_policy import WatchedTier, watch_reviewed
from calibration.store import Store, StoredPolicy
from dashboard.webhooks.events import WATCH_BROKEN, Event
from dashboard.webhooks.sender import Webhooks

log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 60.0


class PromiseWatch:
    """The state of each promise; a broken one is reported once, in the log and by webhook."""

    def __init__(self, store: Callable[[], Store], webhooks: Webhooks) -> None:
        self._store, self._webhooks = store, webhooks
        self._found: Sequence[WatchedTier] = ()
        self._looked_at = -FRESH_SECONDS
        self._notified: set[str] = set()
        self._lock = threading.Lock()

    def known(self) -> Sequence[WatchedTier]:
        """What was found last, at most a minute old; nothing while the store is away."""
        if time.monotonic() - self._looked_at >= FRESH_SECONDS:
            try:
                self.look()
            except SimTierError as error:
                log.warning("the promise could not be looked at: %s", type(error).__name__)
        return self._found

    def look(self) -> Sequence[WatchedTier]:
        """Judge now, and raise the alarm where a promise is broken. Raises StoreError."""
        store = self._store()
        stored = store.policies.current()
        found = [] if stored is None else watch_reviewed(stored.policy, store.live_pairs.reviewed(stored.id))
        with self._lock:
            self._found, self._looked_at = found, time.monotonic()
        for one in found:
            if stored is not None and one.rate.broken:
                self._notify(stored, one)
        return found

    def _notify(self, stored: StoredPolicy, one: WatchedTier) -> None:
        rate, key = one.rate, f"{WATCH_BROKEN} {stored.id} {one.domain} {one.tier}"
        with self._lock:
            if key in self._notified:
                return
            self._notified.add(key)
        log.warning("promise_broken domain=%s tier=%s at=%s", one.domain, one.tier, rate.alarm_at)
        facts: dict[str, str | int | float] = {
            "policy": f"{stored.name} v{stored.version}",
            "domain": one.domain,
            "tier": one.tier,
            "promised": rate.precision,
            "reviewed": rate.n,
            "wrong": rate.wrong,
            "precision_low": round(rate.low, 4),
            "precision_high": round(rate.high, 4),
        }
        self._webhooks.notify(Event(WATCH_BROKEN, facts, key))
