"""Requests to a server of embeddings: one pool of connections, a pace, and patience with a server that is busy."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx

from calibration.errors import N_, ServiceFailed
from calibration.http.exchange import TRANSIENT, Retries, exchange

_FIRST_PAUSE: Final = 0.25


@dataclass(frozen=True)
class RemoteSettings:
    """How a server is asked. batch: texts a request; connections: requests at once; per_second: requests a second
    at most, None for no limit; patience: seconds that one request may be tried again; tokens: what the model
    reads.
    """

    batch: int = 64
    connections: int = 4
    per_second: float | None = None
    patience: float = 120.0
    timeout: float = 60.0
    tokens: int = 512


class Exchange:
    """Asks one server; safe to use from many threads."""

    def __init__(self, base: str, key: str, settings: RemoteSettings) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Limits(max_connections=settings.connections, max_keepalive_connections=settings.connections)
        self._client = httpx.Client(headers=headers, limits=limits, timeout=settings.timeout)
        self._base, self._settings = base.rstrip("/"), settings
        self._turn, self._lock = 0.0, threading.Lock()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON answer. Raises ServiceUnreachable, ServiceBusy, ServiceRefused or ServiceFailed."""

        def ask() -> httpx.Response:
            self._pace()
            return self._client.post(self._base + path, json=body)

        retries = Retries(self._settings.patience, TRANSIENT, lost=True, first=_FIRST_PAUSE)
        told = exchange(ask, self._base, retries)
        try:
            return told.json()
        except ValueError as error:
            raise ServiceFailed(told.status_code, "", reason=N_("no JSON")) from error

    def get(self, path: str) -> Any:
        """The JSON answer to a question that need not have one; None where it has none."""
        with suppress(httpx.HTTPError, ValueError):
            told = self._client.get(path if path.startswith("http") else self._base + path)
            return told.json() if told.status_code == 200 else None
        return None

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _pace(self) -> None:
        """Wait for this request's turn."""
        if self._settings.per_second is None:
            return
        with self._lock:
            now = time.monotonic()
            self._turn = max(self._turn, now) + 1.0 / self._settings.per_second
            wait = self._turn - 1.0 / self._settings.per_second - now
        if wait > 0:
            time.sleep(wait)
