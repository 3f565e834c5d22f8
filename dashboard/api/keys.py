"""Who may use the API: keys of the store, and one of the environment, looked at before anything is read."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from calibration.errors import SimTierError
from calibration.store import ApiKey, Store
from calibration.store.api_keys import READ, WRITE, key_hash
from calibration.store.moments import utc_now
from dashboard.api.errors import KeyReadOnly, KeyRefused, explained
from dashboard.settings import Api

FRESH_SECONDS: Final = 2.0
"""How long a revoked key still opens at most."""
STALE_SECONDS: Final = 300.0
"""How long known keys go on opening while the store is away; nobody can revoke one in it meanwhile."""
CALLER: Final = "simtier.caller"
"""Where the ASGI scope holds the Caller, None where no known key was given."""

OPEN: Final = frozenset(
    {"/health", "/healthz", "/readyz", "/livez", "/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"}
)
OPEN_FILES: Final = "/docs-assets/"
"""Whatever is neither listed nor below this needs a key, also an unforeseen path or a known one behind a prefix."""
READING: Final = frozenset(
    {
        "/api/predict", "/v1/similarity", "/v1/match", "/v1/embeddings", "/v1/rerank", "/v2/rerank",
        "/embed", "/similarity", "/rerank", "/retrieval",
    }
)  # fmt: skip
"""What is asked by POST and changes nothing; every other POST takes a key that may write."""


@dataclass(frozen=True)
class Caller:
    """Who asks: the name of the key, empty where none is needed, and what it may do."""

    name: str
    access: str
    id: int | None = None


ANYBODY: Final = Caller("", WRITE)


class KeyRing:
    """The keys that open, at most FRESH_SECONDS old; `given` is the environment's, which may write.

    needed: a key is asked for even where there is none yet. `last_used` collects moments by id, until somebody
    writes them down.
    """

    def __init__(self, store: Callable[[], Store], given: str | None = None, *, needed: bool = False) -> None:
        self._store = store
        secret = Api.read().key if given is None else given
        self._given = key_hash(secret) if secret else ""
        self._known: tuple[ApiKey, ...] = ()
        self._needed = needed or bool(secret)
        self._read_at = self._known_at = -STALE_SECONDS
        self._lock = threading.Lock()
        self._last_used: dict[int, datetime] = {}

    @property
    def needed(self) -> bool:
        """Whether there is or was any key: revoking the last one does not open the door to everybody."""
        return self._needed

    async def caller(self, secret: str | None) -> Caller | None:
        """Whose key it is, ANYBODY where none is needed, None where it opens nothing. Raises StoreError."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            await run_in_threadpool(self.refresh)
        if not self._needed:
            return ANYBODY
        return None if secret is None else self._find(key_hash(secret))

    def refresh(self) -> None:
        """Reload the keys; while the store is away, use those known. Raises StoreError once they are old."""
        with self._lock:
            if time.monotonic() - self._read_at <= FRESH_SECONDS:
                return  # another thread has just done it
            try:
                self._known = self._store().api_keys.list()
                self._known_at = time.monotonic()
            except SimTierError:
                if time.monotonic() - self._known_at > STALE_SECONDS:
                    raise
            self._needed = self._needed or bool(self._known)
            self._read_at = time.monotonic()

    def used(self) -> Mapping[int, datetime]:
        """When keys were used since this was asked last."""
        with self._lock:
            found, self._last_used = self._last_used, {}
        return found

    def _find(self, given: str) -> Caller | None:
        """Compare with every key in constant time, so that time says nothing about any."""
        found = Caller("environment", WRITE) if hmac.compare_digest(self._given, given) else None
        for key in self._known:
            if hmac.compare_digest(key.hash, given) and key.revoked_at is None:
                found = Caller(key.name, key.access, key.id)
                self._last_used[key.id] = utc_now()
        return found


def secret_in(headers: Headers) -> str | None:
    """The key of a request: `Authorization: Bearer`, which OpenAI's clients send, else `X-API-Key`.

    >>> secret_in(Headers({"authorization": "bearer abc"})), secret_in(Headers({"x-api-key": "abc"}))
    ('abc', 'abc')
    """
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip()
    return headers.get("x-api-key")


class KeyGuard:
    """ASGI middleware: 401 without a key that opens, 403 where it may only read; before any body is read."""

    def __init__(self, app: ASGIApp, ring: Callable[[], KeyRing]) -> None:
        self._app, self._ring = app, ring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the key, then pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, ring = Headers(scope=scope), self._ring()
        guarded = not (scope["path"] in OPEN or scope["path"].startswith(OPEN_FILES))
        secret = secret_in(headers)
        try:
            caller = await ring.caller(secret)
            if guarded:
                check(caller, scope["method"], scope["path"], secret)
        except SimTierError as error:
            if guarded:
                await explained(error, headers.get("accept-language"))(scope, receive, send)
                return
            caller = None if ring.needed else ANYBODY
        scope[CALLER] = caller
        await self._app(scope, receive, send)


def check(caller: Caller | None, method: str, path: str, secret: str | None) -> None:
    """Raise KeyRefused or KeyReadOnly unless `caller` may do this."""
    if caller is None:
        raise KeyRefused(given=secret is not None)
    reads = method in ("GET", "HEAD", "OPTIONS") or path in READING
    if caller.access == READ and not reads:
        raise KeyReadOnly(caller.name)
