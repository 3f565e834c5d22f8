"""The engine on processors: a kept graph, run by OpenVINO."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from calibration.encoding.batching import Vectors
from calibration.encoding.engines.batch_size import BATCHES, BatchSize, BatchTokens
from calibration.encoding.engines.engine import OPENVINO, TokenPlaces
from calibration.encoding.engines.graph import RAW, UNIT, Graph
from calibration.encoding.engines.kept_graph import KeptGraph
from calibration.encoding.engines.table import EmbeddingTable
from calibration.encoding.engines.tokens import read_tokens
from calibration.encoding.recipe import Recipe
from calibration.encoding.scheduling import Turns

_REMEMBERED: Final = 8192
"""Texts whose ids are kept between their being counted and their being encoded."""


class OpenVinoEngine:
    """Runs the model in `folder` by its kept graph, or by another graph of the same shape: `source`.

    Raises RuntimeError where OpenVINO cannot read it.
    """

    name = OPENVINO
    threads = 1

    def __init__(
        self,
        folder: Path,
        kept: KeptGraph,
        recipe: Recipe,
        *,
        arithmetic: str,
        streams: int,
        source: Path | None = None,
    ) -> None:
        table = EmbeddingTable(folder, kept.table)
        limit = recipe.max_tokens
        self._graph = Graph(source or kept.source, table, arithmetic=arithmetic, streams=streams, limit=limit)
        self._batches = BatchSize(kept.folder / BATCHES, arithmetic, limit)
        self._tokens = read_tokens(kept.folder)
        self._limit, self._prompt = recipe.max_tokens, recipe.prompt
        self._known: dict[str, list[int]] = {}
        self._guard = threading.Lock()
        self.pooling, self.unknown_id = kept.pooling, kept.unknown_id
        self.weight_bytes = kept.weight_bytes

    @property
    def batch(self) -> BatchTokens:
        """Tokens of a batch as they are known now, and what they were measured from."""
        return self._batches.now

    def batch_tokens(self, texts: int, turns: Turns) -> int:
        """Tokens of a batch of a job of so many texts; the first long one measures which number is fastest."""

        def run(rows: int, tokens: int) -> None:
            with turns:
                self._graph.run([[0] * tokens] * rows, UNIT)

        return self._batches.of(texts, run)

    def token_places(self, text: str) -> TokenPlaces:
        """Where the tokens of a text are, as if there were no limit."""
        return self._tokens.places(self._prompt + text)

    def pooled(self, texts: Sequence[str], *, normalise: bool) -> Vectors:
        """(n, dim) float32 of one batch, of what the model reads of each text."""
        ids = [self._cut(text, found) for text, found in zip(texts, self.ids(texts), strict=True)]
        return self._graph.run(ids, UNIT if normalise else RAW)

    def _cut(self, text: str, ids: list[int]) -> list[int]:
        """The ids that the model reads: special tokens keep their places around what is left."""
        if len(ids) <= self._limit:
            return ids
        special = self.token_places(text).special
        over = len(ids) - self._limit
        last = max(at for at, mark in enumerate(special) if not mark) + 1
        return ids[: last - over] + ids[last:]

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokens of each text with special tokens and prompt, as if there were no limit."""
        with self._guard:
            missing = [text for text in texts if text not in self._known]
            if missing:
                if len(self._known) + len(missing) > _REMEMBERED:
                    self._known = {text: self._known[text] for text in texts if text in self._known}
                self._known.update(
                    zip(missing, self._tokens.ids([self._prompt + text for text in missing]), strict=True)
                )
            return [self._known[text] for text in texts]
