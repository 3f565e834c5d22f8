"""Graphs of models, made once each, kept with the digests of their files, and made again where those do not fit.

A model that cannot be a graph is remembered as such, with the reason, so that no start tries again.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from filelock import FileLock

from calibration.encoding.digests import Digests
from calibration.encoding.engines.graph import FACTS, SOURCE, UNFIT, installed
from calibration.encoding.engines.table import Place
from calibration.encoding.recipe import Recipe
from calibration.encoding.weights import weight_files
from calibration.errors import N_, Words
from calibration.messages.note import note

log = logging.getLogger(__name__)

LAYOUT: Final = 1
"""Changes whenever the same model becomes another graph."""
WORTH_BYTES: Final = 2**20
"""A model with fewer bytes of weights is a toy, for which a conversion takes longer than all that it will do."""
_MADE: Final = "made.json"
_MINUTES: Final = 60


@dataclass(frozen=True)
class KeptGraph:
    """A model's graph in `folder`: where its embeddings are, how it pools, what stands for unknown characters, and
    what its weights take in memory.
    """

    folder: Path
    table: Place
    pooling: str
    unknown_id: int | None
    weight_bytes: int

    @property
    def source(self) -> Path:
        """What OpenVINO reads."""
        return self.folder / SOURCE


@dataclass(frozen=True)
class NoGraph:
    """Why a model has none, and runs by PyTorch."""

    reason: Words


def kept_graph(
    name: str, folder: Path, recipe: Recipe, fingerprint: str, models_dir: Path, digests: Digests
) -> KeptGraph | NoGraph:
    """The graph of the model in `folder`, made in a process of its own where it is not there yet.

    Safe to call from many processes at once: one makes it, the others wait.
    """
    if not installed():
        return NoGraph(N_("OpenVINO is not installed"))
    home = folder / recipe.modules[0].path
    if sum(path.stat().st_size for path in weight_files(home)) < WORTH_BYTES:
        return NoGraph(N_("it is too small to benefit from conversion"))
    kept = models_dir / "graphs" / f"{fingerprint}-{LAYOUT}-{version('openvino')}"
    found = _read(kept, digests)
    if found is not None:
        return found
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{kept}.lock"):
            return _read(kept, digests) or _make(name, folder, recipe, kept, digests)
    except OSError as error:
        log.warning("%s: its graph cannot be kept, so it runs by PyTorch (%s)", name, error)
        return NoGraph(note(N_("its graph cannot be kept: {reason}"), reason=error.strerror or str(error)))


def _read(kept: Path, digests: Digests) -> KeptGraph | NoGraph | None:
    """What is kept; None where it is not there whole."""
    try:
        made = json.loads((kept / _MADE).read_bytes())
        if made["unfit"]:
            return NoGraph(note(UNFIT_REASON, reason=str(made["unfit"])))
        if not all(digests.of(kept / file) == digest for file, digest in made["files"].items()):
            return None
        facts = json.loads((kept / FACTS).read_bytes())
        table, unknown = Place(**facts["table"]), facts["unknown_id"]
        return KeptGraph(kept, table, str(facts["pooling"]), unknown, int(facts["weight_bytes"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


UNFIT_REASON: Final = N_("OpenVINO cannot convert it: {reason}")


def _make(name: str, folder: Path, recipe: Recipe, kept: Path, digests: Digests) -> KeptGraph | NoGraph:
    log.info("preparing %s for OpenVINO (once)", name)
    for left in kept.parent.glob(f".{kept.name}.*"):  # by a conversion that was interrupted
        shutil.rmtree(left, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=f".{kept.name}.", dir=kept.parent))
    try:
        code, reason = _convert(folder, recipe, place)
        if code not in (0, UNFIT):  # killed, out of memory, a full disk: the next start may fare better
            log.warning("%s: its conversion ended early, so it runs by PyTorch (%s)", name, reason)
            return NoGraph(note(N_("its conversion ended early: {reason}"), reason=reason))
        if code == UNFIT:
            log.warning("%s runs by PyTorch: OpenVINO cannot convert it (%s)", name, reason)
            shutil.rmtree(place)
            place.mkdir()
        files = {path.name: Digests().of(path) for path in sorted(place.iterdir())}
        document = {"unfit": reason if code == UNFIT else "", "files": files}
        (place / _MADE).write_text(json.dumps(document, indent=1), encoding="utf-8")
        shutil.rmtree(kept, ignore_errors=True)
        place.chmod(0o755)
        os.replace(place, kept)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return _read(kept, digests) or NoGraph(note(N_("its graph cannot be kept: {reason}"), reason=str(kept)))


def _convert(folder: Path, recipe: Recipe, place: Path) -> tuple[int, str]:
    """Exit code and last words of the conversion, in a process of its own: PyTorch never gives its memory back."""
    command = [sys.executable, "-m", "calibration.encoding.engines.convert_graph"]
    command += [str(folder), json.dumps(asdict(recipe)), str(place)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 * _MINUTES, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return UNFIT, "it takes more than an hour"
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return done.returncode, said[-1][:200] if said else f"exit code {done.returncode}"
