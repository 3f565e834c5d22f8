"""Errors in the user's data or arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from calibration.errors.base import N_, InputError, Words

if TYPE_CHECKING:
    import pandas as pd

    from calibration.errors.rows import PairProblem


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

    template = N_(
        "{file}: no column for {missing}; found: {found}. Name them text_a, text_b, label, or choose them with "
        "--text-a, --text-b, --label"
    )

    def __init__(self, file: str, missing: Sequence[str], found: Sequence[str]) -> None:
        super().__init__(file=file, missing=", ".join(missing), found=", ".join(found) or "-")


class ColumnTypeWrong(InputError):
    """A typed column (Parquet) cannot hold what it is for; `role` is the canonical column."""

    template = N_("{file}: column {column} is of type {actual}, which cannot serve as {role}")

    def __init__(self, file: str, column: str, actual: str, role: str) -> None:
        super().__init__(file=file, column=column, actual=actual, role=role)


class LabelScaleUnclear(InputError):
    """Labels could be read in two ways, one the reverse of the other or on another scale."""

    template = N_("{file}, column {column}: {reason}")

    def __init__(self, column: str, reason: Words, file: str = "") -> None:
        super().__init__(file=file, column=column, reason=reason)

    def of(self, file: str) -> LabelScaleUnclear:
        """The same with the name of its file."""
        return LabelScaleUnclear(str(self.params["column"]), str(self.params["reason"]), file)


class LabelValueLost(InputError):
    """Leaving out bad rows would leave out every row with one label value, so that the rest is no sample."""

    template = N_(
        "{file}, column {column}: {count} of {total} rows have the label {value!r}, which cannot be read; leaving "
        "them all out would make the rest look better than it is. Change that label in the file, or remove those "
        "rows"
    )

    def __init__(self, file: str, column: str, value: str, count: int, total: int) -> None:
        super().__init__(file=file, column=column, value=value, count=count, total=total)


class ScoresOutside(InputError):
    """Scores are on another scale than similarities."""

    template = N_("{file}, column {column}: scores run from {lowest} to {highest}, but a similarity from -1 to 1")

    def __init__(self, file: str, column: str, lowest: float, highest: float) -> None:
        super().__init__(file=file, column=column, lowest=f"{lowest:g}", highest=f"{highest:g}")


class BadRows(InputError):
    """Some rows break a rule: carries every `problem`, and the `good` rows, to be kept if the user agrees."""

    template = N_("{file}: {count} of {total} rows cannot be used; first: {first}")

    def __init__(self, file: str, problems: Sequence[PairProblem], good: pd.DataFrame, total: int) -> None:
        self.problems = tuple(problems)
        self.good = good
        bad = len({(problem.file, problem.row) for problem in problems})
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


class Renamed(InputError):
    """A setting is asked for by a name that it no longer has."""

    template = N_("{old}: is now {new}; the target precision of a threshold is a different setting")

    def __init__(self, old: str, new: str) -> None:
        super().__init__(old=old, new=new)


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


class StressEmpty(InputError):
    """No text says anything that can be swapped for sure."""

    template = N_("none of the {n} texts holds anything to swap: a number with a unit, a date, a name, ...")

    def __init__(self, n: int) -> None:
        super().__init__(n=n)


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


class DrawOutOfOrder(InputError):
    """Labels are not handed in, in the order in which their pairs were drawn."""

    template = N_("labels: number {expected} of the draw comes next, not number {got}")

    def __init__(self, expected: int, got: int) -> None:
        super().__init__(expected=expected, got=got)


class LabelChanged(InputError):
    """A pair was labelled before, otherwise, in a log whose labels certificates rest on."""

    template = N_(
        "labels: the pair {text_a!r}, {text_b!r} has label {now:g}, and had {before:g} when it was drawn "
        "first; keep one"
    )

    def __init__(self, text_a: str, text_b: str, before: float, now: float) -> None:
        super().__init__(text_a=text_a[:40], text_b=text_b[:40], before=before, now=now)


class DrawMismatch(InputError):
    """Labelled scores are no random draw from the scores that they are said to be drawn from."""

    template = N_(
        "labels: {n} scores with median {median:.6f} are not a random draw from the {pool} unlabelled ones "
        "(median {pool_median:.6f}). If they were drawn above a floor, give it; if another model scored them, "
        "score them again"
    )

    def __init__(self, median: float, pool_median: float, n: int, pool: int) -> None:
        super().__init__(median=median, pool_median=pool_median, n=n, pool=pool)
