"""Encode on a Ray cluster: actors load the model once, and batches of a dead worker are repeated.

Vectors agree with those of this machine to the last bits (1e-5): batches are cut otherwise. Only imported where
Ray is asked for; `pip install 'simtier[ray]'`.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from calibration.encoding.batching import Batch, Progress, Vectors, encoded
from calibration.encoding.cache import CachedEncoder
from calibration.encoding.protocol import BatchEncoder
from calibration.errors import N_, BadArgument, EngineFailed, ExtraMissing, ModelMismatch, SimTierError
from calibration.settings import DATA_DIR_VARIABLE

BATCH: Final = 256
"""Texts that a dying worker can cost."""
LOOPBACK: Final = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
"""Ray's switch: 0 keeps its services on 127.0.0.1, on Linux too; as an argument that becomes the host's address."""
_POSITION, _TEXT, _VECTOR = "position", "text", "vector"


class RayEncoder:
    """`local` spread over a Ray cluster. address: of the cluster, None for one on this machine.

    model, device and compute: what the actors load, which must have the fingerprint of `local`; a folder must be
    there on every node. actors: how many at most; None: as many as the cluster has cores. Raises ExtraMissing,
    EngineFailed where no cluster answers, BadArgument.
    """

    def __init__(
        self, local: BatchEncoder, load: dict[str, Any], address: str | None = None, actors: int | None = None
    ) -> None:
        check_actors(actors)
        cores = join(address)
        self._local, self._load = local, load
        self.name, self.fingerprint = local.name, local.fingerprint
        self.dim, self.max_tokens = local.dim, local.max_tokens
        self.raw, self.count_tokens = local.raw, local.count_tokens
        self.truncate, self.unknown = local.truncate, local.unknown
        self._actors = actors or cores

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """(n, dim) float32, L2-normalised. Raises Cancelled and EngineFailed."""
        return encoded(self.batches, texts, self.dim, progress, cancel)

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Positions and vectors of the distinct `texts`, as workers hand them over."""
        if not texts:
            return
        import pyarrow as pa
        import ray

        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))  # batches of like length
        steps = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        tables = [pa.table({_POSITION: step, _TEXT: [texts[at] for at in step]}) for step in steps]
        encoded = ray.data.from_arrow(tables).map_batches(
            _Worker,
            fn_constructor_args=(self._load, self.fingerprint),
            batch_size=BATCH,
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(self._actors, len(steps))),
            num_cpus=1,
        )
        try:
            for found in encoded.iter_batches(batch_size=None, batch_format="numpy"):
                yield np.asarray(found[_POSITION], np.intp), np.asarray(found[_VECTOR], np.float32)
        except ray.exceptions.RayError as error:
            cause = getattr(error, "cause", None)
            if isinstance(cause, SimTierError):
                raise cause from error
            raise EngineFailed("Ray", str(error).strip().splitlines()[-1][:300]) from error


class _Worker:
    """On a node: one model, loaded once."""

    def __init__(self, load: dict[str, Any], fingerprint: str) -> None:
        from calibration.encoding.load import load_encoder

        self._encoder = load_encoder(**load).uncached
        if self._encoder.fingerprint != fingerprint:
            raise ModelMismatch(fingerprint, self._encoder.fingerprint)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Vectors of a batch."""
        return {_POSITION: batch[_POSITION], _VECTOR: self._encoder.encode([str(text) for text in batch[_TEXT]])}


def on_ray(
    local: CachedEncoder, load: dict[str, Any], address: str | None = None, actors: int | None = None
) -> CachedEncoder:
    """`local` with a Ray cluster behind its vector cache."""
    return CachedEncoder(RayEncoder(local.uncached, load, address, actors), local.path)


def check_actors(actors: int | None) -> None:
    """Raise BadArgument for fewer than one worker."""
    if actors is not None and actors < 1:
        raise BadArgument("--actors", N_("at least 1"), actors)


def join(address: str | None) -> int:
    """Connect to the cluster, once; how many cores it has. Raises ExtraMissing, and EngineFailed where no cluster
    answers.
    """
    if importlib.util.find_spec("ray") is None:
        raise ExtraMissing("Ray", "ray")
    if address is None and not os.environ.get("RAY_ADDRESS"):
        os.environ.setdefault(LOOPBACK, "0")  # before Ray is imported: a cluster of this machine serves nobody else
    import ray

    if not ray.is_initialized():
        variables = {name: value for name, value in os.environ.items() if name.startswith("SIMTIER_REMOTE")}
        if address is None and DATA_DIR_VARIABLE in os.environ:
            variables[DATA_DIR_VARIABLE] = os.environ[DATA_DIR_VARIABLE]  # nodes elsewhere have their own
        try:
            ray.init(
                address,
                log_to_driver=False,
                logging_level="error",
                include_dashboard=False if address is None else None,
                runtime_env={"env_vars": variables},
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise EngineFailed("Ray", str(error).strip().splitlines()[0][:300]) from error
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return max(1, int(ray.cluster_resources().get("CPU", 1)))
