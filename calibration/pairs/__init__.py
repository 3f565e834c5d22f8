"""Read and write labelled pairs: files of any accepted kind, one canonical frame, every bad row reported.

    frame = load_pairs("bank.csv", domain="bank")      # or an error that names every bad row
    report = read_pairs("bank.csv")                    # the good rows, the problems, the notes, the duplicates

Neither needs a model or a database.

Names are loaded on first use: a decision about two texts needs the rules of pairs, and no pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from calibration.pairs.cases import read_bad_cases
    from calibration.pairs.duplicates import DuplicateReport, deduplicate, find_duplicates
    from calibration.pairs.labels import LABEL_SCALES
    from calibration.pairs.looked_at import TablePreview, look_at
    from calibration.pairs.positive import positives
    from calibration.pairs.read import PairsReport, load_pairs, read_pairs, usable
    from calibration.pairs.reading import PairReading
    from calibration.pairs.rules import PairsNote, explain_note, explain_rule
    from calibration.pairs.table import PairsSource
    from calibration.pairs.unlabelled import load_unlabelled, read_unlabelled
    from calibration.pairs.write import FORMATS, write_pairs
    from calibration.tables.limits import DEFAULT_LIMITS, Limits

__all__ = [
    "DEFAULT_LIMITS",
    "FORMATS",
    "LABEL_SCALES",
    "DuplicateReport",
    "Limits",
    "PairReading",
    "PairsNote",
    "PairsReport",
    "PairsSource",
    "TablePreview",
    "deduplicate",
    "explain_note",
    "explain_rule",
    "find_duplicates",
    "load_pairs",
    "load_unlabelled",
    "look_at",
    "positives",
    "read_bad_cases",
    "read_pairs",
    "read_unlabelled",
    "usable",
    "write_pairs",
]

_HOME: Final = {
    "DEFAULT_LIMITS": "tables.limits",
    "DuplicateReport": "pairs.duplicates",
    "FORMATS": "pairs.write",
    "LABEL_SCALES": "pairs.labels",
    "Limits": "tables.limits",
    "PairReading": "pairs.reading",
    "PairsNote": "pairs.rules",
    "PairsReport": "pairs.read",
    "PairsSource": "pairs.table",
    "TablePreview": "pairs.looked_at",
    "deduplicate": "pairs.duplicates",
    "explain_note": "pairs.rules",
    "explain_rule": "pairs.rules",
    "find_duplicates": "pairs.duplicates",
    "load_pairs": "pairs.read",
    "load_unlabelled": "pairs.unlabelled",
    "positives": "pairs.positive",
    "look_at": "pairs.looked_at",
    "read_bad_cases": "pairs.cases",
    "read_pairs": "pairs.read",
    "read_unlabelled": "pairs.unlabelled",
    "usable": "pairs.read",
    "write_pairs": "pairs.write",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"calibration.{_HOME[name]}"), name)
