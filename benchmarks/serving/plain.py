"""The contender that most people would write: the model in a route that runs on FastAPI's thread pool.

`python -m benchmarks.serving.plain PORT FOLDER THREADS`; THREADS 0 leaves PyTorch's own choice.
"""

from __future__ import annotations

import sys

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer


class Asked(BaseModel):
    """As `/api/predict` of SimTier, its first form."""

    data: list[str]


def create(folder: str) -> FastAPI:
    """One route: encode, multiply."""
    app, model = FastAPI(), SentenceTransformer(folder, device="cpu")

    @app.post("/api/predict")
    def predict(body: Asked) -> dict[str, list[float]]:
        source, targets = body.data
        vectors = model.encode([source, *targets.splitlines()], normalize_embeddings=True)
        return {"data": [float(score) for score in vectors[1:] @ vectors[0]]}

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ready"}

    return app


if __name__ == "__main__":
    if threads := int(sys.argv[3]):
        torch.set_num_threads(threads)
    uvicorn.run(create(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
