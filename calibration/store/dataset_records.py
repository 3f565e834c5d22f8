"""What the store says about a dataset, and the rules of names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

from calibration.errors import BadArgument
from calibration.store.rows import LabelCount, check_text

KIND: Final = "dataset"
NAME_LIMIT: Final = 200


@dataclass(frozen=True)
class Dataset:
    """A stored dataset without its rows. Times are UTC; `version` counts its changes.

    `reused` is true only in the answer of `add`: the same rows were there already under this name.
    """

    id: int
    name: str
    source: str
    rows: int
    columns: tuple[str, ...]
    content_hash: str
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    counts: tuple[LabelCount, ...]
    reused: bool = field(default=False, compare=False)

    @property
    def domains(self) -> tuple[str, ...]:
        """Its domains, sorted."""
        return tuple(sorted({count.domain for count in self.counts}))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Its kinds of labels, sorted."""
        return tuple(sorted({count.kind for count in self.counts}))


def checked_name(name: str) -> str:
    """`name` without outer blanks.

    :raises BadArgument: it is blank or too long, or cannot be stored.
    """
    stripped = name.strip()
    if not stripped or len(stripped) > NAME_LIMIT:
        raise BadArgument("name", f"1 to {NAME_LIMIT} characters", name[:40])
    check_text("name", stripped)
    return stripped


def numbered(name: str) -> Iterator[str]:
    """`name`, `name (2)`, `name (3)`...; the name is cut where the number would not fit.

    >>> names = numbered("bank")
    >>> next(names), next(names)
    ('bank', 'bank (2)')
    """
    yield name
    for number in count(2):
        suffix = f" ({number})"
        yield name[: NAME_LIMIT - len(suffix)] + suffix
