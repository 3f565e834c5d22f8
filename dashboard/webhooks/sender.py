"""Sends events in the background: a receiver that is slow, away or wrong holds up nobody."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import httpx

from calibration.errors import ServiceError
from calibration.http.exchange import TRANSIENT, Retries, exchange
from dashboard.defects import log_defect
from dashboard.webhooks.events import Event
from dashboard.webhooks.payloads import Target, accepted, payload

log = logging.getLogger(__name__)

MOST_WAITING: Final = 100
"""Events that wait to be sent; beyond these they are dropped, and the log says so."""
SECONDS: Final = 10.0
"""How long one try may take."""
PATIENCE: Final = 300.0
"""Seconds for which one event is tried again."""


class Webhooks:
    """Tells events to all `targets`; without any it does nothing."""

    def __init__(self, targets: Sequence[Target], patience: float = PATIENCE, first: float = 1.0) -> None:
        self._targets = tuple(targets)
        self._retries = Retries(patience, TRANSIENT, lost=True, first=first)
        self._waiting: queue.Queue[tuple[Event, Target] | None] = queue.Queue(MOST_WAITING)
        self._notified: set[str] = set()
        self._lock = threading.Lock()
        if self._targets:
            http = httpx.Client(timeout=SECONDS, follow_redirects=False)  # takes a while to make: not for nobody
            threading.Thread(target=self._serve, args=(http,), name="webhooks", daemon=True).start()

    @property
    def used(self) -> bool:
        """Whether there is anybody to notify."""
        return bool(self._targets)

    def notify(self, event: Event) -> None:
        """Queue an event, unless the same story is being told already."""
        with self._lock:
            if not self._targets or (event.key and event.key in self._notified):
                return
            if event.key:
                self._notified.add(event.key)
        for target in self._targets:
            try:
                self._waiting.put_nowait((event, target))
            except queue.Full:
                log.warning("a webhook event was dropped: too many wait for %s", target.host)

    def over(self, key: str) -> None:
        """An event is over: when it happens again, it is reported again."""
        with self._lock:
            self._notified.discard(key)

    def close(self) -> None:
        """Send nothing more; what is under way ends with the process."""
        with suppress(queue.Full):
            self._waiting.put_nowait(None)

    def _serve(self, http: httpx.Client) -> None:
        with http:
            while (waiting := self._waiting.get()) is not None:
                event, target = waiting
                try:
                    self._send(http, event, target)
                except ServiceError as error:  # its message names the address, which holds a token
                    log.warning("webhook %s to %s failed: %s", event.kind, target.host, type(error).__name__)
                except Exception as error:
                    log_defect(log, f"webhook {event.kind} to {target.host} failed", error)

    def _send(self, http: httpx.Client, event: Event, target: Target) -> None:
        def ask() -> httpx.Response:
            made = payload(event, target, time.time())  # signed for each try: signatures expire
            return http.post(made.url, content=made.body, headers=dict(made.headers))

        response = exchange(ask, target.host, self._retries)
        answer: Any = None
        with suppress(ValueError):
            answer = response.json()
        if not accepted(target, answer):
            log.warning("webhook %s: %s answered that it does not take it", event.kind, target.host)
