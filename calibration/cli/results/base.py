"""What commands give back."""

from __future__ import annotations

from typing import Any, Final, Protocol

from calibration.errors import N_


class Result(Protocol):
    """What a command gives back."""

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""

    def to_text(self) -> str:
        """For a person at a terminal."""


POLICY_WRITTEN: Final = N_("policy written to {file}")
