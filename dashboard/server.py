"""The process: Streamlit's pages at /, HTTP routes beside them, one model and one store for both."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.middleware import Middleware

from calibration.errors import N_
from calibration.messages.catalogues import from_environment, translate
from calibration.messages.note import note
from dashboard import login_options, theme
from dashboard.api import create_api
from dashboard.api.access_log import AccessLog
from dashboard.api.dispatch import Dispatch
from dashboard.api.host_check import HostCheck, allowed_hosts
from dashboard.api.limits import Limits
from dashboard.api.paths import listed
from dashboard.api.request_log import RequestLog
from dashboard.api.score_sampling import kept_a_day
from dashboard.api.tracing import Tracing
from dashboard.bad_option import BadOption
from dashboard.defects import OneLine
from dashboard.draining import drain_connections
from dashboard.options import NO_KEY, OPEN, Options, is_loopback
from dashboard.settings import Api, Server
from dashboard.webhooks.payloads import targets

SCRIPT: Final = Path(__file__).with_name("app.py")
KEYLESS: Final = N_(
    "the pages need a login, so the API needs a key too, and there is none yet: add one with `simtier keys "
    "add NAME`, or open the API to everyone with --insecure"
)
UNLISTED: Final = ("/docs", "/redoc", "/openapi.json", "/v2/rerank")
"""Routes that OpenAPI does not list."""
PRIVATE: Final = 0o077
"""What no file of the server is for: groups and others."""
WEBSOCKETS: Final = "streamlit.web.server.starlette.starlette_websocket"
"""The logger to which broken messages of browsers go."""
FINISH_SECONDS: Final = 20
"""How long a server that ends goes on answering what it has accepted."""


def create_app(host: str | None = None, port: int | None = None) -> st.App:
    """Pages and routes as one ASGI application, for a server at `host` and `port` (SIMTIER_HOST, SIMTIER_PORT).

    Raises BadOption where a limit or a name makes no sense.
    """
    from dashboard import resources  # its caches belong to the running server
    from dashboard.components.frame.guard import show_defect

    api, log = create_api(Limits.read(), port or Server.read().port), RequestLog()
    quiet = logging.getLogger(WEBSOCKETS)
    if not any(isinstance(one, OneLine) for one in quiet.filters):
        quiet.addFilter(OneLine())

    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
        """Begin to load the model when the server starts; finish what was accepted when it ends."""
        resources.model()
        api.state.service = resources.service()
        yield {}
        api.state.service.close(FINISH_SECONDS)
        resources.jobs().close()
        log.close()

    routes = {*listed(api), *UNLISTED}
    logged = AccessLog(Tracing(api, routes), routes, lambda: resources.service().metrics, log)
    hosts = allowed_hosts(host or Server.read().host)
    guards = [Middleware(HostCheck, allowed=hosts), Middleware(Dispatch, api=logged)]
    targets()  # says now, in one line, if one makes no sense
    kept_a_day()  # says now, in one line, if it makes no sense
    oidc = login_options.from_environment().oidc
    secrets = {"auth": oidc.secrets()} if oidc else None
    return st.App(SCRIPT, lifespan=lifespan, middleware=guards, on_script_error=show_defect, secrets=secrets)


def serve(options: Options) -> None:
    """Listen until stopped; raises BadOption where the address cannot be had."""
    os.umask(PRIVATE)
    os.environ.update(options.environment())
    refuse_open_door(options)
    claim(options)
    drain_connections()
    print(f"SimTier {options.url}", flush=True)  # noqa: T201 (the operator's one line)
    create_app(options.host, options.port).run(config=theme.config(options.host, options.port))


def refuse_open_door(options: Options) -> None:
    """Raise BadOption where others reach this address, and the API would ask them for no key."""
    from calibration.settings import database
    from calibration.store import open_store

    login = login_options.from_environment().needed
    if options.insecure or Api.read().key or (is_loopback(options.host) and not login):
        return
    with open_store(database()) as store:
        keys = store.api_keys.list()
    if not keys and not is_loopback(options.host):
        raise BadOption(note(OPEN, host=options.host, lacking=NO_KEY))
    if not keys:
        print(f"simtier: {translate(KEYLESS, from_environment())}", file=sys.stderr, flush=True)  # noqa: T201 (the operator's one line)


def claim(options: Options) -> None:
    """Check that the port is free, because the server's own complaint is a page long."""
    try:
        address = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], address[1]) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address[4])
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadOption(note(TAKEN, host=options.host, port=options.port, reason=reason)) from error


TAKEN: Final = N_("cannot listen on {host}:{port} ({reason}); choose another port with --port or SIMTIER_PORT")
