"""A model cannot be loaded or used, or its vectors not be kept."""

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
        "model folder {folder} does not say how it pools its tokens; add sentence-transformers' modules.json, "
        "or pass the pooling: cls, mean or lasttoken"
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


class FastMissing(ModelError):
    """Precision fast needs packages that are not installed."""

    template = N_("precision fast needs {packages}: pip install 'simtier[fast]', or use --precision full")

    def __init__(self, packages: str) -> None:
        super().__init__(packages=packages)


class FidelityMissed(ModelError):
    """At precision fast a model's vectors are too far from those at full precision."""

    template = N_(
        "model {model} is not served at precision fast: over {texts} texts the cosine to full precision is "
        "{mean:.5f} on average and {least:.5f} at least, where {wanted_mean} and {wanted_least} are asked; "
        "use --precision full"
    )

    def __init__(
        self, model: str, mean: float, least: float, texts: int, wanted_mean: float, wanted_least: float
    ) -> None:
        super().__init__(
            model=model, mean=mean, least=least, texts=texts, wanted_mean=wanted_mean, wanted_least=wanted_least
        )


class RemoteChanged(ModelError):
    """A server's model now computes other vectors than it did when it was first asked."""

    template = N_("{address}: computes other vectors than it once did; remove {file} if that is meant")

    def __init__(self, address: str, file: str) -> None:
        super().__init__(address=address, file=file)


class EngineFailed(ModelError):
    """The cluster that was to compute does not answer, or gave up."""

    template = N_("{engine}: failed ({reason})")

    def __init__(self, engine: str, reason: Words) -> None:
        super().__init__(engine=engine, reason=reason)


class CacheUnusable(SimTierError):
    """The vector cache's file cannot be read or written: said by its own commands, as encoding goes on without."""

    template = N_("vector cache {file}: cannot be used ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)
