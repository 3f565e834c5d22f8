"""The base class of all errors, and errors of no particular subject."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable


def N_(message: str) -> str:  # noqa: N802 (the name that gettext tools look for)
    """Mark a message for the catalogues without translating it here."""
    return message


@runtime_checkable
class Explained(Protocol):
    """A message together with its values, such as a `Note`: its `str` is English."""

    def explain(self, locale: str) -> str:
        """The same in `locale`."""


Words = str | Explained
"""What an error says of its cause: a message of the catalogues, a name, or a message with values."""


class SimTierError(Exception):
    """Base of all; `params` holds the values named in `template`."""

    template: ClassVar[str] = "{message}"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.template.format(**params))


class InputError(SimTierError):
    """The user's data or arguments are wrong."""


class Cancelled(SimTierError):
    """The user stopped a long job."""

    template = N_("cancelled after {done} of {total}")

    def __init__(self, done: int, total: int) -> None:
        super().__init__(done=done, total=total)
