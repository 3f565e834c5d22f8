"""Texts to vectors with a model of the sentence-transformers family."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.encoding.batching import Batch, Indices, Progress, Vectors, collect, distinct, plan, repeated, room
from calibration.encoding.build import Placed, build_model, resolve_device
from calibration.encoding.cores import places
from calibration.encoding.digests import Digests
from calibration.encoding.fast_model import FastModel
from calibration.encoding.fingerprint import fingerprint
from calibration.encoding.models import NamedModel
from calibration.encoding.parallel import in_order
from calibration.encoding.protocol import BatchEncoder, Encoder
from calibration.encoding.recipe import read_recipe
from calibration.encoding.turns import Turns
from calibration.errors import N_, ModelDamaged
from calibration.notes import note
from calibration.settings import FAST, FULL

CPU_BATCH_TOKENS: Final = 1024
"""Fastest on processors; four times as many are slower by a third."""
GPU_BATCH_TOKENS: Final = 32768


class SentenceEncoder:
    """A model folder of the sentence-transformers family, safe to use from many threads.

    As many batches run through the model at once as the cores carry, and a short request waits for at most one
    batch of a long job.
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
        fast: FastModel | None = None,
    ) -> None:
        recipe = read_recipe(folder, named, pooling)
        self.name = name or folder.name
        self.folder = folder
        self.device = resolve_device(device)
        self.fast = fast
        self.max_tokens = recipe.max_tokens
        self.fingerprint = fast.fingerprint if fast else fingerprint(folder, recipe, digests or Digests())
        self.prompt = recipe.prompt
        self.places = places(self.device, fast is not None)
        self._model = build_model(folder, recipe, self._placed())
        self._tokenizer: Any = self._model.tokenizer
        self._budget = CPU_BATCH_TOKENS if self.device == "cpu" else GPU_BATCH_TOKENS
        self._tokenizing = threading.Lock()  # a tokenizer is no place for two: it keeps settings between calls
        self._turns = Turns(self.places)
        self.dim = self._probe(folder)

    def _placed(self) -> Placed:
        if self.fast is None:
            return Placed(self.device)
        if self.device == "cpu":
            return Placed(self.device, places=self.places, body=self.fast.body)
        return Placed(self.device, "float16")

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """(n, dim) float32, L2-normalised; each distinct text is encoded once. Raises Cancelled."""
        unique, inverse = distinct(texts)
        out = room(len(unique), self.dim)
        collect(self.batches(unique), out, done=0, progress=progress, cancel=cancel)
        return repeated(out, inverse)

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Positions and vectors of the distinct `texts`, batch by batch, longest first; `places` run at once."""

        def encoded(rows: Indices) -> Batch:
            return rows, self._forward([texts[row] for row in rows])

        return in_order(encoded, plan(texts, self.count_tokens, self.max_tokens, self._budget), self.places)

    def raw(self, text: str) -> Vectors:
        """The vector of one text, (dim,), before any normalisation: what pooling gave."""
        vectors: Vectors = self._pooled([text], normalise=False)
        return vectors.reshape(-1)

    @property
    def pooling(self) -> str:
        """How tokens become one vector, in sentence-transformers' words; several are joined by +."""
        modes: Any = next(m.pooling_mode for m in self._model if type(m).__name__ == "Pooling")
        return modes if isinstance(modes, str) else "+".join(modes)

    @property
    def precision(self) -> str:
        """`full` or `fast`."""
        return FULL if self.fast is None else FAST

    @property
    def threads(self) -> int:
        """Processor threads that one batch may use."""
        import torch

        return 1 if self.fast and self.device == "cpu" else torch.get_num_threads()

    @property
    def body(self) -> Any:
        """The transformer itself, without tokenizer and pooling."""
        return self._model[0].model

    @property
    def weight_bytes(self) -> int:
        """What the weights take in memory."""
        if self.fast and self.device == "cpu":
            return self.fast.weight_bytes
        return sum(weight.numel() * weight.element_size() for weight in self._model.parameters())

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
        cut = max(0, ends[kept - 1] - len(self.prompt)) if kept > 0 else 0
        return text[:cut], text[cut:]

    def _tokenize(self, texts: Sequence[str], **wanted: bool) -> Any:
        prompted = [self.prompt + text for text in texts]
        with self._tokenizing:
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
        return self._pooled(texts, normalise=True)

    def _pooled(self, texts: list[str], *, normalise: bool) -> Vectors:
        import torch

        with self._turns, torch.inference_mode():
            with self._tokenizing:
                features = self._model.preprocess(texts, prompt=self.prompt or None)
            placed = {key: _place(value, self.device) for key, value in features.items()}
            try:
                found = self._run(placed, normalise)["sentence_embedding"].float()
            except IndexError as error:  # an embedding table is smaller than its indices
                raise ModelDamaged(self.name, N_("its tokenizer has more tokens than its weights")) from error
            if normalise:
                found = torch.nn.functional.normalize(found, dim=-1)
            vectors: Vectors = found.cpu().numpy()
        if not np.isfinite(vectors).all():
            raise ModelDamaged(self.name, N_("it gives vectors that are not numbers"))
        return vectors

    def _run(self, features: Any, normalise: bool) -> Any:
        if normalise:
            return self._model(features)
        for module in self._model:
            if type(module).__name__ != "Normalize":
                features = module(features)
        return features

    def _probe(self, folder: Path) -> int:
        """The length of a vector, found by encoding one; modules that do not fit each other show here."""
        try:
            return int(self._forward(["a"]).shape[1])
        except (RuntimeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise ModelDamaged(str(folder), note(N_("its parts do not fit: {reason}"), reason=reason)) from error


def _place(value: Any, device: str) -> Any:
    return value.to(device) if hasattr(value, "to") else value


__all__ = ["BatchEncoder", "Encoder", "Progress", "SentenceEncoder"]
