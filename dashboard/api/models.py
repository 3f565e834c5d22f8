"""`/v1/models`: the one model that is served, as OpenAI's clients look for it before anything else."""

from __future__ import annotations

import time
from typing import Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from calibration.errors import N_, NotFound
from dashboard.api.error_docs import documented
from dashboard.api.service import Service, Shared

router = APIRouter(prefix="/v1", tags=["models"])

STARTED: Final = int(time.time())


class ModelCard(BaseModel):
    """`id`: the model's name, which answers carry as `model`. `created`: when this server started."""

    id: str
    object: Literal["model"] = "model"
    created: int = STARTED
    owned_by: Literal["simtier"] = "simtier"


class ModelList(BaseModel):
    """One model: requests may name any, and all are answered by it."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


@router.get("/models", responses=documented(401, 403, 503))
async def models(shared: Shared) -> ModelList:
    """The model that is served; 503 while it loads."""
    return ModelList(data=[_card(shared)])


@router.get("/models/{model_id:path}", responses=documented(401, 403, 404, 503))
async def model(model_id: str, shared: Shared) -> ModelCard:
    """The model of that name; 404 where another one is served."""
    card = _card(shared)
    if model_id != card.id:
        raise NotFound(N_("model"), model_id[:80])
    return card


def _card(shared: Service) -> ModelCard:
    return ModelCard(id=shared.encoder().name)
