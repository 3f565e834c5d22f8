"""The engine on accelerators, and for models that cannot be a graph: sentence-transformers on PyTorch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from calibration.encoding.batching import Vectors
from calibration.encoding.build import Placed, build_model
from calibration.encoding.engines.batch_size import BatchTokens
from calibration.encoding.engines.devices import CPU
from calibration.encoding.engines.engine import PYTORCH, TokenPlaces
from calibration.encoding.recipe import Recipe
from calibration.encoding.scheduling import Turns

CPU_BATCH_TOKENS: Final = 1024
"""Fastest on processors; four times as many are slower by a third."""
GPU_BATCH_TOKENS: Final = 32768


class TorchEngine:
    """Runs the model in `folder` as `placed` says. Raises ModelDamaged or ModelUnusable where it cannot."""

    name = PYTORCH

    def __init__(self, folder: Path, recipe: Recipe, placed: Placed) -> None:
        self.model = build_model(folder, recipe, placed)
        self._device = placed.device
        self._prompt = recipe.prompt
        self._tokenizer: Any = self.model.tokenizer
        self._tokenizing = threading.Lock()  # a tokenizer is no place for two: it keeps settings between calls

    @property
    def pooling(self) -> str:
        """How tokens become one vector, in sentence-transformers' words; several are joined by +."""
        modes: Any = next(m.pooling_mode for m in self.model if type(m).__name__ == "Pooling")
        return modes if isinstance(modes, str) else "+".join(modes)

    @property
    def threads(self) -> int:
        """Processor threads that one batch may use."""
        import torch

        return torch.get_num_threads()

    @property
    def weight_bytes(self) -> int:
        """What the weights take."""
        return sum(weight.numel() * weight.element_size() for weight in self.model.parameters())

    @property
    def unknown_id(self) -> int | None:
        """The token that stands for what the tokenizer does not know, if it has one."""
        found: int | None = self._tokenizer.unk_token_id
        return found

    @property
    def batch(self) -> BatchTokens:
        """Tokens of a batch, which nothing measures here."""
        return BatchTokens(CPU_BATCH_TOKENS if self._device == CPU else GPU_BATCH_TOKENS)

    def batch_tokens(self, texts: int, turns: Turns) -> int:  # noqa: ARG002 (the same for all)
        """Tokens of a batch."""
        return self.batch.tokens

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokens of each text with special tokens and prompt, as if there were no limit."""
        found: list[list[int]] = self._tokenize(texts)["input_ids"] if len(texts) else []
        return found

    def token_places(self, text: str) -> TokenPlaces:
        """Where the tokens of a text are, as if there were no limit."""
        found = self._tokenize([text], return_offsets_mapping=True, return_special_tokens_mask=True)
        marks = [bool(mark) for mark in found["special_tokens_mask"][0]]
        return TokenPlaces(found["input_ids"][0], found["offset_mapping"][0], marks)

    def pooled(self, texts: Sequence[str], *, normalise: bool) -> Vectors:
        """(n, dim) float32 of one batch, of what the model reads of each text."""
        import torch

        with torch.inference_mode():
            with self._tokenizing:
                features = self.model.preprocess(list(texts), prompt=self._prompt or None)
            placed = {key: _place(value, self._device) for key, value in features.items()}
            found = self._run(placed, normalise)["sentence_embedding"].float()
            if normalise:
                found = torch.nn.functional.normalize(found, dim=-1)
            vectors: Vectors = found.cpu().numpy()
        return vectors

    def _run(self, features: Any, normalise: bool) -> Any:
        if normalise:
            return self.model(features)
        for module in self.model:
            if type(module).__name__ != "Normalize":
                features = module(features)
        return features

    def _tokenize(self, texts: Sequence[str], **wanted: bool) -> Any:
        with self._tokenizing:
            return self._tokenizer(
                [self._prompt + text for text in texts],
                truncation=False,
                padding=False,
                return_attention_mask=False,
                return_token_type_ids=False,
                verbose=False,
                **wanted,
            )


def _place(value: Any, device: str) -> Any:
    return value.to(device) if hasattr(value, "to") else value
