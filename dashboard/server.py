"""The process: Streamlit's pages at /, HTTP routes beside them, one model and one store for both."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.routing import Route

from dashboard import theme
from dashboard.api import create_api
from dashboard.options import BadOption, Options

SCRIPT: Final = Path(__file__).with_name("app.py")
ROUTES: Final = ("/health",)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Begin to load the model when the server starts; stop long work when it ends."""
    from dashboard import resources  # its caches belong to the running server

    resources.model()
    yield {}
    resources.jobs().close()


def create_app() -> st.App:
    """Pages and routes as one ASGI application."""
    from dashboard.components.guard import show_defect

    api = create_api()
    routes = [Route(path, endpoint=api) for path in ROUTES]
    return st.App(SCRIPT, lifespan=lifespan, routes=routes, on_script_error=show_defect)


def serve(options: Options) -> None:
    """Listen until stopped; raises BadOption where the address cannot be had."""
    claim(options)
    os.environ.update(options.environment())
    print(f"SimTier {options.url}", flush=True)  # noqa: T201 (the operator's one line)
    create_app().run(config=theme.config(options.host, options.port))


def claim(options: Options) -> None:
    """Check that the port is free, because the server's own complaint is a page long."""
    try:
        address = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], address[1]) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address[4])
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadOption(
            f"cannot listen on {options.host}:{options.port} ({reason}); choose another with --port or SIMTIER_PORT"
        ) from error
