"""Statuses, expectations and deeds of bad cases in words."""

from __future__ import annotations

from typing import Final

from calibration.columns import TIERS
from calibration.errors import N_
from dashboard.i18n import escaped, t, tier_name

STATUS_NAMES: Final = {
    "new": N_("new"),
    "confirmed": N_("confirmed"),
    "label_wrong": N_("expectation was wrong"),
    "fixed": N_("fixed"),
    "wont_fix": N_("will not be fixed"),
}
ACTION_NAMES: Final = {
    "created": N_("reported"),
    "changed": N_("changed"),
    "undone": N_("taken back"),
    "reported": N_("reported again"),
}
FIELD_NAMES: Final = {"status": N_("status"), "note": N_("note"), "expected": N_("expected")}


def status_name(status: str) -> str:
    """A status in words."""
    return t(STATUS_NAMES[status])


def value_name(field: str, value: str | None) -> str:
    """An old or new value in words."""
    if value is None or value == "":
        return "–"
    if field == "status":
        return status_name(value)
    if field == "expected":
        return expectation_name(value)
    return escaped(value)


def expectation_name(expected: str) -> str:
    """An expectation in words: a tier, or only that the texts do not mean the same."""
    return tier_name(expected) if expected in TIERS else t("not the same")
