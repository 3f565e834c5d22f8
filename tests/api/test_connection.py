"""What the server's event loop does to a connection."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import uvicorn


async def _nodelay() -> bool:
    """Whether what is written to an accepted connection goes out at once."""
    found: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        found.set_result(bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    bound = socket.socket(socket.AF_INET)  # as Streamlit binds it: without naming TCP, which asyncio looks for
    bound.bind(("127.0.0.1", 0))
    async with await asyncio.start_server(accept, sock=bound):
        _, client = await asyncio.open_connection(*bound.getsockname())
        try:
            return await found
        finally:
            client.close()
            await client.wait_closed()


def test_an_answer_does_not_wait_for_the_client_to_acknowledge_its_head() -> None:
    """Head and body are written apart; by Nagle's algorithm the body waits 40 ms for a delayed acknowledgement."""

    def run() -> bool:
        loop = uvicorn.Config("dashboard.server:create_app").get_loop_factory()
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(_nodelay())

    with ThreadPoolExecutor(1) as alone:  # the main thread may have a browser's loop running
        assert alone.submit(run).result()
