"""A server that ends answers also those whose connection it had just accepted, but whose request was not read yet.

uvicorn closes connections without a request at once when it is asked to end; a client that was about to send found
the connection reset. They get a moment to send it: the listening socket is closed by then, so no others follow.
"""

from __future__ import annotations

from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

GRACE_SECONDS: Final = 0.5
"""How long an accepted connection may take to send its request once the server ends."""


def drain_connections(protocol: Any = H11Protocol, seconds: float = GRACE_SECONDS) -> None:
    """Make connections of `protocol` wait for `seconds` before they are closed for good; once is enough."""
    close = protocol.shutdown
    if getattr(close, "drains", False):
        return

    def finish(connection: Any) -> None:
        if not connection.transport.is_closing():
            close(connection)

    def shutdown(connection: Any) -> None:
        connection.loop.call_later(seconds, finish, connection)

    shutdown.drains = True  # type: ignore[attr-defined]
    protocol.shutdown = shutdown
