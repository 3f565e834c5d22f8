"""What is raised where the server cannot start as it was asked to."""

from __future__ import annotations

from calibration.errors import SimTierError
from calibration.errors.base import Words


class BadOption(SimTierError):
    """Options do not go together, or the machine does not allow them; `problem` is a message with values."""

    template = "{problem}"

    def __init__(self, problem: Words) -> None:
        super().__init__(problem=problem)
