"""Carry out the steps of a job by workers, one after the other as they become possible."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Protocol

from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.workers import Arrays, Cost, Work, Workers
from calibration.encoding.batching import Progress
from calibration.errors import Cancelled


class Steps(Protocol):
    """The steps of a job. A step is known by its name, which is the same in every run of the job."""

    @property
    def share(self) -> float:
        """How much of the job is done, in [0, 1]."""

    def next(self) -> str | None:
        """A step that can be taken now; None where all that can be are under way."""

    def work(self, step: str) -> tuple[Work, Sequence[Any]]:
        """What a worker has to do for it."""

    def take(self, step: str, found: Arrays) -> None:
        """A step's result, of this run or an earlier one."""


def carry_out(
    steps: Steps,
    workers: Workers,
    *,
    total: int,
    kept: Kept | None = None,
    cost: Cost | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> None:
    """Take every step once. Progress counts shares of `total`. Raises Cancelled, and what workers raise."""
    running: dict[Any, str] = {}
    spent = cost if cost is not None else Cost()
    counted = workers.prepared
    try:
        while True:
            _fill(steps, workers, running, kept, spent)
            spent.seconds, counted = spent.seconds + workers.prepared - counted, workers.prepared
            if progress:
                progress(int(steps.share * total), total)
            if not running:
                return
            if cancel is not None and cancel.is_set():
                raise Cancelled(int(steps.share * total), total)
            for done in workers.done():
                step = running.pop(done.ticket)
                if kept is not None:
                    kept.keep(step, done.found)
                spent.steps, spent.seconds = spent.steps + 1, spent.seconds + done.seconds
                steps.take(step, done.found)
    except BaseException:
        workers.stop()
        raise


def _fill(steps: Steps, workers: Workers, running: dict[Any, str], kept: Kept | None, cost: Cost) -> None:
    while len(running) < workers.room and (step := steps.next()) is not None:
        found = None if kept is None else kept.get(step)
        if found is None:
            work, arguments = steps.work(step)
            running[workers.submit(work, *arguments)] = step
        else:
            cost.resumed += 1
            steps.take(step, found)
