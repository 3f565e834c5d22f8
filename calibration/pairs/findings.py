"""Inputs and results of the column rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.pairs.rules import PairsNote

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """The raw columns that a file has, by our names, and the user's names of them; all have n rows."""

    raw: Mapping[str, pd.Series]
    names: Mapping[str, str]

    def __contains__(self, column: str) -> bool:
        return column in self.raw


@dataclass(frozen=True)
class Finding:
    """One rule broken by the rows of `bad` (n,) in one column; `sizes` (n,) goes into the rule where given."""

    bad: Mask
    column: str
    rule: str
    cells: pd.Series | None = None
    params: tuple[tuple[str, str], ...] = ()
    sizes: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Part:
    """Canonical columns, made from the raw ones, with what was found and noted."""

    made: Mapping[str, pd.Series]
    findings: Sequence[Finding] = ()
    notes: Sequence[PairsNote] = ()
