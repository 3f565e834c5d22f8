"""Where vectors are: a .npy or Parquet file, a FAISS index, a collection in Milvus."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from calibration.errors import N_, BadArgument, ExtraMissing
from calibration.messages.note import note
from calibration.settings import data_dir

NPY: Final = "npy"
PARQUET: Final = "parquet"
FAISS: Final = "faiss"
MILVUS: Final = "milvus"
COLLECTION: Final = "simtier"
_ENDINGS: Final = {".npy": NPY, ".parquet": PARQUET, ".pq": PARQUET, ".faiss": FAISS, ".db": MILVUS}
_URI: Final = re.compile(r"https?://|tcp://|unix:")
_RUN: Final = re.compile(r"[\w.-]{1,64}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


@dataclass(frozen=True)
class Address:
    """Where vectors are: `kind` is one of npy, parquet, faiss, milvus; `at` a path or a cluster's URI.

    run: the name of the rows that are written, among others of the same collection; blank for a collection that is
    written as a whole.
    """

    kind: str
    at: str
    collection: str = COLLECTION
    run: str = ""

    @property
    def path(self) -> Path:
        """The file; meaningless for a cluster."""
        return Path(self.at)

    @property
    def remote(self) -> bool:
        """Whether it is a cluster."""
        return self.kind == MILVUS and _URI.match(self.at) is not None

    @property
    def parts(self) -> Path:
        """Where chunks are until the target is whole: beside a file; for a cluster in the data directory."""
        if not self.remote:
            return self.path.with_name(self.path.name + ".part")
        return (
            data_dir()
            / "exports"
            / (re.sub(r"\W+", "_", f"{self.at}_{self.collection}_{self.run}").rstrip("_") + ".part")
        )


def address(given: str, collection: str = COLLECTION, run: str = "") -> Address:
    """What a user means by a path or URI. Raises BadArgument, and ExtraMissing where the package is not installed.

    >>> address("faq.npy").kind
    'npy'
    """
    kind = MILVUS if _URI.match(given) else _ENDINGS.get(Path(given).suffix.lower())
    if kind is None:
        raise BadArgument(
            "vectors", note(N_("{endings}, or the URI of a Milvus cluster"), endings=" ".join(_ENDINGS)), given
        )
    if not _NAME.fullmatch(collection):
        raise BadArgument(
            "collection", N_("letters, digits and underscores, not beginning with a digit"), collection
        )
    if kind == FAISS and importlib.util.find_spec("faiss") is None:
        raise ExtraMissing("FAISS", "faiss")
    if kind == MILVUS and importlib.util.find_spec("pymilvus") is None:
        raise ExtraMissing("Milvus", "milvus")
    found = Address(kind, given, collection, run)
    if run and not (found.remote and _RUN.fullmatch(run)):
        raise BadArgument("--run", N_("for a Milvus server, of letters, digits and ._- (at most 64)"), run)
    return found
