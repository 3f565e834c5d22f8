"""An encoder built on sentence-transformers modules."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from calibration.encoding.batching import Batch, Indices, Progress, Vectors, collect, distinct, plan, repeated, room
from calibration.encoding.cores import places
from calibration.encoding.digests import Digests
from calibration.encoding.engines.devices import CPU, resolve_device
from calibration.encoding.engines.engine import Engine
from calibration.encoding.engines.kept_graph import KeptGraph
from calibration.encoding.engines.processor import FLOAT32
from calibration.encoding.fast_model import HALF, FastModel
from calibration.encoding.fingerprint import fingerprint
from calibration.encoding.models import NamedModel
from calibration.encoding.parallel import in_order
from calibration.encoding.protocol import BatchEncoder, Encoder
from calibration.encoding.recipe import Recipe, read_recipe
from calibration.encoding.scheduling import Turns, places_here
from calibration.encoding.unknown import unknown_in
from calibration.errors import N_, ModelDamaged, ModelUnusable, Words
from calibration.messages.note import note
from calibration.settings import FAST, FULL

log = logging.getLogger(__name__)


class SentenceEncoder:
    """A model folder of the sentence-transformers family, safe to use from many threads.

    With its `graph` it runs by OpenVINO on a processor; without one, and elsewhere, by PyTorch. As many batches run
    through the model at once as the cores carry, and a short request waits for at most one batch of a long job.
    `no_graph` says why there is no graph, for people.
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
        graph: KeptGraph | None = None,
        no_graph: Words | None = None,
        fast: FastModel | None = None,
    ) -> None:
        recipe = read_recipe(folder, named, pooling)
        self.name = name or folder.name
        self.folder = folder
        self.device = resolve_device(device)
        self.fast, self.no_graph = fast, no_graph
        self.max_tokens = recipe.max_tokens
        self.fingerprint = fast.fingerprint if fast else fingerprint(folder, recipe, digests or Digests())
        self.prompt = recipe.prompt
        self.engine = self._engine(recipe, graph if self.device == CPU else None)
        self.places = places(self.device, self.engine.threads)
        self._turns = Turns(self.places)
        self.dim = self._probe(folder)

    def _engine(self, recipe: Recipe, graph: KeptGraph | None) -> Engine:
        if graph is not None:
            from calibration.encoding.engines.openvino_engine import OpenVinoEngine

            arithmetic = self.fast.arithmetic if self.fast else FLOAT32
            source = self.fast.source if self.fast else None
            streams = places(self.device, 1)
            try:
                return OpenVinoEngine(
                    self.folder, graph, recipe, arithmetic=arithmetic, streams=streams, source=source
                )
            except (RuntimeError, OSError, ValueError) as error:
                lines = str(error).strip().splitlines() or [type(error).__name__]
                reason = note(N_("OpenVINO cannot run it: {reason}"), reason=lines[-1][:200])
                if self.fast is not None:
                    raise ModelUnusable(self.name, reason) from error
                log.warning("%s runs by PyTorch: %s", self.name, reason)
                self.no_graph = reason
        from calibration.encoding.build import Placed
        from calibration.encoding.engines.torch_engine import TorchEngine

        half = self.fast is not None and self.fast.arithmetic == HALF
        return TorchEngine(self.folder, recipe, Placed(self.device, "float16" if half else "float32"))

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

        budget = self.engine.batch_tokens(len(texts), self._turns)
        return in_order(encoded, plan(texts, self.count_tokens, self.max_tokens, budget), places_here(self.places))

    def raw(self, text: str) -> Vectors:
        """The vector of one text, (dim,), before any normalisation: what pooling gave."""
        vectors: Vectors = self._pooled([text], normalise=False)
        return vectors.reshape(-1)

    @property
    def pooling(self) -> str:
        """How tokens become one vector, in sentence-transformers' words; several are joined by +."""
        return self.engine.pooling

    @property
    def compute(self) -> str:
        """`full` or `fast`."""
        return FULL if self.fast is None else FAST

    @property
    def threads(self) -> int:
        """Processor threads that one batch may use."""
        return self.engine.threads

    @property
    def weight_bytes(self) -> int:
        """What the weights take in memory, or in a file that is mapped."""
        own = self.fast.weight_bytes if self.fast else None
        return self.engine.weight_bytes if own is None else own

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with special tokens and prompt, as if there were no limit."""
        return [len(ids) for ids in self.engine.ids(texts)] if len(texts) else []

    def truncate(self, text: str) -> tuple[str, str]:
        """What of `text` the model reads, and the tail that it never sees, empty where it reads all."""
        if self.count_tokens([text])[0] <= self.max_tokens:
            return text, ""
        found = self.engine.token_places(text)
        ends = [end for (_, end), special in zip(found.spans, found.special, strict=True) if not special]
        kept = self.max_tokens - sum(found.special)
        cut = max(0, ends[kept - 1] - len(self.prompt)) if kept > 0 else 0
        return text[:cut], text[cut:]

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """The characters of each text that the tokenizer does not know, in their order."""
        return unknown_in(self.engine, texts, self.prompt)

    def _forward(self, texts: list[str]) -> Vectors:
        return self._pooled(texts, normalise=True)

    def _pooled(self, texts: list[str], *, normalise: bool) -> Vectors:
        with self._turns:
            try:
                vectors = self.engine.pooled(texts, normalise=normalise)
            except IndexError as error:  # an embedding table is smaller than its indices
                raise ModelDamaged(self.name, N_("its tokenizer has more tokens than its weights")) from error
        if not np.isfinite(vectors).all():
            raise ModelDamaged(self.name, N_("it gives vectors that are not numbers"))
        return vectors

    def _probe(self, folder: Path) -> int:
        """The length of a vector, found by encoding one; modules that do not fit each other show here."""
        try:
            return int(self._forward(["a"]).shape[1])
        except (RuntimeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise ModelDamaged(str(folder), note(N_("its parts do not fit: {reason}"), reason=reason)) from error


__all__ = ["BatchEncoder", "Encoder", "Progress", "SentenceEncoder"]
