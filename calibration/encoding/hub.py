"""Download models from the Hugging Face hub, without pickled weights."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from calibration.encoding.models import KNOWN_NAMES
from calibration.encoding.weights import weight_files
from calibration.errors import N_, ModelDamaged, ModelNotFound, WeightsUnsafe

WANTED: Final = ("*.json", "*.txt", "*.model", "*.safetensors")
PICKLED: Final = (*WANTED, "*.bin")
"""Patterns that fetch pickled weights too, for the converter; nothing else reads them."""
UNWANTED: Final = ("onnx/*", "openvino/*", "*/onnx/*", "*/openvino/*")
_TIMEOUT_SECONDS: Final = 5.0
UNREACHED: Final = N_("not on this machine, and the hub cannot be reached")
_UNREACHABLE: Final = ("LocalEntryNotFoundError", "OfflineModeIsEnabled", "ConnectError", "ConnectTimeout")


def download(model: str, repository: str, wanted: tuple[str, ...] = WANTED) -> Path:
    """The folder of the hub's `repository`, from the local hub cache where it is complete, else fetched.

    `model` is what the user called it; `wanted` are patterns of the files to fetch. Raises ModelNotFound where
    the hub has no such repository or cannot be reached, WeightsUnsafe where it has pickled weights only.
    """
    found = cached(repository)
    if found is not None:
        return found
    try:
        folder = _snapshot(repository, wanted, local_files_only=False)
    except Exception as error:  # the client raises errors of four libraries
        raise ModelNotFound(model, _reason(error), KNOWN_NAMES) from error
    if wanted == WANTED and not is_complete(folder):
        raise WeightsUnsafe(repository)
    return folder


def cached(repository: str) -> Path | None:
    """The folder of the hub's `repository` in the local hub cache; None where it is not there whole."""
    try:
        found = _snapshot(repository, WANTED, local_files_only=True)
    except (OSError, ValueError):  # not here yet, or not a valid id, which the hub's client says again online
        return None
    return found if is_complete(found) else None


def is_complete(folder: Path) -> bool:
    """Whether settings and weights are there; a missing shard means that a download was interrupted."""
    try:
        return (folder / "config.json").is_file() and bool(weight_files(folder))
    except ModelDamaged:
        return False


def _snapshot(repository: str, wanted: tuple[str, ...], *, local_files_only: bool) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            repository,
            allow_patterns=list(wanted),
            ignore_patterns=list(UNWANTED),
            etag_timeout=_TIMEOUT_SECONDS,
            local_files_only=local_files_only,
        )
    )


def _reason(error: Exception) -> str:
    if type(error).__name__ in _UNREACHABLE:
        return UNREACHED
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
