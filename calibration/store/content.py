"""The content hash of a dataset, updated at the cost of what changes.

Every row is hashed together with its place, and the hashes are added up modulo 2^256 (an incremental hash in the
manner of Bellare & Micciancio 1997, "A new paradigm for collision-free hashing"). A sum, because a term of it can
be taken out and another put in: to edit one row of a million costs two hashes, where a hash chained from row to
row costs all that follow; appending needs no look at the old rows either. The place is hashed with the row, so
order still counts: equal hashes mean the same rows at the same places, and whatever was computed row by row for
one dataset holds for the other. The sum guards against chance and slips, not against somebody who builds rows in
order to collide; such a person could edit the dataset itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Final

from calibration.store.rows import Row

MODULUS: Final = 1 << 256


def content_hash(rows: Iterable[Row], before: str = "", first: int = 0) -> str:
    """The hash, 64 hex digits, of `rows` from place `first` on, behind those whose hash is `before`.

    A column in which nothing is given does not count.

    >>> rows = [("a", "b", 1.0), ("c", "d", 0.0)]
    >>> content_hash(rows) == content_hash(rows[1:], content_hash(rows[:1]), first=1) != content_hash(rows[::-1])
    True
    """
    total = int(before or "0", 16) + sum(_term(place, row) for place, row in enumerate(rows, first))
    return f"{total % MODULUS:064x}"


def replaced(before: str, place: int, old: Row, new: Row) -> str:
    """The hash after the row at `place` has changed from `old` to `new`; O(1).

    >>> replaced(content_hash([("a",), ("b",)]), 1, ("b",), ("c",)) == content_hash([("a",), ("c",)])
    True
    """
    return f"{(int(before, 16) - _term(place, old) + _term(place, new)) % MODULUS:064x}"


def _term(place: int, row: Row) -> int:
    line = json.dumps((place, *row), ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
