"""Errors in loading or using a model, or in keeping its vectors."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.errors.base import N_, SimTierError, Words


class ModelError(SimTierError):
    """A model cannot be loaded or used."""


class ModelNotFound(ModelError):
    """No such name, folder or hub id."""

    template = N_("model {model!r} was not found ({reason}); known names: {known}")

    def __init__(self, model: str, reason: Words, known: Sequence[str]) -> None:
        super().__init__(model=model, reason=reason, known=", ".join(known))


class ModelDamaged(ModelError):
    """A model's files are truncated or altered."""

    template = N_("model file {file} is damaged ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class PoolingUnknown(ModelError):
    """A model's folder does not say how it pools."""

    template = N_(
        "model folder {folder} has no pooling config; add sentence-transformers' modules.json, or give the "
        "pooling: cls, mean or lasttoken"
    )

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class WeightsUnsafe(ModelError):
    """A model's weights are pickled, which can run code when loaded."""

    template = N_(
        "model folder {folder} holds only pickled weights; convert them first: "
        "python -m calibration models convert {folder} OUT"
    )

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class ModelUnusable(ModelError):
    """A model is there, but cannot be used here: a part that SimTier does not load, no room to unpack it."""

    template = N_("model {model} cannot be used here ({reason})")

    def __init__(self, model: str, reason: Words) -> None:
        super().__init__(model=model, reason=reason)


class FidelityMissed(ModelError):
    """At compute fast a model's vectors are too far from those at full."""

    template = N_(
        "model {model} is not served at --compute fast: over {texts} texts the cosine to full is "
        "{mean:.5f} on average and {least:.5f} at least, where {wanted_mean} and {wanted_least} are asked; "
        "use --compute full"
    )

    def __init__(
        self, model: str, mean: float, least: float, texts: int, wanted_mean: float, wanted_least: float
    ) -> None:
        super().__init__(
            model=model, mean=mean, least=least, texts=texts, wanted_mean=wanted_mean, wanted_least=wanted_least
        )


class RemoteChanged(ModelError):
    """A server's model now computes other vectors than it did when it was first asked."""

    template = N_("{address}: its vectors have changed; remove {file} if that is intended")

    def __init__(self, address: str, file: str) -> None:
        super().__init__(address=address, file=file)


class EngineFailed(ModelError):
    """The cluster that was to compute does not answer, or gave up."""

    template = N_("{engine}: failed ({reason})")

    def __init__(self, engine: str, reason: Words) -> None:
        super().__init__(engine=engine, reason=reason)


class WorkerDiffers(ModelError):
    """A node of the cluster runs other software, so that it would compute something else."""

    template = N_("Ray node {node}: runs {theirs}, this machine {ours}; install the same on every node")

    def __init__(self, node: str, theirs: str, ours: str) -> None:
        super().__init__(node=node, theirs=theirs, ours=ours)


class FolderNotShared(ModelError):
    """A node of the cluster does not see the folder that all are to work in."""

    template = N_("Ray node {node}: does not see what this machine writes to {folder}; mount it there by that path")

    def __init__(self, node: str, folder: str) -> None:
        super().__init__(node=node, folder=folder)


class ClusterTooSmall(ModelError):
    """No node of the cluster has the memory that a step takes."""

    template = N_(
        "the Ray cluster is too small: a step takes {needed_mb} MB of {what}, and no node has more than "
        "{most_mb} MB"
    )

    def __init__(self, what: Words, needed: int, most: int) -> None:
        super().__init__(what=what, needed_mb=-(-needed // 10**6), most_mb=most // 10**6)


class CacheUnusable(SimTierError):
    """The vector cache's file cannot be read or written: said by its own commands, as encoding goes on without."""

    template = N_("vector cache {file}: cannot be used ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)
