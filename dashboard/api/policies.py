"""`/v1/policies/current`: the policy in use, as the file that `Policy.load` reads."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from calibration.errors import NotFound
from dashboard.api.error_docs import documented
from dashboard.api.service import Shared

router = APIRouter(prefix="/v1", tags=["policies"])


@router.get("/policies/current", responses=documented(401, 403, 404, 500, 503))
async def current(shared: Shared) -> dict[str, Any]:
    """The published policy with its thresholds and certificates; 404 where none is published."""
    stored = await shared.policy()
    if stored is None:
        raise NotFound("published policy", "current")
    return stored.policy.to_json()
