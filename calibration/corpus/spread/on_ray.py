"""Workers of a Ray cluster. Only imported where Ray is asked for; `pip install 'simtier[ray]'`.

Data that several steps need is kept in Ray's object store, which spills to disk, or in files of a folder that all
nodes see. Ray starts a step again if its worker or node dies.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import tempfile
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.corpus.spread.workers import Done, Work, timed
from calibration.encoding.on_ray import check_actors, join
from calibration.errors import (
    N_,
    BadArgument,
    ClusterTooSmall,
    EngineFailed,
    FolderNotShared,
    SimTierError,
    WorkerDiffers,
)
from calibration.scoring.similarity import EncodedTexts

RETRIES: Final = 8
"""Times that a step is begun again whose worker died."""
STEP_BYTES: Final = 256 * 2**20
"""What a step takes for scores, whatever the length of vectors."""
_SECOND: Final = 1.0


class RayWorkers:
    """As many workers as a Ray cluster has cores. address: of the cluster, None for one on this machine.

    actors: how many at most. shared: a folder that every node sees by that path, for files of vectors;
    None: Ray's object store keeps them. step_bytes: the memory of a step and of what it is given. Raises
    ExtraMissing, EngineFailed where no cluster answers, WorkerDiffers, FolderNotShared, ClusterTooSmall,
    BadArgument.
    """

    def __init__(
        self, address: str | None = None, actors: int | None = None, shared: str | None = None, step_bytes: int = 0
    ) -> None:
        check_actors(actors)
        if shared is not None and not Path(shared).is_dir():
            raise BadArgument("--shared", N_("a folder that is there"), shared)
        cores = join(address)
        import ray

        self._ray = ray
        self.room = min(actors, cores) if actors else 2 * cores
        self._folder = None
        if shared is not None:
            self._folder = tempfile.TemporaryDirectory(prefix="simtier-", dir=Path(shared).absolute())
        check_nodes(None if self._folder is None else Path(self._folder.name))
        needed = step_bytes + STEP_BYTES
        check_memory(needed, 0 if self._folder else step_bytes)
        asked = {"num_cpus": 1, "max_retries": RETRIES, "memory": needed}
        self._step, self._make = ray.remote(**asked)(_timed), ray.remote(num_returns=2, **asked)(_timed)
        self._running: list[Any] = []
        self._making: list[Any] = []
        self.prepared = 0.0

    def put(self, value: Any) -> Any:
        """Give it to the object store, or write it to the shared folder."""
        if self._folder is None or not isinstance(value, EncodedTexts):
            return self._ray.put(value)
        return _write(value, Path(self._folder.name) / uuid.uuid4().hex)

    def made(self, make: Callable[..., Any], *arguments: Any) -> Any:
        """A worker makes it before the first step that needs it; it stays in the object store."""
        found, seconds = self._make.remote(make, *arguments)
        self._making.append(seconds)
        return found

    def submit(self, work: Work, *arguments: Any) -> Any:
        """Begin a step on whatever node has room."""
        ticket = self._step.remote(work, *arguments)
        self._running.append(ticket)
        return ticket

    def done(self) -> Sequence[Done]:
        """The steps that have ended. Raises EngineFailed."""
        ended, self._running = self._ray.wait(
            self._running, num_returns=len(self._running), timeout=0, fetch_local=False
        )
        if not ended:
            ended, self._running = self._ray.wait(self._running, num_returns=1, timeout=_SECOND)
        try:
            found = self._ray.get(ended)
            if self._making:  # what has been made since; a step that ended had all that it needs
                made, self._making = self._ray.wait(self._making, num_returns=len(self._making), timeout=0)
                self.prepared += sum(self._ray.get(made))
        except self._ray.exceptions.RayError as error:
            cause = getattr(error, "cause", None)
            if isinstance(cause, SimTierError):
                raise cause from error
            raise EngineFailed("Ray", str(error).strip().splitlines()[-1][:300]) from error
        return [Done(ticket, *told) for ticket, told in zip(ended, found, strict=True)]

    def stop(self) -> None:
        """Give up what is under way, and remove what was shared."""
        for ticket in self._running:
            self._ray.cancel(ticket, force=False)
        self._running = []
        self.close()

    def close(self) -> None:
        """Remove what was shared."""
        if self._folder is not None:
            self._folder.cleanup()


@dataclasses.dataclass(frozen=True)
class _Written:
    """Texts whose vectors are in a file."""

    path: Path

    def read(self) -> EncodedTexts:
        """The texts, their vectors mapped."""
        rest: EncodedTexts = pickle.loads(self.path.with_suffix(".pkl").read_bytes())  # noqa: S301 (the driver wrote it)
        return dataclasses.replace(rest, vectors=np.load(self.path.with_suffix(".npy"), mmap_mode="r"))


def _write(texts: EncodedTexts, path: Path) -> _Written:
    np.save(path.with_suffix(".npy"), texts.vectors)
    path.with_suffix(".pkl").write_bytes(pickle.dumps(dataclasses.replace(texts, vectors=texts.vectors[:0])))
    return _Written(path)


def _timed(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """On a node."""
    return timed(work, *(one.read() if isinstance(one, _Written) else one for one in arguments))


def check_nodes(folder: Path | None) -> None:
    """Ask every node, before any work, what it runs and whether it sees `folder`.

    Raises WorkerDiffers and FolderNotShared.
    """
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    token = uuid.uuid4().hex
    if folder is not None:
        (folder / token).touch()
    ours, asked = software(), ray.remote(num_cpus=0, max_retries=RETRIES)(_look)
    nodes = [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]
    told = [
        asked.options(scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=True)).remote(
            None if folder is None else folder / token
        )
        for node in nodes
    ]
    for node, answer in zip(nodes, told, strict=True):
        name = node["NodeManagerAddress"]
        try:
            theirs, sees = ray.get(answer)
        except ray.exceptions.RayError as error:  # nothing of SimTier is there to answer
            raise EngineFailed("Ray", str(error).strip().splitlines()[-1][:300]) from error
        if theirs != ours:
            raise WorkerDiffers(name, theirs, ours)
        if not sees:
            raise FolderNotShared(name, str(folder and folder.parent))


def software() -> str:
    """What decides about the last bits of a score."""
    from calibration import __version__

    return f"simtier {__version__}, numpy {np.__version__}"


def _look(path: Path | None) -> tuple[str, bool]:
    return software(), path is None or os.path.exists(path)


def check_memory(needed: int, objects: int) -> None:
    """Raise ClusterTooSmall where no node has `needed` bytes of memory, or `objects` in its object store."""
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    for what, asked, name in (
        (N_("memory"), needed, "memory"),
        (N_("object store"), objects, "object_store_memory"),
    ):
        most = max((int(node.get(name, 0)) for node in nodes), default=0)
        if asked > most:
            raise ClusterTooSmall(what, asked, most)
