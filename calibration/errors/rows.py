"""A row that breaks a rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PairProblem:
    """One row that breaks a rule: where it is and which rule.

    `row` is the line a person sees in the file: 1 is its first line, header included. `rule` is a message
    template of the catalogues; `params` are its fields.
    """

    file: str
    row: int
    column: str
    rule: str
    value: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        got = f" (got {self.value[:40]!r})" if self.value else ""
        return f"{self.file}, row {self.row}, column {self.column}: {self.rule.format(**dict(self.params))}{got}"
