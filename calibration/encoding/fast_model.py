"""Models at precision `fast`: converted once, held against full precision, and kept by fingerprint.

A model that comes out too far from itself is refused, with the numbers, and stays refused: asking again costs no
second conversion.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from filelock import FileLock

from calibration.encoding.batching import Vectors
from calibration.encoding.digests import Digests
from calibration.encoding.fidelity import LEAST_COSINE, MEAN_COSINE, Fidelity, measure
from calibration.encoding.openvino_body import check_installed, convert_body, variant
from calibration.errors import FidelityMissed, ModelUnusable

log = logging.getLogger(__name__)

LAYOUT: Final = 1
"""Changes whenever the same weights are converted otherwise."""
BODY: Final = "body.xml"
_WEIGHTS: Final = "body.bin"
_CPU: Final = "cpu"
_HALF: Final = "fp16"
_MADE: Final = "made.json"


class Encodes(Protocol):
    """An encoder in memory, of either precision."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts."""


@dataclass(frozen=True)
class FastModel:
    """A model that was made fast and measured. seconds: what that took, once.

    On a processor `folder` holds its converted transformer; on an accelerator its own weights serve, in 16 bits.
    """

    folder: Path
    fingerprint: str
    fidelity: Fidelity
    seconds: float

    @property
    def body(self) -> Path:
        """What OpenVINO reads."""
        return self.folder / BODY

    @property
    def weight_bytes(self) -> int:
        """What the weights take."""
        return (self.folder / _WEIGHTS).stat().st_size


Load = Callable[[FastModel | None], Encodes]


def fast_fingerprint(full: str, device: str) -> str:
    """The fingerprint of a model at precision fast on this device: that at full precision, and how.

    >>> fast_fingerprint("0123", "cuda"), fast_fingerprint("0123", "cpu").startswith("0123-int8")
    ('0123-fp16-1', True)
    """
    return f"{full}-{variant() if device == _CPU else _HALF}-{LAYOUT}"


def fast_model(
    name: str,
    home: Path,
    full: str,
    models_dir: Path,
    device: str,
    load: Load,
    digests: Digests,
) -> FastModel:
    """The model that `load` loads, made fast for `device` where it is not yet.

    `home` holds its transformer, `full` is its fingerprint at full precision; `load` gives its encoder, at full
    precision for None. Raises FastMissing without the extra, FidelityMissed where its vectors come out too far
    from those at full precision, ModelUnusable where it cannot be converted.
    """
    if device == _CPU:
        check_installed()
    folder = models_dir / "fast" / fast_fingerprint(full, device)
    found = _read(folder, digests)
    if found is None:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{folder}.lock"):
                found = _read(folder, digests) or _make(name, home, folder, device, load)
        except OSError as error:
            raise ModelUnusable(name, str(error)) from error
    if not found.fidelity.enough:
        shown = found.fidelity
        raise FidelityMissed(name, shown.mean, shown.least, shown.texts, MEAN_COSINE, LEAST_COSINE)
    return found


def _read(folder: Path, digests: Digests) -> FastModel | None:
    """What is kept in `folder`; None where it is not there whole."""
    try:
        made = json.loads((folder / _MADE).read_bytes())
        given = {key: value for key, value in made["fidelity"].items() if key != "enough"}
        found = FastModel(folder, folder.name, Fidelity(**given), float(made["seconds"]))
        whole = all(digests.of(folder / file) == digest for file, digest in made["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if whole else None


def _make(
    name: str, home: Path, folder: Path, device: str, load: Callable[[FastModel | None], Encodes]
) -> FastModel:
    """Convert and measure; what does not pass leaves its numbers behind, but no weights."""
    log.info("converting %s to 8-bit weights (once)", name)
    for left in folder.parent.glob(f".{folder.name}.*"):  # by a conversion that was interrupted
        shutil.rmtree(left, ignore_errors=True)
    began, place = time.perf_counter(), Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        if device == _CPU:
            convert_body(home, place / BODY)
        full = load(None)
        fast = load(FastModel(place, folder.name, Fidelity(0, 1.0, 1.0, 0.0), 0.0))
        made = FastModel(folder, folder.name, measure(full.encode, fast.encode), time.perf_counter() - began)
        del fast
        _keep(made, place)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return made


def _keep(made: FastModel, place: Path) -> None:
    files = [file for file in (BODY, _WEIGHTS) if (place / file).exists()]
    digests = {file: Digests().of(place / file) for file in files if made.fidelity.enough}
    for file in set(files).difference(digests):
        (place / file).unlink()
    document = {"fidelity": made.fidelity.to_json(), "seconds": made.seconds, "files": digests}
    (place / _MADE).write_text(json.dumps(document, indent=1), encoding="utf-8")
    shutil.rmtree(made.folder, ignore_errors=True)
    place.chmod(0o755)
    os.replace(place, made.folder)
