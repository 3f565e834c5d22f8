"""Readiness and liveness for load balancers, Kubernetes and people: the model is loaded and the store answers."""

from __future__ import annotations

import shutil
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

import calibration
from calibration.settings import data_dir
from dashboard import resources
from dashboard.api.keys import CALLER
from dashboard.model import BROKEN, READY

router = APIRouter()

DISK_FREE_BYTES: Final = 2**20
"""Less room than this counts as none: a transaction and SQLite's log take some."""


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
    return {"status": status, "model": shown, "store": store, "disk": disk(), "version": calibration.__version__}


def disk() -> dict[str, Any]:
    """Room where database and vectors are kept. A full disk stops writing but not scoring, so it has a state of its
    own.
    """
    free = shutil.disk_usage(data_dir()).free
    return {"ok": free >= DISK_FREE_BYTES, "free_mb": free // 2**20}


@router.head("/livez", include_in_schema=False)
@router.get("/livez", tags=["operation"])
async def alive() -> dict[str, str]:
    """200 as long as the process answers at all, whatever it can do: restart it only where this fails."""
    return {"status": "alive"}


@router.head("/health", include_in_schema=False)
@router.head("/healthz", include_in_schema=False)
@router.head("/readyz", include_in_schema=False)
@router.get("/healthz", tags=["operation"])
@router.get("/readyz", tags=["operation"])
@router.get("/health", tags=["operation"])
def health(request: Request) -> JSONResponse:
    """200 when requests can be served, 503 while the model loads or where something is broken.

    Without a key, where one is needed, it says `status` and no more.
    """
    body = report()
    code = 200 if body["status"] == READY else 503
    return JSONResponse(body if request.scope.get(CALLER) else {"status": body["status"]}, status_code=code)
