"""Pairs: files of any accepted kind -> one canonical frame, with every bad row reported; and back.

    frame = load_pairs("bank.csv", domain="bank")      # or an error that names every bad row
    report = read_pairs("bank.csv")                    # the good rows, the problems, the notes, the duplicates

Neither needs a model or a database.
"""

from calibration.pairs.cases import read_bad_cases
from calibration.pairs.duplicates import DuplicateReport, deduplicate, find_duplicates
from calibration.pairs.positive import positives
from calibration.pairs.read import PairsReport, PairsSource, load_pairs, read_pairs
from calibration.pairs.rules import PairsNote, explain_note, explain_rule
from calibration.pairs.source import DEFAULT_LIMITS, Limits
from calibration.pairs.unlabelled import load_unlabelled
from calibration.pairs.write import FORMATS, write_pairs

__all__ = [
    "DEFAULT_LIMITS",
    "FORMATS",
    "DuplicateReport",
    "Limits",
    "PairsNote",
    "PairsReport",
    "PairsSource",
    "deduplicate",
    "explain_note",
    "explain_rule",
    "find_duplicates",
    "load_pairs",
    "load_unlabelled",
    "positives",
    "read_bad_cases",
    "read_pairs",
    "write_pairs",
]
