"""HTTP routes beside the pages."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

import calibration
from dashboard.api import (
    bad_cases,
    cors,
    embeddings,
    error_handlers,
    examples,
    faqs,
    health,
    match,
    metrics_route,
    models,
    policies,
    predict,
    rerank,
    retrieval,
    similarity,
    tei,
)
from dashboard.api.body_limit import BodyGuard
from dashboard.api.docs_pages import DocsPages
from dashboard.api.keys import KeyGuard
from dashboard.api.limits import Limits

PORT: Final = 7860
"""The port that the examples use by default."""
SCHEMES: Final = [
    Security(HTTPBearer(auto_error=False, description="A key of `python -m calibration keys add NAME`.")),
    Security(APIKeyHeader(name="X-API-Key", auto_error=False)),
]
"""For the documentation, whose Authorize button they make; KeyGuard has looked at the key long before."""


def create_api(limits: Limits, port: int = PORT) -> FastAPI:
    """The API of this process, which serves its documentation itself; set `state.service` before it is asked.

    port: where the server listens, for the examples.
    """
    api = FastAPIOffline(
        title="SimTier",
        version=calibration.__version__,
        description=examples.DESCRIPTION.replace(f"localhost:{PORT}", f"localhost:{port}"),
        static_url="/docs-assets",
        redirect_slashes=False,  # Dispatch has dropped slashes at the end: not every client follows a redirect
    )
    error_handlers.install(api)
    # The last that is added is the first that sees a request.
    api.add_middleware(DocsPages)
    api.add_middleware(BodyGuard, limits=limits)
    api.add_middleware(KeyGuard, ring=lambda: api.state.service.keys)
    if allowed := cors.origins():
        api.add_middleware(
            CORSMiddleware,
            allow_origins=allowed,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=cors.SENT,
            expose_headers=cors.SHOWN,
        )
    for module in (
        predict,
        similarity,
        match,
        embeddings,
        models,
        rerank,
        tei,
        faqs,
        retrieval,
        bad_cases,
        policies,
        metrics_route,
    ):
        api.include_router(module.router, dependencies=SCHEMES)
    api.include_router(health.router)
    return api
