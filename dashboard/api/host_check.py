"""Which Host names a request may carry: the check against DNS rebinding.

A web page of another origin can point its own name at 127.0.0.1 and then call a server that listens there as if it
were its own. The browser still sends that page's name as Host, so a server on loopback answers its own names only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.errors import answer
from dashboard.options import is_loopback
from dashboard.settings import ANY, Login, Server

DENIAL: Final = "websocket.http.response"
"""The ASGI extension by which a websocket is refused with a status and a body."""


def allowed_hosts(bound_to: str, environ: Mapping[str, str] = os.environ) -> frozenset[str] | None:
    """The names to answer besides those of loopback; None where any name is answered.

    Any name is answered beyond loopback unless SIMTIER_ALLOWED_HOSTS lists some, and wherever it is `*`. Raises
    BadArgument for a name with a scheme or a path.

    >>> sorted(allowed_hosts("127.0.0.1", {"SIMTIER_ALLOWED_HOSTS": "faq.example.com, api:8443"}))
    ['127.0.0.1', 'api', 'faq.example.com']
    >>> allowed_hosts("0.0.0.0", {}) is None
    True
    """
    given = Server.read(environ).allowed_hosts
    if ANY in given or (not given and not is_loopback(bound_to)):
        return None
    public = urlsplit(Login.read(environ).public_url).hostname
    return frozenset(hostname(name) for name in (*given, bound_to, public or bound_to))


def hostname(host: str) -> str:
    """The name in a Host header: lower case, without the port, brackets and a final dot.

    >>> hostname("LocalHost.:7860"), hostname("[::1]:7860"), hostname("::1")
    ('localhost', '::1', '::1')
    """
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.removesuffix(".")


def is_allowed(host: str, allowed: frozenset[str]) -> bool:
    """Whether a Host header names this server.

    >>> is_allowed("app.localhost:1", frozenset()), is_allowed("evil.example", frozenset())
    (True, False)
    """
    name = hostname(host)
    return is_loopback(name) or name.endswith(".localhost") or name in allowed


class HostCheck:
    """ASGI middleware for the whole server: 421 for a request or websocket whose Host is not ours."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str] | None) -> None:
        self._app, self._allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at every Host header, then pass the request on."""
        if scope["type"] not in ("http", "websocket") or self._allowed is None:
            await self._app(scope, receive, send)
            return
        given = _hosts(scope["headers"])
        if all(is_allowed(host, self._allowed) for host in given):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket" and DENIAL not in scope.get("extensions", {}):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _refusal(scope, receive, send)


def _hosts(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name == b"host"]


async def _refusal(scope: Scope, receive: Receive, send: Send) -> None:
    variable = Server.variable("allowed_hosts")
    text = f"this server is not called so; address it as localhost, or add the name to {variable}"
    response = answer(421, "wrong_host", text, "Host")
    if scope["type"] == "websocket":
        await receive()
    await response(scope, receive, send)
