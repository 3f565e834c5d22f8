"""Counts of the store's rows by table, for `backup` and `restore`."""

from __future__ import annotations

from typing import Final

from calibration.cli.terminal import say
from calibration.errors import N_
from calibration.store import Backup

TABLES: Final = {
    "datasets": N_("datasets"),
    "dataset_counts": N_("counts of labels"),
    "pairs": N_("pairs"),
    "dataset_events": N_("versions of datasets"),
    "dataset_edits": N_("edits of pairs"),
    "labellings": N_("labellings"),
    "settlements": N_("settled labels"),
    "policies": N_("policies"),
    "publications": N_("publications"),
    "bad_cases": N_("bad cases"),
    "bad_case_tags": N_("tags of bad cases"),
    "case_filters": N_("saved filters"),
    "bad_case_history": N_("steps of bad cases"),
    "audit_events": N_("entries of the log"),
    "api_keys": N_("API keys"),
    "score_samples": N_("sampled scores"),
}
"""What the rows of a table are."""


def counted(found: Backup) -> str:
    """Every table that has rows, and how many."""
    shown = [f"{rows:,} {say(TABLES.get(name, name))}" for name, rows in found.rows.items() if rows]
    return say(N_(", ")).join(shown) or say(N_("an empty store"))
