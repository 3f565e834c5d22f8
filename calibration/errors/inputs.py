"""The user's data or arguments are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from calibration.errors.base import N_, InputError, Words

if TYPE_CHECKING:
    import pandas as pd

    from calibration.columns import PairProblem


class FileUnreadable(InputError):
    """A file is missing, damaged, or of no accepted format."""

    template = N_("{file}: cannot be read ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class EmptyInput(InputError):
    """A file or frame holds no pairs."""

    template = N_("{file}: holds no pairs")

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class ColumnsMissing(InputError):
    """No columns that can serve as two texts and a label."""

    template = N_("{file}: no column for {missing}; found: {found}. Name them text_a, text_b, label")

    def __init__(self, file: str, missing: Sequence[str], found: Sequence[str]) -> None:
        super().__init__(file=file, missing=", ".join(missing), found=", ".join(found) or "-")


class ColumnTypeWrong(InputError):
    """A typed column (Parquet) cannot hold what it is for; `role` is the canonical column."""

    template = N_("{file}: column {column} is of type {actual}, which cannot serve as {role}")

    def __init__(self, file: str, column: str, actual: str, role: str) -> None:
        super().__init__(file=file, column=column, actual=actual, role=role)


class BadRows(InputError):
    """Some rows break a rule: carries every `problem`, and the `good` rows, to be kept if the user agrees."""

    template = N_("{file}: {count} of {total} rows cannot be used; first: {first}")

    def __init__(self, file: str, problems: Sequence[PairProblem], good: pd.DataFrame, total: int) -> None:
        self.problems = tuple(problems)
        self.good = good
        bad = len({problem.row for problem in problems})
        super().__init__(file=file, count=bad, total=total, first=problems[0])


class TooLarge(InputError):
    """A file or text is over a limit; both in the same unit."""

    template = N_("{what}: {size} {unit}, the limit is {limit}")

    def __init__(self, what: str, size: int, limit: int, unit: str) -> None:
        super().__init__(what=what, size=size, limit=limit, unit=unit)


class BadArgument(InputError):
    """A setting is outside its range."""

    template = N_("{name}: must be {rule}, got {value!r}")

    def __init__(self, name: str, rule: Words, value: object) -> None:
        super().__init__(name=name, rule=rule, value=value)


class ColumnUnnamed(InputError):
    """A table has several columns, and nothing says which one is meant."""

    template = N_("{file}: has several columns; say which one holds the texts: {found}")

    def __init__(self, file: str, found: Sequence[str]) -> None:
        super().__init__(file=file, found=", ".join(found))


class ColumnUnknown(InputError):
    """A table has no column of that name."""

    template = N_("{file}: no column {column!r}; found: {found}")

    def __init__(self, file: str, column: str, found: Sequence[str]) -> None:
        super().__init__(file=file, column=column, found=", ".join(found) or "-")


class ExtraMissing(InputError):
    """What was asked takes a package that is not installed."""

    template = N_("{what} needs a package that is not installed; run pip install 'simtier[{extra}]'")

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what=what, extra=extra)


class VectorsUnusable(InputError):
    """Exported vectors cannot be read, or nothing says which model made them."""

    template = N_("vectors {file}: cannot be used ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class VectorsMismatch(InputError):
    """Exported vectors are of another model, or of texts cleaned in another way."""

    template = N_("vectors {file}: were made by {expected}, but here is {actual}; embed the file again")

    def __init__(self, file: str, expected: str, actual: str) -> None:
        super().__init__(file=file, expected=expected, actual=actual)


class BackupDamaged(InputError):
    """A file is no whole backup of a store."""

    template = N_("backup {file}: is damaged, or no backup ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class StoreNotEmpty(InputError):
    """A backup would replace what a store holds, and nobody has agreed to that."""

    template = N_("database {database}: holds data already; add --yes to replace it (it is backed up first)")

    def __init__(self, database: str) -> None:
        super().__init__(database=database)
