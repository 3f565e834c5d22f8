"""Which paths are the API's, and which route a caller with a wrong path probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

PREFIXES: Final = (
    # Served:
    "/health", "/healthz", "/livez", "/readyz", "/metrics", "/docs", "/docs-assets", "/redoc", "/openapi.json",
    "/api", "/v1", "/embed", "/similarity", "/rerank", "/info", "/retrieval",
    # Not served, but asked for by probes and clients of other protocols, which must not get a page:
    "/config", "/gradio_api", "/run", "/call", "/queue", "/predict", "/embeddings", "/openai", "/models", "/v2",
    "/tokenize", "/ready", "/live", "/ping", "/status", "/version", "/_stcore/metrics",
)  # fmt: skip
"""A path is the API's if it is one of these or below one. Everything else is a page."""
PAGES: Final = ("/_stcore", "/media", "/component", "/static", "/auth", "/oauth2callback")
"""Where Streamlit itself takes requests that write."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SLASHES: Final = re.compile(r"//+")


def canonical(path: str) -> str:
    """The path without a slash at its end, and with single slashes.

    >>> canonical("//api//predict/"), canonical("/")
    ('/api/predict', '/')
    """
    return _SLASHES.sub("/", path).rstrip("/") or "/"


def is_api(method: str, path: str) -> bool:
    """Whether the API answers: below its prefixes, and whatever writes outside of Streamlit's own paths.

    >>> is_api("GET", "/v1/x"), is_api("GET", "/triage"), is_api("POST", "/triage"), is_api("GET", "/healthy")
    (True, False, True, False)
    """
    return _below(path, PREFIXES) or (method not in SAFE and not _below(path, PAGES))


def listed(api: FastAPI) -> list[str]:
    """The routes that OpenAPI lists, in its order, without making its document: that takes a tenth of a start."""
    routes = (route for route in iter_route_contexts(api.routes) if isinstance(route.original_route, APIRoute))
    return list(dict.fromkeys(str(route.path_format) for route in routes if route.include_in_schema))


def meant(path: str, known: Iterable[str]) -> str:
    """The route that ends as `path` does; empty where none does.

    >>> meant("/openai/deployments/x/embeddings", ["/v1/embeddings", "/api/predict"])
    '/v1/embeddings'
    """
    if path == "/_stcore/metrics":
        return "/metrics"
    last = path.rsplit("/", 1)[-1].lower()
    return next((route for route in known if last and route.rsplit("/", 1)[-1] == last and route != path), "")


def _below(path: str, prefixes: tuple[str, ...]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
