"""Texts to vectors with a model of the sentence-transformers family."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.encoding.batching import Batch, Progress, Vectors, collect, distinct, plan
from calibration.encoding.build import build_model, resolve_device
from calibration.encoding.digests import Digests
from calibration.encoding.fingerprint import fingerprint
from calibration.encoding.models import NamedModel
from calibration.encoding.protocol import BatchEncoder, Encoder
from calibration.encoding.recipe import read_recipe
from calibration.errors import ModelDamaged

CPU_BATCH_TOKENS: Final = 1024
"""Fastest on processors; four times as many are slower by a third."""
GPU_BATCH_TOKENS: Final = 32768


class SentenceEncoder:
    """A model folder of the sentence-transformers family, safe to use from many threads.

    One batch at a time runs through the model, so a short request waits for at most one batch of a long job.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str | None = None,
        device: str = "auto",
        named: NamedModel | None = None,
        pooling: str | None = None,
        digests: Digests | None = None,
    ) -> None:
        recipe = read_recipe(folder, named, pooling)
        self.name = name or folder.name
        self.device = resolve_device(device)
        self.max_tokens = recipe.max_tokens
        self.fingerprint = fingerprint(folder, recipe, digests or Digests())
        self._prompt = recipe.prompt
        self._model = build_model(folder, recipe, self.device)
        self._tokenizer: Any = self._model.tokenizer
        self._budget = CPU_BATCH_TOKENS if self.device == "cpu" else GPU_BATCH_TOKENS
        self._lock = threading.Lock()
        self.dim = self._probe(folder)

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """(n, dim) float32, L2-normalised; each distinct text is encoded once. Raises Cancelled."""
        unique, inverse = distinct(texts)
        out = np.empty((len(unique), self.dim), np.float32)
        collect(self.batches(unique), out, done=0, progress=progress, cancel=cancel)
        return out[inverse]

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Positions and vectors of the distinct `texts`, batch by batch, longest first."""
        for rows in plan(texts, self.count_tokens, self.max_tokens, self._budget):
            yield rows, self._forward([texts[row] for row in rows])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with special tokens and prompt, as if there were no limit."""
        return [len(ids) for ids in self._tokenize(texts)["input_ids"]] if len(texts) else []

    def truncate(self, text: str) -> tuple[str, str]:
        """What of `text` the model reads, and the tail that it never sees, empty where it reads all."""
        encoding = self._tokenize([text], return_offsets_mapping=True, return_special_tokens_mask=True)
        special = encoding["special_tokens_mask"][0]
        if len(special) <= self.max_tokens:
            return text, ""
        ends = [end for (_, end), mark in zip(encoding["offset_mapping"][0], special, strict=True) if not mark]
        kept = self.max_tokens - sum(special)
        cut = max(0, ends[kept - 1] - len(self._prompt)) if kept > 0 else 0
        return text[:cut], text[cut:]

    def _tokenize(self, texts: Sequence[str], **wanted: bool) -> Any:
        prompted = [self._prompt + text for text in texts]
        with self._lock:
            return self._tokenizer(
                prompted,
                truncation=False,
                padding=False,
                return_attention_mask=False,
                return_token_type_ids=False,
                verbose=False,
                **wanted,
            )

    def _forward(self, texts: list[str]) -> Vectors:
        import torch

        with self._lock, torch.inference_mode():
            features = self._model.preprocess(texts, prompt=self._prompt or None)
            placed = {key: _place(value, self.device) for key, value in features.items()}
            try:
                raw = self._model(placed)["sentence_embedding"].float()
            except IndexError as error:  # an embedding table is smaller than its indices
                raise ModelDamaged(self.name, "its tokenizer has more tokens than its weights") from error
            vectors: Vectors = torch.nn.functional.normalize(raw, dim=-1).cpu().numpy()
        if not np.isfinite(vectors).all():
            raise ModelDamaged(self.name, "it gives vectors that are not numbers")
        return vectors

    def _probe(self, folder: Path) -> int:
        """The length of a vector, found by encoding one; modules that do not fit each other show here."""
        try:
            return int(self._forward(["a"]).shape[1])
        except (RuntimeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise ModelDamaged(str(folder), f"its parts do not fit: {reason}") from error


def _place(value: Any, device: str) -> Any:
    return value.to(device) if hasattr(value, "to") else value


__all__ = ["BatchEncoder", "Encoder", "Progress", "SentenceEncoder"]
