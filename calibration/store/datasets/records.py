"""Datasets as plain data, and the rules for their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

from calibration.errors import N_, BadArgument
from calibration.messages.note import note
from calibration.store.rows import LabelCount, check_text

KIND: Final = "dataset"
NAME_LIMIT: Final = 200

UPLOAD: Final = "upload"
BAD_CASE: Final = "bad_case"
DATASET: Final = "dataset"


@dataclass(frozen=True)
class Origin:
    """Where a stored row comes from.

    kind: `upload` (key: the file, row: the line in it, from 1), `bad_case` (key: its id) or `dataset` (key:
    `id@version`, row: the row there, from 0). row is None where nobody knows.
    """

    kind: str
    key: str
    row: int | None = None

    @property
    def dataset(self) -> tuple[int, int] | None:
        """Id and version of the dataset that it came from, if it came from one.

        >>> Origin("dataset", "3@7", 12).dataset
        (3, 7)
        """
        if self.kind != DATASET:
            return None
        number, _, version = self.key.partition("@")
        return int(number), int(version)


def uploaded(file: str, lines: Iterable[int]) -> tuple[Origin, ...]:
    """The origins of rows that stood on these `lines` of a file."""
    return tuple(Origin(UPLOAD, file, int(line)) for line in lines)


def from_bad_cases(ids: Iterable[int]) -> tuple[Origin, ...]:
    """The origins of rows that were these bad cases."""
    return tuple(Origin(BAD_CASE, str(case_id)) for case_id in ids)


@dataclass(frozen=True)
class Dataset:
    """A stored dataset without its rows. Times are UTC; `version` counts its changes.

    `drawn` says how its pairs were drawn, a name of `calibration.certificates.sampling_design`.
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
    drawn: str
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
        raise BadArgument("name", note(N_("1 to {limit} characters"), limit=NAME_LIMIT), name[:40])
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
