"""Compare only what is in one block: rows with equal keys, say of one shop and one language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.corpus.blocks import Ids
from calibration.corpus.texts import TextColumn, named_column
from calibration.tables.cells import as_text
from calibration.text.cleaning import clean

Keys = Sequence[tuple[str, ...]]
"""The key of each row; rows of equal keys are compared."""


@dataclass(frozen=True)
class Items:
    """Distinct texts of a block: the number of each one's text and block, and the item that each row is."""

    texts: Ids
    blocks: Ids
    of: Ids

    def members(self, order: Ids) -> Iterator[Ids]:
        """The items of each block, in `order`, block by block."""
        by_block = order[np.argsort(self.blocks[order], kind="stable")]
        yield from np.split(by_block, np.flatnonzero(np.diff(self.blocks[by_block])) + 1)


def items_of(texts: Ids, keys: Keys | None) -> Items:
    """The items of rows whose texts are numbered, in the order in which they come first."""
    if keys is None:
        count = int(texts.max(initial=-1)) + 1
        return Items(np.arange(count), np.zeros(count, np.intp), texts)
    blocks, count = block_numbers(keys)
    of, found = pd.factorize(texts * count + blocks)
    both = np.asarray(found, np.intp)
    return Items(both // count, both % count, np.asarray(of, np.intp))


def block_numbers(keys: Keys) -> tuple[Ids, int]:
    """A number for each key, equal where keys are, and how many there are."""
    numbers: dict[tuple[str, ...], int] = {}
    found = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)
    return found, max(1, len(numbers))


def read_keys(read: TextColumn, columns: Sequence[str]) -> Keys | None:
    """The cells of some columns by row, cleaned; missing ones are blank, and equal. None without columns.

    Raises ColumnUnknown.
    """
    if not columns:
        return None
    cells = [as_text(read.frame[named_column(read, column)])[0].tolist() for column in columns]
    return list(zip(*([clean(cell) for cell in column] for column in cells), strict=True))
