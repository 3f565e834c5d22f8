"""Detect characters that a tokenizer does not know, all of which it reads as one token.

Two texts that differ only in such characters have the same vector, so that their score says nothing about what
sets them apart: names with rare Chinese characters, new emoji.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.encoding.engines.engine import Engine


def differ_unseen(a: str, b: str) -> bool:
    """Whether a model cannot tell apart what sets two texts apart, given the unknown characters of either.

    Both have some, and not the same ones in the same order. A text that has none differs from one that has.

    >>> differ_unseen("䶮", "㛃"), differ_unseen("䶮", "䶮"), differ_unseen("䶮", "")
    (True, False, False)
    """
    return bool(a) and bool(b) and a != b


def unknown_codes(unknown: Sequence[str]) -> NDArray[np.intp]:
    """Unknown characters as numbers, equal where the characters are; 0 where there are none.

    >>> unknown_codes(["", "䶮", "㛃", "䶮"])
    array([0, 1, 2, 1])
    """
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers) + 1) if text else 0 for text in unknown], np.intp)


def unseen_pairs(first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
    """`differ_unseen` for the numbers of `unknown_codes`, broadcast against each other."""
    return np.asarray((first != 0) & (second != 0) & (first != second), dtype=bool)


def unknown_in(engine: Engine, texts: Sequence[str], prompt: str = "") -> list[str]:
    """The unknown characters of each text by the tokenizer of `engine`, which puts `prompt` before every text."""
    token = engine.unknown_id
    found = [""] * len(texts)
    if token is None or not len(texts):
        return found
    for at in (at for at, row in enumerate(engine.ids(texts)) if token in row):
        places = engine.token_places(texts[at])
        spans = zip(places.ids, places.spans, strict=True)
        missed = (texts[at][max(0, a - len(prompt)) : max(0, b - len(prompt))] for i, (a, b) in spans if i == token)
        found[at] = "".join("".join(missed).split())
    return found
