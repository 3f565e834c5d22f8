"""A large vocabulary in a few megabytes: its pieces as one text, and their hashes in order.

A dictionary of 250,000 strings takes 50 MB and a quarter of a second to make. Here all substrings of a call's texts
are hashed at once and looked up, in a table of the first bits and then by bisection; a hit is compared with the
piece itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

SEPARATOR: Final = "\0"
"""Between pieces, and part of none."""
_STEP: Final = 4096
"""Places that substrings are hashed from at a time."""
_BITS: Final = 22
"""Of a hash, that a table looks at before bisection does: of 250,000 pieces, one substring in 16 gets past it."""
_SHIFT: Final = np.uint64(64 - _BITS)


class Pieces:
    """The pieces in `file`, numbered in their order."""

    def __init__(self, file: Path) -> None:
        with file.open(encoding="utf-8", newline="") as opened:
            self._text = opened.read()
        codes = _codes(self._text)
        ends = np.flatnonzero(codes == 1)
        begins = np.append(0, ends[:-1] + 1)
        self._begins = begins.astype(np.int32)
        lengths = ends - begins
        longest = int(lengths.max())
        self._offsets = np.arange(longest)
        for seed in range(100):  # nearly always the first: two of a million hashes agree once in 40 million times
            base = np.random.default_rng(seed).integers(2**63, 2**64 - 1, dtype=np.uint64) | np.uint64(1)
            self._powers = np.cumprod(np.append(np.uint64(1), np.full(longest - 1, base, np.uint64)))
            hashes = np.empty(len(begins), np.uint64)
            for at in range(0, len(begins), _STEP):
                some = lengths[at : at + _STEP]
                rows = self._hashed(codes, begins[at : at + _STEP])
                hashes[at : at + _STEP] = rows[np.arange(len(some)), np.maximum(some, 1) - 1]
            order = np.argsort(hashes)
            self._hashes, self._numbers = hashes[order], order.astype(np.int32)
            if (np.diff(self._hashes) > 0).all():
                self._begun = np.zeros(2**_BITS, np.bool_)
                self._begun[self._hashes >> _SHIFT] = True
                break
        else:
            raise ValueError("a piece twice in the vocabulary")

    def __len__(self) -> int:
        return len(self._numbers)

    def within(self, words: Iterable[str]) -> dict[str, int]:
        """The numbers of all pieces that occur in one of the words."""
        text = SEPARATOR.join(words)
        codes = _codes(text)
        found: dict[str, int] = {}
        for at in range(0, len(text), _STEP):
            hashes = self._hashed(codes, np.arange(at, min(at + _STEP, len(text))))
            starts, lengths = np.nonzero(self._begun[hashes >> _SHIFT])
            some = hashes[starts, lengths]
            places: NDArray[np.intp] = np.searchsorted(self._hashes, some)
            places[places == len(self._hashes)] = 0
            found_here = self._hashes[places] == some
            starts, lengths = starts[found_here], lengths[found_here]
            numbers = self._numbers[places[found_here]]
            for start, size, number, begin in zip(
                (at + starts).tolist(),
                (lengths + 1).tolist(),
                numbers.tolist(),
                self._begins[numbers].tolist(),
                strict=True,
            ):
                piece = self._text[begin : begin + size]
                if text[start : start + size] == piece:
                    found[piece] = number
        return found

    def _hashed(self, codes: NDArray[np.uint64], starts: NDArray[np.intp]) -> NDArray[np.uint64]:
        """(starts, longest) hashes of the substrings of each length from each start on: polynomials modulo 2^64."""
        places = starts[:, None] + self._offsets
        windows = codes[np.minimum(places, len(codes) - 1, out=places)]
        windows *= self._powers
        return np.cumsum(windows, axis=1, out=windows)


def _codes(text: str) -> NDArray[np.uint64]:
    """Numbers from 1 on for the characters of `text`, with a separator at its end."""
    codes = np.frombuffer((text + SEPARATOR).encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes.astype(np.uint64) + np.uint64(1)
