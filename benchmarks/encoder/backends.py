"""sentence-transformers by its three backends, of which two need packages beside it.

Imports nothing of SimTier, so that an environment without it can run it (`benchmarks.encoder.beside`).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[list[str]], NDArray[np.float32]]
TORCH, OPENVINO, ONNX = "torch", "openvino", "onnx"
NEEDS = {OPENVINO: "optimum.intel", ONNX: "optimum.onnxruntime"}
"""Modules that bring a backend."""


def sentence_transformer(folder: Path, prompt: str, backend: str = TORCH) -> Encode:
    """`encode()` with its defaults, but for the normalisation that all share. Raises ImportError where what the
    backend needs is not installed.
    """
    if backend in NEEDS:
        importlib.import_module(NEEDS[backend])
    from sentence_transformers import SentenceTransformer

    options: dict[str, Any] = {"model_kwargs": {"export": True}} if backend in NEEDS else {}
    if backend == ONNX:
        options["model_kwargs"] |= {"provider": "CPUExecutionProvider", "session_options": _onnx_threads()}
    model = SentenceTransformer(str(folder), device="cpu", backend=backend, **options)  # type: ignore[arg-type]
    return lambda texts: np.asarray(
        model.encode(texts, prompt=prompt or None, normalize_embeddings=True, show_progress_bar=False)
    )


def _onnx_threads() -> Any:
    """As many threads as PyTorch gets: ONNX Runtime does not read the variable itself."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    return options
