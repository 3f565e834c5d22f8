"""Who compares the texts of a job, and how that is watched and ended."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

from calibration.corpus.near_index import MakeIndex
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.steps import Steps, carry_out
from calibration.encoding.batching import Progress


@dataclass(frozen=True)
class Execution:
    """make: the index in place of FAISS. spread: who compares in place of this process; kept: what their earlier
    run of the same job has done. cancel: once set, the work ends with Cancelled.
    """

    make: MakeIndex | None = None
    spread: Spread | None = None
    kept: Kept | None = None
    progress: Progress | None = None
    cancel: threading.Event | None = None

    def after(self, before: int, total: int) -> Execution:
        """For a part of a job of `total`: its progress continues from what was done before it."""
        progress = self.progress
        if progress is None:
            return self
        return replace(self, progress=lambda done, _: progress(min(total, before + done), total))

    def watched(self, spread: Spread) -> dict[str, Any]:
        """What `carry_out` takes of it beside the steps, the workers and their total."""
        return {"kept": self.kept, "cost": spread.cost, "progress": self.progress, "cancel": self.cancel}

    def carry_out(self, steps: Steps, spread: Spread, total: int) -> None:
        """Every step by the workers of `spread`. Raises Cancelled and what workers raise."""
        carry_out(steps, spread.workers, total=total, **self.watched(spread))


HERE = Execution()
"""In this process, unwatched."""
