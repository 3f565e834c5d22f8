"""Keys in the place of texts: 64 bits a text, where all that counts is which texts are equal.

Millions of pairs are fitted by their keys alone. Of n distinct texts two get one key with a chance of n^2 / 2^65,
about 1 in 100,000 for 2 x 10^7 texts; such pairs then count as pairs that share a text, or as one pair.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.text.cleaning import clean

Keys = npt.NDArray[np.uint64]

CLEANED_KEYS: Final = ("cleaned_key_a", "cleaned_key_b")
"""Columns with the keys of both texts as duplicates compare them."""
FOLDED_KEYS: Final = ("folded_key_a", "folded_key_b")
"""Columns with the keys of both texts as shared texts are found."""
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_OTHER: Final = np.uint64(0xC2B2AE3D27D4EB4F)


def folded(texts: pd.Series) -> pd.Series:
    """Texts as shared texts are found: without blanks around them, and in lower case."""
    return texts.astype(str).str.strip().str.lower()


def cleaned_keys(texts: pd.Series) -> Keys:
    """(n,) the keys of texts as `clean` leaves them."""
    return _hashed(np.array([clean(text) for text in texts.tolist()], dtype=object))


def folded_keys(texts: pd.Series) -> Keys:
    """(n,) the keys of folded texts.

    >>> a, b, c = folded_keys(pd.Series(["Refund ", "refund", "refunds"]))
    >>> bool(a == b), bool(a == c)
    (True, False)
    """
    return _hashed(folded(texts).to_numpy(dtype=object))


def codes_of(keys: Keys) -> npt.NDArray[np.int64]:
    """(n,) a number from 0 for each key, equal ones for equal keys.

    >>> codes_of(np.array([9, 4, 9], dtype=np.uint64)).tolist()
    [1, 0, 1]
    """
    return np.unique(keys, return_inverse=True)[1].astype(np.int64, copy=False)


def pair_keys(a: Keys, b: Keys, within: npt.NDArray[np.int64]) -> Keys:
    """(n,) one key for the keys of both texts and what a pair is in; sums of keys are as evenly spread as keys."""
    return np.asarray(_ODD * a + b + _OTHER * within.astype(np.uint64), dtype=np.uint64)


def _hashed(texts: npt.NDArray[np.object_]) -> Keys:
    return pd.util.hash_array(texts, categorize=False)
