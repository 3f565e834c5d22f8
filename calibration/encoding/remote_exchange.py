"""Requests to a server of embeddings: one pool of connections, a pace, and patience with a server that is busy."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx

from calibration.errors import N_, ServiceBusy, ServiceFailed, ServiceRefused, ServiceUnreachable

_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504)
"""What may go away by itself."""
_FIRST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 20.0
_SHOWN: Final = 200


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
        until, pause = time.monotonic() + self._settings.patience, _FIRST_PAUSE
        while True:
            self._pace()
            told = self._once(path, body)
            if isinstance(told, httpx.Response) and told.status_code not in _AGAIN:
                return self._understood(told)
            wait = max(pause, _asked_pause(told)) * (1.0 + 0.5 * random.random())  # noqa: S311 (no secret)
            if time.monotonic() + wait > until:
                raise self._given_up(told)
            time.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE)

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

    def _once(self, path: str, body: dict[str, Any]) -> httpx.Response | httpx.TransportError:
        try:
            return self._client.post(self._base + path, json=body)
        except httpx.TransportError as error:
            return error

    def _understood(self, told: httpx.Response) -> Any:
        if told.status_code >= 400:
            raise ServiceRefused(told.status_code, "", reason=told.text[:_SHOWN])
        try:
            return told.json()
        except ValueError as error:
            raise ServiceFailed(told.status_code, "", reason=N_("no JSON")) from error

    def _given_up(self, told: httpx.Response | httpx.TransportError) -> Exception:
        if isinstance(told, httpx.TransportError):
            return ServiceUnreachable(self._base, str(told) or type(told).__name__)
        if told.status_code in (429, 503):
            return ServiceBusy(self._base, self._settings.patience, "", f"{told.status_code}: {told.text[:_SHOWN]}")
        return ServiceFailed(told.status_code, "", reason=told.text[:_SHOWN])


def _asked_pause(told: httpx.Response | httpx.TransportError) -> float:
    """The seconds that the server asks to wait, 0 where it does not say."""
    if isinstance(told, httpx.Response):
        with suppress(ValueError):
            return min(float(told.headers.get("Retry-After", 0)), _LONGEST_PAUSE)
    return 0.0
