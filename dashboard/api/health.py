"""Readiness for load balancers and people: the model is loaded and the store answers."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dashboard import resources
from dashboard.model import BROKEN, READY

router = APIRouter()


def product_version() -> str:
    """The installed version, or a word that says it runs from sources alone."""
    try:
        return version("simtier")
    except PackageNotFoundError:
        return "unknown"


def report() -> dict[str, Any]:
    """What `/health` says; `status` is ready, loading or broken."""
    model = resources.model()
    problem = resources.store_problem()
    status = BROKEN if problem else model.status
    shown: dict[str, Any] = {"name": model.name, "status": model.status}
    if model.status == READY:
        encoder = model.get()
        shown |= {"name": encoder.name, "fingerprint": encoder.fingerprint, "dim": encoder.dim}
    elif model.error is not None:
        shown["error"] = str(model.error)
    store = {"ok": not problem} | ({"error": problem} if problem else {})
    return {"status": status, "model": shown, "store": store, "version": product_version()}


@router.api_route("/health", methods=["GET", "HEAD"])
def health() -> JSONResponse:
    """200 when requests can be served, 503 while the model loads or where something is broken."""
    body = report()
    return JSONResponse(body, status_code=200 if body["status"] == READY else 503)
