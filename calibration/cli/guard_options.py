"""`--guards` of `fit`: what keeps pairs from being the same, for all domains or some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from calibration.calibrate import AUTO, Guards
from calibration.columns import DOMAIN
from calibration.errors import N_, BadArgument
from calibration.text.guards import check_guards

GUARDS_HELP: Final = (
    "never merge pairs that differ in these, whatever their score: numbers,negation,dates,entities; for one "
    "domain: bank=numbers,dates;faq=negation; auto: try all on 2 of 5 labels, certify on the rest"
)
EVERY: Final = ""
"""Stands for every domain."""


def guards(text: str) -> Mapping[str, tuple[str, ...]]:
    """Guards by domain, EVERY for all, as typed; `auto` alone means that they are to be chosen.

    >>> guards("numbers,dates"), guards("bank=numbers;faq=negation")
    ({'': ('numbers', 'dates')}, {'bank': ('numbers',), 'faq': ('negation',)})
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        domain, _, names = part.rpartition("=")
        given = [name.strip() for name in names.split(",") if name.strip()]
        found[domain.strip()] = (AUTO,) if given == [AUTO] else check_guards(given, "--guards")
    return found


def guards_by_domain(asked: Mapping[str, tuple[str, ...]] | None, pairs: pd.DataFrame) -> Guards | None:
    """What was typed, for the domains of the pairs; None where nothing was. Raises BadArgument."""
    if not asked:
        return None
    if (AUTO,) in asked.values():
        if len(asked) > 1 or EVERY not in asked:
            raise BadArgument("--guards", N_("auto alone, for all domains"), AUTO)
        return AUTO
    every = {str(domain): asked[EVERY] for domain in pairs[DOMAIN].unique()} if EVERY in asked else {}
    return {**every, **{domain: names for domain, names in asked.items() if domain != EVERY}}
