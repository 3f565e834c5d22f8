"""Metadata of exported vectors: the model and the texts that they were made of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from calibration.atomic_file import write_whole
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, CleanerMismatch, VectorsMismatch, VectorsUnusable
from calibration.text.cleaning import CLEANER_VERSION, CleaningOptions

BESIDE: Final = ".json"
FACTS: Final = "simtier"
"""The key of the facts in the metadata of a Parquet file or a collection."""
SCHEMA_VERSION: Final = 1
NO_FACTS: Final = N_("no file next to it says which model made it")
DAMAGED: Final = N_("it is damaged, or of another format")


@dataclass(frozen=True)
class VectorFacts:
    """rows: how many vectors; dim: their length; all are float32 and L2-normalised, so that a dot product is a
    cosine.

    cleaner: `CleaningOptions.key()`. source, column: the file and the column that the texts are from. truncated:
    texts that the model did not read to their end.
    """

    fingerprint: str
    model: str
    cleaner: str
    dim: int
    rows: int
    source: str
    column: str
    truncated: int = 0

    def to_json(self) -> dict[str, Any]:
        """JSON data."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Any, file: str) -> VectorFacts:
        """The inverse; raises VectorsUnusable."""
        names = cls.__dataclass_fields__
        try:
            found = cls(**{name: data[name] for name in names})
        except (KeyError, TypeError) as error:
            raise VectorsUnusable(file, NO_FACTS) from error
        texts = (found.fingerprint, found.model, found.cleaner, found.source, found.column)
        numbers = (found.dim, found.rows, found.truncated)
        if not all(type(text) is str for text in texts) or not all(type(n) is int and n >= 0 for n in numbers):
            raise VectorsUnusable(file, NO_FACTS)
        return found

    def check(self, encoder: Encoder, file: str) -> CleaningOptions:
        """How to clean texts that are compared with these vectors.

        Raises VectorsMismatch where another model made them, CleanerMismatch where this version cannot clean so.
        """
        if self.fingerprint != encoder.fingerprint:
            ours, theirs = f"{encoder.name} ({encoder.fingerprint})", f"{self.model} ({self.fingerprint})"
            raise VectorsMismatch(file, theirs, ours)
        for cleaning in (CleaningOptions(), CleaningOptions(map_punctuation=True)):
            if cleaning.key() == self.cleaner:
                return cleaning
        raise CleanerMismatch(self.cleaner, CLEANER_VERSION)


def read_facts(path: Path) -> VectorFacts:
    """What is beside the vectors at `path`. Raises VectorsUnusable."""
    try:
        data = json.loads(beside(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise VectorsUnusable(str(path), NO_FACTS) from error
    return VectorFacts.from_json(data, str(path))


def write_facts(facts: VectorFacts, path: Path) -> None:
    """Write them beside the vectors at `path`."""
    write_json(facts.to_json(), beside(path))


def beside(path: Path) -> Path:
    """Where the facts of the vectors at `path` are."""
    return path.with_name(path.name + BESIDE)


def write_json(data: Any, path: Path) -> None:
    """Write JSON, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=2).encode())
