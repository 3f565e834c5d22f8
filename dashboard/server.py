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

from calibration.errors import SimTierError
from dashboard import login_options, theme
from dashboard.api import ROUTES, create_api
from dashboard.api.access_log import AccessLog
from dashboard.api.limits import Limits
from dashboard.api.log_lines import LineWriter
from dashboard.api.score_sampling import kept_a_day
from dashboard.options import OPEN, BadOption, Options, is_loopback

SCRIPT: Final = Path(__file__).with_name("app.py")
FINISH_SECONDS: Final = 20
"""How long a server that ends goes on answering what it has accepted."""


def create_app() -> st.App:
    """Pages and routes as one ASGI application; raises BadOption where a limit makes no sense."""
    from dashboard import resources  # its caches belong to the running server
    from dashboard.components.frame.guard import show_defect

    api, writer = create_api(Limits.from_environment()), LineWriter()

    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
        """Begin to load the model when the server starts; finish what was accepted when it ends."""
        resources.model()
        api.state.service = resources.service()
        yield {}
        api.state.service.close(FINISH_SECONDS)
        resources.jobs().close()
        writer.close()

    logged = AccessLog(api, {*api.openapi()["paths"], *ROUTES}, lambda: resources.service().metrics, writer)
    routes = [Route(path, endpoint=logged) for path in ROUTES]
    kept_a_day()  # says now, in one line, if it makes no sense
    oidc = login_options.from_environment().oidc
    secrets = {"auth": oidc.secrets()} if oidc else None
    return st.App(SCRIPT, lifespan=lifespan, routes=routes, on_script_error=show_defect, secrets=secrets)


def serve(options: Options) -> None:
    """Listen until stopped; raises BadOption where the address cannot be had."""
    os.environ.update(options.environment())
    refuse_open_door(options)
    claim(options)
    print(f"SimTier {options.url}", flush=True)  # noqa: T201 (the operator's one line)
    create_app().run(config=theme.config(options.host, options.port))


def refuse_open_door(options: Options) -> None:
    """Raise BadOption where others reach this address, and the API would ask them for no key."""
    from calibration.settings import database
    from calibration.store import open_store
    from dashboard.api.keys import API_KEY

    if options.insecure or is_loopback(options.host) or os.environ.get(API_KEY):
        return
    try:
        with open_store(database()) as store:
            keys = store.api_keys.list()
    except SimTierError as error:
        raise BadOption(str(error)) from error
    if not keys:
        raise BadOption(OPEN.format(host=options.host, lacking="the API asks for no key"))


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
