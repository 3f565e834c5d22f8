"""Texts to vectors: named models, the bundled model, and a vector cache."""

from __future__ import annotations

from calibration.encoding.batching import Progress
from calibration.encoding.cache import CachedEncoder
from calibration.encoding.encoder import BatchEncoder, Encoder, SentenceEncoder
from calibration.encoding.load import load_encoder
from calibration.encoding.models import BUNDLED, KNOWN_NAMES, NAMED_MODELS, NamedModel, find_named

__all__ = [
    "BUNDLED",
    "KNOWN_NAMES",
    "NAMED_MODELS",
    "BatchEncoder",
    "CachedEncoder",
    "Encoder",
    "NamedModel",
    "Progress",
    "SentenceEncoder",
    "find_named",
    "load_encoder",
]
