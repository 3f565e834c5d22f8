"""Guards: what two texts certainly differ in, so that no score makes them the same.

A guard is a tag of `calibration.text.differences` that holds pairs back from `same`. It is worth having in one
domain and does harm in another, so a policy carries guards only where a team's labels show that they help.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.errors import BadArgument
from calibration.text.differences import DATES, ENTITIES, NEGATION, NUMBERS, pair_tags

GUARDS: Final = (NUMBERS, NEGATION, DATES, ENTITIES)
"""The tags that may hold pairs back."""
GUARD_RULES: Final = "1"
"""Changes whenever some pair gets other tags of GUARDS: what was certified with other rules is another promise."""
KEPT: Final = 20_000
"""Pairs whose tags are kept."""


def check_guards(names: Iterable[str], argument: str = "guards") -> tuple[str, ...]:
    """The guards named, each once, in the order of GUARDS; raises BadArgument for another name.

    >>> check_guards(["negation", "numbers", "negation"])
    ('numbers', 'negation')
    """
    given = list(names)
    if unknown := [name for name in given if name not in GUARDS]:
        raise BadArgument(argument, " | ".join(GUARDS), unknown[0])
    return tuple(name for name in GUARDS if name in given)


def is_held(guards: Sequence[str], text_a: str, text_b: str) -> bool:
    """Whether one of the guards keeps two texts from being the same; which comes first does not matter.

    >>> is_held(["numbers"], "信用卡分3期", "信用卡分12期"), is_held(["dates"], "信用卡分3期", "信用卡分12期")
    (True, False)
    """
    return bool(guards) and not set(guards).isdisjoint(_tags(text_a, text_b))


@lru_cache(maxsize=KEPT)
def _tags(text_a: str, text_b: str) -> tuple[str, ...]:
    """The tags of a pair: every guard of a domain, fold and threshold asks for them again."""
    return pair_tags(text_a, text_b)


def held_pairs(guards: Sequence[str], first: Iterable[str], second: Iterable[str]) -> NDArray[np.bool_]:
    """(n,) `is_held` of n pairs of texts."""
    return np.fromiter((is_held(guards, a, b) for a, b in zip(first, second, strict=True)), np.bool_)
