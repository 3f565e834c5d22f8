"""Statuses, expectations, tags, orders and deeds of bad cases in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.columns import NOT_SAME, SAME, shown_tier
from calibration.errors import N_
from calibration.fitting import names as words
from calibration.policies.policy import DomainPolicy
from calibration.store import EXPECTATIONS, NO_TAG
from calibration.text.differences import TAG_NAMES
from dashboard import resources, state
from dashboard.i18n import escaped, t

STATUS_NAMES: Final = {
    "new": N_("new"),
    "confirmed": N_("confirmed"),
    "label_wrong": N_("policy was right"),
    "fixed": N_("fixed"),
    "wont_fix": N_("won't fix"),
}
ACTION_NAMES: Final = {
    "created": N_("reported"),
    "changed": N_("changed"),
    "undone": N_("undone"),
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
    "margin": N_("Clearest errors first"),
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


@dataclass(frozen=True)
class CaseWords:
    """What people read for the tiers of cases, by the domains of the policy in use."""

    domains: Mapping[str, DomainPolicy]

    def __call__(self, tier: str, domain: str, thresholds: Mapping[str, float | None] | None = None) -> str:
        """The key of a word for a tier or an expectation. thresholds: what judged, None for the domain's own."""
        if not self.binary(domain):
            return tier
        own = self.domains[domain].thresholds if domain in self.domains else None
        return shown_tier(tier, True, thresholds or own)

    def binary(self, domain: str) -> bool:
        """Whether the labels of a domain only say same or not; of one not in use, whether all others' do."""
        known = [self.domains[domain]] if domain in self.domains else [*self.domains.values()]
        return bool(known) and all(entry.binary for entry in known)

    def expectations(self, domain: str) -> tuple[str, ...]:
        """What may be expected of a pair there."""
        return (SAME, NOT_SAME) if self.binary(domain) else EXPECTATIONS


def case_words() -> CaseWords:
    """The words, as of now."""
    current = resources.store().policies.current()
    return CaseWords(current.policy.domains if current else {})


def source_name(source: str) -> str:
    """Where a case came from, in words where we know them."""
    return t(SOURCE_NAMES[source]) if source in SOURCE_NAMES else source


def order_name(order: str) -> str:
    """An order of cases in words."""
    return t(ORDER_NAMES[order])
