"""Models at compute `fast`: made once, compared with full, and kept by fingerprint.

A model that comes out too far from itself is refused, with the numbers, and stays refused: asking again costs no
second measurement.
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
from calibration.encoding.engines.int8 import compress
from calibration.encoding.engines.kept_graph import KeptGraph
from calibration.encoding.engines.processor import BFLOAT16, INT8
from calibration.encoding.fidelity import LEAST_COSINE, MEAN_COSINE, Fidelity, measure, probe_texts
from calibration.errors import FidelityMissed, ModelUnusable

log = logging.getLogger(__name__)

HALF: Final = "fp16"
"""16-bit floats of an accelerator."""
LAYOUTS: Final = {BFLOAT16: 1, INT8: 2, HALF: 1}
"""Changes whenever the same weights are computed with otherwise."""
GRAPH: Final = "graph.xml"
_WEIGHTS: Final = "graph.bin"
_MADE: Final = "made.json"
_SHORT: Final = 48
_ROUNDS: Final = 3


class Encodes(Protocol):
    """An encoder in memory, of either arithmetic."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts."""


@dataclass(frozen=True)
class FastModel:
    """A model that was made fast and measured. seconds: what that took. ratio: of processor time, full to fast.

    `arithmetic` is bf16, int8-vnni or fp16. With 8-bit weights, `folder` holds a graph of its own; else the weights
    of the full model serve.
    """

    folder: Path
    arithmetic: str
    fingerprint: str
    fidelity: Fidelity
    seconds: float
    ratio: float

    @property
    def source(self) -> Path | None:
        """The graph to run in place of the full one, if there is one."""
        return self.folder / GRAPH if self.arithmetic == INT8 else None

    @property
    def weight_bytes(self) -> int | None:
        """What such a graph's weights take."""
        return (self.folder / _WEIGHTS).stat().st_size if self.arithmetic == INT8 else None


Load = Callable[[FastModel | None], Encodes]


def fast_fingerprint(full: str, arithmetic: str) -> str:
    """The fingerprint of a model at compute fast: that at full, and how.

    >>> fast_fingerprint("0123", "bf16"), fast_fingerprint("0123", "int8-vnni")
    ('0123-bf16-1', '0123-int8-vnni-2')
    """
    return f"{full}-{arithmetic}-{LAYOUTS[arithmetic]}"


def fast_model(
    name: str, graph: KeptGraph | None, full: str, models_dir: Path, arithmetic: str, load: Load, digests: Digests
) -> FastModel:
    """The model that `load` loads, made fast by `arithmetic` where it is not yet.

    `graph` is that of the full model, needed for 8-bit weights; `full` is its fingerprint at full; `load` gives its
    encoder, at full for None. Raises FidelityMissed where its vectors come out too far from those at full,
    ModelUnusable where it cannot be kept.
    """
    folder = models_dir / "fast" / fast_fingerprint(full, arithmetic)
    found = _read(folder, arithmetic, digests)
    if found is None:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{folder}.lock"):
                found = _read(folder, arithmetic, digests) or _make(name, graph, folder, arithmetic, load)
        except OSError as error:
            raise ModelUnusable(name, str(error)) from error
    if not found.fidelity.enough:
        shown = found.fidelity
        raise FidelityMissed(name, shown.mean, shown.least, shown.texts, MEAN_COSINE, LEAST_COSINE)
    return found


def _read(folder: Path, arithmetic: str, digests: Digests) -> FastModel | None:
    """What is kept in `folder`; None where it is not there whole."""
    try:
        made = json.loads((folder / _MADE).read_bytes())
        given = {key: value for key, value in made["fidelity"].items() if key != "enough"}
        fidelity, seconds, ratio = Fidelity(**given), float(made["seconds"]), float(made["ratio"])
        whole = all(digests.of(folder / file) == digest for file, digest in made["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return FastModel(folder, arithmetic, folder.name, fidelity, seconds, ratio) if whole else None


def _make(name: str, graph: KeptGraph | None, folder: Path, arithmetic: str, load: Load) -> FastModel:
    """Convert and measure; what does not pass leaves its numbers behind, but no weights."""
    log.info("measuring %s at compute fast (once)", name)
    for left in folder.parent.glob(f".{folder.name}.*"):  # by a conversion that was interrupted
        shutil.rmtree(left, ignore_errors=True)
    began, place = time.perf_counter(), Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        if graph is not None and arithmetic == INT8:
            compress(graph.source, place / GRAPH)
        full = load(None)
        fast = load(FastModel(place, arithmetic, folder.name, Fidelity(0, 1.0, 1.0, 0.0), 0.0, 1.0))
        fidelity, ratio = measure(full.encode, fast.encode), _ratio(full, fast)
        del full, fast
        made = FastModel(folder, arithmetic, folder.name, fidelity, time.perf_counter() - began, ratio)
        _keep(made, place)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return made


def _ratio(full: Encodes, fast: Encodes) -> float:
    """Processor time of short texts at full, by that at fast: the least of a few rounds, one after the other."""
    texts = [text for text in probe_texts() if len(text) < _SHORT][:_SHORT]
    least = [float("inf"), float("inf")]
    for _ in range(_ROUNDS):
        for at, encoder in enumerate((full, fast)):
            began = time.process_time()
            encoder.encode(texts)
            least[at] = min(least[at], time.process_time() - began)
    return least[0] / max(least[1], 1e-9)


def _keep(made: FastModel, place: Path) -> None:
    files = [file for file in (GRAPH, _WEIGHTS) if (place / file).exists()]
    digests = {file: Digests().of(place / file) for file in files if made.fidelity.enough}
    for file in set(files).difference(digests):
        (place / file).unlink()
    document = {"fidelity": made.fidelity.to_json(), "seconds": made.seconds, "ratio": made.ratio, "files": digests}
    (place / _MADE).write_text(json.dumps(document, indent=1), encoding="utf-8")
    shutil.rmtree(made.folder, ignore_errors=True)
    place.chmod(0o755)
    os.replace(place, made.folder)
