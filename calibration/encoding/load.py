"""Load an encoder from a model's name, folder or hub id."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from calibration.encoding import hub, model_scope
from calibration.encoding.bundled import digest_memo, unpack_bundled
from calibration.encoding.cache import CACHE_NAME, CachedEncoder
from calibration.encoding.digests import Digests
from calibration.encoding.encoder import SentenceEncoder
from calibration.encoding.engines.devices import CPU, resolve_device
from calibration.encoding.engines.kept_graph import KeptGraph, NoGraph, kept_graph
from calibration.encoding.engines.processor import FLOAT32, fastest, instructions
from calibration.encoding.fast_model import HALF, FastModel, fast_model
from calibration.encoding.fingerprint import fingerprint
from calibration.encoding.models import (
    BUNDLED,
    KNOWN_NAMES,
    USE,
    NamedModel,
    find_named,
    find_named_folder,
    is_remote,
)
from calibration.encoding.recipe import read_recipe
from calibration.errors import N_, ModelNotFound, ModelUnusable, Renamed
from calibration.settings import FAST
from calibration.settings import cache_dir as default_cache_dir
from calibration.settings import compute as chosen_compute
from calibration.settings import models_dir as default_models_dir

_HUB_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


def load_encoder(
    model: str = BUNDLED,
    device: str = "auto",
    cache_dir: str | Path | None = None,
    *,
    models_dir: str | Path | None = None,
    pooling: str | None = None,
    compute: str | None = None,
    precision: object = None,
) -> CachedEncoder:
    """Load a sentence encoder with a cache of its vectors.

    Parameters
    ----------
    model : str, default "bundled"
        `bundled`, `use` (with the extra of that name), a named model, a model folder, an id on the Hugging Face hub
        or ModelScope, or the address of an OpenAI-compatible server (`http://host/v1#name`).
    device : str, default "auto"
        `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
    cache_dir, models_dir : path, optional
        Where vectors and unpacked models are kept; the data directory by default.
    pooling : {"cls", "mean", "lasttoken"}, optional
        For a folder that does not say how it pools.
    compute : {"full", "fast"}, optional
        The arithmetic; SIMTIER_COMPUTE by default, else full. `fast` computes in the 16 or 8 bits that this machine
        multiplies fastest and has a fingerprint of its own; its vectors are compared with those of `full` when it
        is first made. On a processor without such instructions it is `full`.
    precision : object
        The former name of `compute`; refused.

    Returns
    -------
    CachedEncoder
        `.encode(texts)` returns float32 vectors of shape (n, dim) and norm 1; `.fingerprint` identifies model,
        pooling, prompt and arithmetic.

    Raises
    ------
    ModelNotFound, ModelDamaged, ModelUnusable, PoolingUnknown, WeightsUnsafe, FidelityMissed, Renamed, BadArgument
        Each for its cause.
    ServiceError, RemoteChanged
        For a server.
    """
    if precision is not None:
        raise Renamed("precision=", "compute=")
    if is_remote(model):
        from calibration.encoding.remote import RemoteEncoder

        return CachedEncoder(RemoteEncoder(model), Path(cache_dir or default_cache_dir()) / CACHE_NAME)
    fast = chosen_compute(compute) == FAST
    if model == USE:
        from calibration.encoding.use_model import UseEncoder

        digests = Digests(digest_memo(Path(models_dir) if models_dir else default_models_dir()))
        return CachedEncoder(UseEncoder(device, digests), Path(cache_dir or default_cache_dir()) / CACHE_NAME)
    models = Path(models_dir) if models_dir else default_models_dir()
    folder, named = locate(model, models)
    digests, device = Digests(digest_memo(models)), resolve_device(device)
    recipe = read_recipe(folder, named, pooling)
    full = fingerprint(folder, recipe, digests)
    graph = kept_graph(model, folder, recipe, full, models, digests) if device == CPU else None
    arithmetic = fastest(instructions()) if device == CPU else HALF

    def load(made: FastModel | None) -> SentenceEncoder:
        return SentenceEncoder(
            folder,
            name=model,
            device=device,
            named=named,
            pooling=pooling,
            digests=digests,
            graph=graph if isinstance(graph, KeptGraph) else None,
            no_graph=graph.reason if isinstance(graph, NoGraph) else None,
            fast=made,
        )

    if not fast or arithmetic == FLOAT32:  # nothing here computes faster than 32 bits
        encoder = load(None)
    elif isinstance(graph, NoGraph):
        raise ModelUnusable(model, graph.reason)
    else:
        encoder = load(fast_model(model, graph, full, models, arithmetic, load, digests))
    return CachedEncoder(encoder, Path(cache_dir or default_cache_dir()) / CACHE_NAME)


def locate(model: str, models_dir: Path, wanted: tuple[str, ...] = hub.WANTED) -> tuple[Path, NamedModel | None]:
    """The folder of `model`, fetched where it must be, and what is known of it by name.

    A folder comes before a name, but `bundled` and `use` are always those models. `wanted` are patterns of the
    files to fetch.
    """
    if model == BUNDLED:
        return unpack_bundled(models_dir), None
    folder = Path(model).expanduser()
    if model.strip() and folder.is_dir():
        return folder.resolve(), find_named_folder(folder.resolve()) or find_named(model)
    named = find_named(model)
    if named is None and not _HUB_ID.fullmatch(model):
        raise ModelNotFound(model, N_("neither a folder nor a known name"), KNOWN_NAMES)
    if model_scope.is_modelscope(model):
        return model_scope.download(model, named, wanted), named
    return hub.download(model, named.hub_id if named else model, wanted), named
