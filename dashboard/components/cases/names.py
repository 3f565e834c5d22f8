"""Statuses, expectations, tags, orders and deeds of bad cases in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from calibration import words
from calibration.errors import N_
from calibration.store import NO_TAG
from calibration.tags import TAG_NAMES
from dashboard import state
from dashboard.i18n import escaped, t

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
    "added": N_("added to a dataset"),
}
FIELD_NAMES: Final = {
    "status": N_("status"),
    "note": N_("note"),
    "expected": N_("expected"),
    "dataset": N_("dataset"),
}
SOURCE_NAMES: Final = {
    "live": N_("compare page"),
    "manual": N_("by hand"),
    "evaluation": N_("labelled data"),
    "import": N_("file"),
    "api": N_("API"),
}
ORDER_NAMES: Final = {
    "newest": N_("Newest first"),
    "margin": N_("Furthest on the wrong side first"),
    "cost": N_("Costliest first"),
}


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
    return words.expectation_name(expected, state.locale())


def tag_name(tag: str) -> str:
    """A tag in words, also the absence of one."""
    return t("no tag") if tag == NO_TAG else t(TAG_NAMES.get(tag, tag))


def tag_names(tags: Sequence[str]) -> str:
    """Some tags in a line."""
    return t(", ").join(map(tag_name, tags))


def source_name(source: str) -> str:
    """Where a case came from, in words where we know them."""
    return t(SOURCE_NAMES[source]) if source in SOURCE_NAMES else source


def order_name(order: str) -> str:
    """An order of cases in words."""
    return t(ORDER_NAMES[order])
