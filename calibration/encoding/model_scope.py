"""Download models from ModelScope with its own client if installed, otherwise from the Hugging Face hub."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

from calibration.encoding import hub
from calibration.encoding.models import KNOWN_NAMES, MODELSCOPE_OWNERS, NamedModel
from calibration.errors import N_, ModelNotFound, WeightsUnsafe

INSTALL: Final = N_("to fetch it from ModelScope, run pip install 'simtier[modelscope]'")
FAILED: Final = N_("not on this machine, and ModelScope has no such model or cannot be reached")


def is_modelscope(model: str) -> bool:
    """Whether `model` is an address on ModelScope that the hub does not have.

    >>> is_modelscope("iic/nlp_gte_sentence-embedding_chinese-large"), is_modelscope("thenlper/gte-large-zh")
    (True, False)
    """
    owner, slash, _ = model.strip().partition("/")
    return bool(slash) and owner.casefold() in {name.casefold() for name in MODELSCOPE_OWNERS}


def download(model: str, named: NamedModel | None, wanted: tuple[str, ...] = hub.WANTED) -> Path:
    """The folder of ModelScope's `model`; the hub's copy of a named model serves as well, being the same files.

    Raises ModelNotFound, which says what to install where the client is missing, or WeightsUnsafe where
    ModelScope has pickled weights only.
    """
    found = hub.cached(named.hub_id) if named else None
    if found is not None:
        return found
    if importlib.util.find_spec("modelscope"):
        return _fetched(model, wanted)
    if named is None:
        raise ModelNotFound(model, INSTALL, KNOWN_NAMES)
    try:
        return hub.download(model, named.hub_id, wanted)
    except ModelNotFound as error:
        raise ModelNotFound(model, INSTALL, KNOWN_NAMES) from error


def _fetched(model: str, wanted: tuple[str, ...]) -> Path:
    for local in (True, False):
        try:
            folder = _snapshot(model, wanted, local_files_only=local)
        except Exception as error:  # whatever its client raises, of which there is much
            if local:
                continue  # not here yet
            raise ModelNotFound(model, FAILED, KNOWN_NAMES) from error
        if hub.is_complete(folder) or (wanted != hub.WANTED and not local):
            return folder
    raise WeightsUnsafe(model)


def _snapshot(model: str, wanted: tuple[str, ...], *, local_files_only: bool) -> Path:
    from modelscope import snapshot_download

    return Path(snapshot_download(model, allow_patterns=list(wanted), local_files_only=local_files_only))
