"""A model as a graph that OpenVINO runs: embeddings and mask in, pooled vectors out."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import mmap
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import LifoQueue
from typing import Any, Final

import numpy as np

from calibration.encoding.batching import Vectors
from calibration.encoding.engines.processor import BFLOAT16, FLOAT32
from calibration.encoding.engines.table import EmbeddingTable

UNFIT: Final = 3
"""Exit code for a model that cannot be a graph, however often one tries."""
SOURCE: Final = "graph.xml"
FACTS: Final = "facts.json"
RAW, UNIT = 0, 1
"""The graph's outputs: what pooling gave, and the same at length 1."""
INPUTS: Final = ("embeddings", "attention_mask")
GROUP: Final = 128
"""How many activations share a scale where weights are in 8 bits."""
FIXED: Final = 16
"""Tokens of the graph for one short text alone."""
STEP: Final = 32
"""Longer texts alone are padded to multiples of so many tokens. At compute fast, OpenVINO otherwise spends a third
of a short text's time on the change of its length."""
WORTH: Final = 128
"""After so many short texts alone, a graph for them would have saved what it costs to compile."""


def installed() -> bool:
    """Whether OpenVINO is there."""
    return importlib.util.find_spec("openvino") is not None


def openvino() -> Any:
    """OpenVINO, kept from reporting its use over the network to those who make it."""
    if "openvino" not in sys.modules:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as found

    return found


def save(graph: Any, target: Path) -> None:
    """Write a graph, its weights beside it. Raises OSError where there is no room: OpenVINO does not."""
    try:
        openvino().save_model(graph, str(target), compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(str(error).strip().splitlines()[-1]) from error


class Graph:
    """The graph in `source`, ready to run: `streams` threads may at once, each with one thread of its own.

    For texts of a sentence that is faster than one computing with many threads. `arithmetic` is one of
    `engines.processor`; `limit`: the tokens that the model can number. Raises RuntimeError where OpenVINO cannot
    read it.
    """

    def __init__(self, source: Path, table: EmbeddingTable, *, arithmetic: str, streams: int, limit: int) -> None:
        self._options = {
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": streams,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP,
            "INFERENCE_PRECISION_HINT": "bf16" if arithmetic == BFLOAT16 else "f32",
            "ENABLE_CPU_PINNING": False,  # other threads of this process need the cores too
        }
        self._source, self._table, self._streams = source, table, streams
        self._weights = _mapped(source.with_suffix(".bin"))
        self._any = self._compiled(None)
        self._short: _Compiled | None = None
        self._pads, self._limit = arithmetic != FLOAT32, limit
        self._alone = itertools.count(1)  # short texts that came alone
        self._largest = 0

    def run(self, ids: Sequence[Sequence[int]], output: int) -> Vectors:
        """(n, dim) of `n` lists of token ids; raises IndexError for an id that the model lacks."""
        lengths = np.array([len(row) for row in ids])
        longest, compiled = max(1, int(lengths.max())), self._any
        if len(ids) == 1 and self._pads:
            compiled = (self._for_short() if longest <= FIXED <= self._limit else None) or self._any
            longest = (
                FIXED if compiled is self._short else max(longest, min(-(-longest // STEP) * STEP, self._limit))
            )
        mask = np.arange(longest) < lengths[:, None]
        padded = np.zeros(mask.shape, np.intp)
        padded[mask] = np.concatenate([np.asarray(row, np.intp) for row in ids])
        vectors = compiled.run(self._table.of(padded), mask.astype(np.int64), output)
        if mask.size > self._largest:  # weights were laid out for batches of this size
            self._largest = mask.size
            self._forget()
        return vectors

    def _for_short(self) -> _Compiled | None:
        """The graph for a short text alone, compiled once there were enough of them."""
        if self._short is None and next(self._alone) == WORTH:  # in one thread; the others go on without it
            with contextlib.suppress(RuntimeError):  # a model that OpenVINO cannot give a fixed size
                self._short = self._compiled(FIXED)
            self._forget()
        return self._short

    def _compiled(self, size: int | None) -> _Compiled:
        """For texts of any number and length, or for one of `size` tokens."""
        weights = openvino().Tensor(np.frombuffer(self._weights, np.uint8), shared_memory=True)
        core = openvino().Core()
        model = core.read_model(self._source.read_bytes(), weights)
        if size is not None:
            model.reshape(dict(zip(INPUTS, ([1, size, self._table.columns], [1, size]), strict=True)))
        return _Compiled(core.compile_model(model, "CPU", self._options), self._streams)

    def _forget(self) -> None:
        """Take the file's weights out of this process's memory; they are read again where they are needed."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._weights.madvise(mmap.MADV_DONTNEED)


class _Compiled:
    """A compiled graph with its requests, of which each serves one thread at a time."""

    def __init__(self, model: Any, streams: int) -> None:
        # Made beforehand: to make one, OpenVINO waits for a run that is under way.
        self._idle: LifoQueue[Any] = LifoQueue()
        for _ in range(streams):
            self._idle.put(model.create_infer_request())

    def run(self, embeddings: Vectors, mask: Any, output: int) -> Vectors:
        """The wanted output for both inputs."""
        request = self._idle.get()
        try:
            request.infer(dict(zip(INPUTS, (embeddings, mask), strict=True)), share_inputs=True)
            vectors: Vectors = request.get_output_tensor(output).data.copy()
        finally:
            self._idle.put(request)
        return vectors


def _mapped(file: Path) -> mmap.mmap:
    """The bytes of a file. OpenVINO copies the weights into a layout of its own and rarely reads them again."""
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
