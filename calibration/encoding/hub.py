"""Models from the Hugging Face hub, without their pickled weights: a folder on this machine, or a clear error."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from calibration.encoding.models import KNOWN_NAMES
from calibration.encoding.weights import weight_files
from calibration.errors import ModelDamaged, ModelNotFound, WeightsUnsafe

WANTED: Final = ("*.json", "*.txt", "*.model", "*.safetensors")
UNWANTED: Final = ("onnx/*", "openvino/*", "*/onnx/*", "*/openvino/*")
_TIMEOUT_SECONDS: Final = 5.0
_UNREACHABLE: Final = ("LocalEntryNotFoundError", "OfflineModeIsEnabled", "ConnectError", "ConnectTimeout")


def download(model: str, repository: str) -> Path:
    """The folder of the hub's `repository`, from the local hub cache where it is complete, else fetched.

    `model` is what the user called it. Raises ModelNotFound where the hub has no such repository or cannot be
    reached, WeightsUnsafe where it has pickled weights only.
    """
    try:
        cached = _snapshot(repository, local_files_only=True)
        if _is_complete(cached):
            return cached
    except (OSError, ValueError):
        pass  # not here yet, or not a valid id, which the hub's client says again below
    try:
        folder = _snapshot(repository, local_files_only=False)
    except Exception as error:  # the client raises errors of four libraries
        raise ModelNotFound(model, _reason(error), KNOWN_NAMES) from error
    if not _is_complete(folder):
        raise WeightsUnsafe(repository)
    return folder


def _snapshot(repository: str, *, local_files_only: bool) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            repository,
            allow_patterns=list(WANTED),
            ignore_patterns=list(UNWANTED),
            etag_timeout=_TIMEOUT_SECONDS,
            local_files_only=local_files_only,
        )
    )


def _is_complete(folder: Path) -> bool:
    try:
        return (folder / "config.json").is_file() and bool(weight_files(folder))
    except ModelDamaged:  # a shard is missing: the download was interrupted
        return False


def _reason(error: Exception) -> str:
    if type(error).__name__ in _UNREACHABLE:
        return "not on this machine, and the hub cannot be reached"
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
