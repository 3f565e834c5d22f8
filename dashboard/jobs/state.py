"""A job as others see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from calibration.errors import N_, SimTierError

QUEUED: Final = "queued"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
FINISHED: Final = (DONE, FAILED, CANCELLED)


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment. `rate` is items a second, `left` the seconds to go; None where not yet known.

    owner: who submitted it.
    """

    id: str
    key: str
    status: str
    done: int = 0
    total: int = 0
    rate: float | None = None
    left: float | None = None
    seconds: float = 0.0
    error: SimTierError | None = None
    owner: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in FINISHED

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class JobFailed(SimTierError):
    """A job ended by a defect, not by anything that the user did; the log holds the traceback."""

    template = N_("the job stopped unexpectedly; see the server's log for the cause (reference {reference})")

    def __init__(self, reference: str) -> None:
        super().__init__(reference=reference)
