"""`/metrics`, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard.api.metrics import CONTENT_TYPE
from dashboard.api.service import Shared

router = APIRouter()


@router.get("/metrics", tags=["operation"], response_class=Response)
def metrics(shared: Shared) -> Response:
    """Counts and times since the start, in Prometheus' text format."""
    return Response(shared.metrics.page(), media_type=CONTENT_TYPE)
