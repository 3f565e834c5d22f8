"""Names of tiers, labels, methods and claims in words; the same on pages, in reports and in files."""

from __future__ import annotations

from typing import Final

from calibration.certificates.certificate import (
    CERTIFIED,
    CLAIM_ALL,
    CLAIM_DOMAIN,
    CLAIM_TIER,
    INSUFFICIENT,
    NOT_CERTIFIABLE,
)
from calibration.certificates.procedures import AUTO, FST, SCP, STEPWISE
from calibration.columns import (
    BINARY,
    GRADED,
    LABEL_MAX,
    SHOWN_NAMES,
    THRESHOLD_TIERS,
    TIER,
    TIERS,
    shown_tier,
)
from calibration.errors import N_
from calibration.messages.catalogues import translate

STATUS_NAMES: Final = {
    CERTIFIED: N_("certified"),
    INSUFFICIENT: N_("not provable yet"),
    NOT_CERTIFIABLE: N_("out of reach"),
}
METHOD_NAMES: Final = {
    AUTO: N_("Automatic: the stepwise method"),
    STEPWISE: N_("Stepwise: finds most, at any number of labels"),
    FST: N_("Fixed sequence: good for few labels"),
    SCP: N_("Simultaneous: good for many labels"),
}
CLAIM_NAMES: Final = {
    CLAIM_TIER: N_("each tier on its own"),
    CLAIM_DOMAIN: N_("all tiers of a domain together"),
    CLAIM_ALL: N_("all tiers of all domains together"),
}
MEANING: Final = (N_("different meaning"), N_("same meaning"))
"""The binary labels 0 and 1 in words."""
KIND_NAMES: Final = {
    BINARY: N_("two labels: same or not"),
    TIER: N_("four tiers"),
    GRADED: N_("grades from 0 to 5"),
}


def tier_name(tier: str, locale: str) -> str:
    """The name of a tier, or of what people read in its place (`shown_tier`), in `locale`."""
    return translate(SHOWN_NAMES[tier], locale)


def line_names(binary: bool, locale: str) -> dict[str, str]:
    """The tiers that have a threshold, with what people read for each."""
    return {tier: tier_name(shown_tier(tier, binary), locale) for tier in THRESHOLD_TIERS}


GRADE: Final = N_("{label} / {most}")
"""A grade, with the highest one where the language does not count in points."""


def label_name(label: float, kind: str, locale: str) -> str:
    """A label in words, where its kind has words.

    >>> label_name(1, "binary", "en"), label_name(3, "tier", "en"), label_name(2.5, "graded", "en")
    ('same meaning', 'same', '2.5 / 5')
    """
    if kind == BINARY:
        return translate(MEANING[int(label >= 1)], locale)
    if kind == TIER:
        return tier_name(TIERS[len(TIERS) - 1 - int(label)], locale)
    return translate(GRADE, locale).format(label=f"{label:g}", most=f"{LABEL_MAX[kind]:g}")


def expectation_name(expected: str, locale: str) -> str:
    """What a bad case should have been, in words: a tier, or only that the texts do not mean the same."""
    return tier_name(expected, locale) if expected in SHOWN_NAMES else translate(N_("not the same"), locale)


def kind_name(kind: str, locale: str) -> str:
    """A kind of label in words; an unknown kind as it is."""
    return translate(KIND_NAMES.get(kind, kind), locale)
