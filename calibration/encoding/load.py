"""A model's name, folder or hub id to an encoder that is ready to use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from calibration.encoding import hub, model_scope
from calibration.encoding.build import resolve_device
from calibration.encoding.bundled import digest_memo, unpack_bundled
from calibration.encoding.cache import CACHE_NAME, CachedEncoder
from calibration.encoding.digests import Digests
from calibration.encoding.encoder import SentenceEncoder
from calibration.encoding.fast_model import FastModel, fast_model
from calibration.encoding.fingerprint import fingerprint
from calibration.encoding.models import BUNDLED, KNOWN_NAMES, NamedModel, find_named, find_named_folder
from calibration.encoding.recipe import read_recipe
from calibration.encoding.remote import RemoteEncoder, is_remote
from calibration.errors import N_, ModelNotFound
from calibration.settings import FAST
from calibration.settings import cache_dir as default_cache_dir
from calibration.settings import models_dir as default_models_dir
from calibration.settings import precision as chosen_precision

_HUB_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


def load_encoder(
    model: str = BUNDLED,
    device: str = "auto",
    cache_dir: str | Path | None = None,
    *,
    models_dir: str | Path | None = None,
    pooling: str | None = None,
    precision: str | None = None,
) -> CachedEncoder:
    """The encoder of `model`: `bundled`, a named model, a model folder, or an id on the Hugging Face hub or
    ModelScope; or the model of a server, by the address of its OpenAI-compatible API
    (`calibration.encoding.remote`).

    `device` is auto, cpu, cuda, cuda:N or mps. `cache_dir` and `models_dir` lie in the data directory unless
    given. `pooling` (cls, mean, lasttoken) is for a folder that does not say how it pools. `precision` is full
    or fast (SIMTIER_PRECISION unless given, else full): fast has 8-bit weights on a processor and 16-bit ones on an
    accelerator, a fingerprint of its own, and its vectors are held against full precision when it is first made.
    Raises ModelNotFound, ModelDamaged, ModelUnusable, PoolingUnknown, WeightsUnsafe, FastMissing, FidelityMissed
    or BadArgument, each for its cause; for a server ServiceError and RemoteChanged.
    """
    if is_remote(model):
        return CachedEncoder(RemoteEncoder(model), Path(cache_dir or default_cache_dir()) / CACHE_NAME)
    fast = chosen_precision(precision) == FAST
    models = Path(models_dir) if models_dir else default_models_dir()
    folder, named = locate(model, models)
    digests, device = Digests(digest_memo(models)), resolve_device(device)

    def load(kept: FastModel | None) -> SentenceEncoder:
        return SentenceEncoder(
            folder, name=model, device=device, named=named, pooling=pooling, digests=digests, fast=kept
        )

    if fast:
        recipe = read_recipe(folder, named, pooling)
        home, full = folder / recipe.modules[0].path, fingerprint(folder, recipe, digests)
        encoder = load(fast_model(model, home, full, models, device, load, digests))
    else:
        encoder = load(None)
    return CachedEncoder(encoder, Path(cache_dir or default_cache_dir()) / CACHE_NAME)


def locate(model: str, models_dir: Path, wanted: tuple[str, ...] = hub.WANTED) -> tuple[Path, NamedModel | None]:
    """The folder of `model`, fetched where it must be, and what is known of it by name.

    A folder comes before a name, but `bundled` is always the bundled model. `wanted` are patterns of the files
    to fetch.
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
