"""A guard before the routes: a body is read whole, up to a size and within a time, before anything looks at it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calibration.errors import N_, TooLarge
from dashboard.api.errors import answer, explained
from dashboard.api.limits import Limits

BYTES: Final = N_("bytes")
VALUES: Final = N_("values")
MOST_VALUES: Final = 500_000
"""Commas in a body. No request within the limits comes near it: 8 MB of English prose hold some 100,000."""
MOST_NESTED: Final = 200_000
"""Lists and objects that begin in a body; reading more of them would keep everybody else waiting."""
DRAINED: Final = 8
"""Of a body that is too large, so many times the limit are read and dropped before the refusal."""
DRAIN_SECONDS: Final = 5
MOST_DIGITS: Final = 20
"""Of a length; more of them are too large all the same, and Python reads no number of thousands of digits."""


class BodyGuard:
    """ASGI middleware: 413 for a body that is, or says it is, too large or too full; 408 for one that trickles."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then pass it on in one piece."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")[:MOST_DIGITS]
        if said.isdigit() and int(said) > self._limits.body:
            await self._refuse(int(said), scope, receive, send, more=True)
            return
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                body, more = await self._read(receive)
        except TimeoutError:
            text = f"the body did not arrive within {self._limits.body_seconds} s"
            await answer(408, "body_timeout", text, "body", {"Connection": "close"})(scope, receive, send)
            return
        if body is None:
            return
        if len(body) > self._limits.body:
            await self._refuse(len(body), scope, receive, send, more=more)
            return
        for count, most in ((body.count(b","), MOST_VALUES), (body.count(b"[") + body.count(b"{"), MOST_NESTED)):
            if count > most:
                await explained(TooLarge("body", count, most, VALUES))(scope, receive, send)
                return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> tuple[bytes | None, bool]:
        """The body, cut where it is too large, and whether there is more; None where the client has gone."""
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None, False
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = bool(message.get("more_body"))
            if size > self._limits.body or not more:
                return b"".join(parts), more

    async def _refuse(self, size: int, scope: Scope, receive: Receive, send: Send, *, more: bool) -> None:
        """Answer 413. A client that is still sending would find the connection reset, and never read it: so what it
        sends is taken in and dropped, up to a bound.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                if more:
                    await self._drain(receive)
        response = explained(TooLarge("body", size, self._limits.body, BYTES))
        response.headers["Connection"] = "close"
        await response(scope, receive, send)

    async def _drain(self, receive: Receive) -> None:
        dropped = 0
        while dropped < DRAINED * self._limits.body:
            message = await receive()
            dropped += len(message.get("body", b""))
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                return


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body in one message, then whatever really comes: that is, the client's leaving."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
