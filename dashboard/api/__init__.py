"""HTTP routes beside the pages."""

from __future__ import annotations

from fastapi import FastAPI

from dashboard.api import health


def create_api() -> FastAPI:
    """The API of this process; it shares model and store with the pages."""
    api = FastAPI(
        title="SimTier", version=health.product_version(), docs_url=None, redoc_url=None, openapi_url=None
    )
    api.include_router(health.router)
    return api
