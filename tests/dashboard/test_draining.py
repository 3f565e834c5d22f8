"""A request whose connection was accepted before the server was asked to end is answered."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from dashboard.draining import drain_connections


class Draining(H11Protocol):
    """A protocol of its own, so that no other test meets the change."""


drain_connections(Draining, 3.0)


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def asked_while_it_ends(protocol: Any) -> bytes:
    server = uvicorn.Server(uvicorn.Config(answer, port=0, http=protocol, lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not server.server_state.connections:  # accepted, and nothing sent yet
        await asyncio.sleep(0.01)
    server.should_exit = True
    while server.servers[0].is_serving():
        await asyncio.sleep(0.001)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try:
        got = await asyncio.wait_for(reader.read(1000), 30)
    except ConnectionError:
        got = b""
    writer.close()
    await asyncio.wait_for(serving, 30)
    return got


def asked(protocol: Any) -> bytes:
    """In a thread of its own: other tests leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(asked_while_it_ends(protocol))).result()


def test_an_accepted_connection_is_answered_though_the_server_ends() -> None:
    assert asked(Draining).startswith(b"HTTP/1.1 200")


def test_without_it_the_connection_would_be_closed() -> None:
    assert asked(H11Protocol) == b""


def test_it_is_put_in_place_once() -> None:
    before = Draining.shutdown
    drain_connections(Draining)
    assert Draining.shutdown is before
