"""Long work off the pages: in turn, with progress, rate, time left and cancel, its result kept for a reload."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from calibration.encoding.scheduling import bulk
from calibration.errors import Cancelled, NotFound, SimTierError
from dashboard.defects import log_defect
from dashboard.jobs.state import CANCELLED, DONE, FAILED, FINISHED, QUEUED, RUNNING, JobFailed, Snapshot

KEPT: Final = 32
"""How many finished jobs keep their results."""
MOST: Final = 3
"""How many jobs run at once at most: long ones, and one that may turn out to be short."""
PATIENCE_SECONDS: Final = 5.0
"""Work that runs longer is long, and others need not wait for it any more."""

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
Work = Callable[[Progress, threading.Event], Any]
"""Long work: calls `progress(done, total)`, and raises Cancelled soon after the event is set."""


@dataclass
class _Job:
    """A job's moving parts, guarded by the registry's lock."""

    id: str
    key: str
    context: str = ""
    owner: str = ""
    long: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    status: str = QUEUED
    done: int = 0
    total: int = 0
    started: float | None = None
    first: tuple[float, int] | None = None
    ended: float | None = None
    result: Any = None
    error: SimTierError | None = None
    over: threading.Event = field(default_factory=threading.Event)
    timer: threading.Timer | None = None


class Jobs:
    """Runs jobs in order, one at a time as long as each is short, so that heavy work leaves the pages a core.

    A job that runs longer than `patience` seconds is long: the next one starts beside it, so that work of seconds
    never waits behind work of minutes. `context` says what every job depends on besides its key, such as the model
    in use: work under way for the same key in another context is other work. `owner` names who submits a job.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        context: Callable[[], str] = str,
        owner: Callable[[], str] = str,
        patience: float | None = PATIENCE_SECONDS,
    ) -> None:
        self._clock = clock
        self._context, self._owner = context, owner
        self._patience = patience
        self._jobs: dict[str, _Job] = {}
        self._waiting: deque[tuple[_Job, Work]] = deque()
        self._lock = threading.RLock()
        self._executor = ThreadPoolExecutor(max_workers=MOST, thread_name_prefix="job")

    def submit(self, key: str, work: Work) -> str:
        """Queue `work` and return its id; the id of the job that is under way for the same `key`, if one is."""
        context, owner = self._context(), self._owner()
        with self._lock:
            for job in self._jobs.values():
                if (job.key, job.context) == (key, context) and job.status not in FINISHED:
                    return job.id
            job = _Job(secrets.token_urlsafe(16), key, context, owner)
            self._jobs[job.id] = job
            self._forget_old()
            self._waiting.append((job, work))
            self._begin()
            return job.id

    def _begin(self) -> None:
        """Start what may start now; the lock is held."""
        while self._waiting:
            running = [job for job in self._jobs.values() if job.status == RUNNING]
            if len(running) >= MOST or not all(job.long for job in running):
                return
            job, work = self._waiting.popleft()
            job.status, job.started = RUNNING, self._clock()
            if self._patience is not None:
                job.timer = threading.Timer(self._patience, self._grow_long, (job,))
                job.timer.daemon = True
                job.timer.start()
            self._executor.submit(self._run, job, work)

    def _grow_long(self, job: _Job) -> None:
        """Let others pass a job that takes its time."""
        with self._lock:
            job.long = True
            self._begin()

    def snapshot(self, job_id: str) -> Snapshot | None:
        """The job now, or None where the registry does not know it (any more)."""
        with self._lock:
            job = self._jobs.get(job_id)
            return self._look(job) if job else None

    def snapshots(self) -> list[Snapshot]:
        """All jobs that are known, oldest first."""
        with self._lock:
            return [self._look(job) for job in self._jobs.values()]

    def wait(self, job_id: str, seconds: float | None = None) -> Snapshot | None:
        """The job once it has ended, or as it is after `seconds`; None where it is not known."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is not None:
            job.over.wait(seconds)
        return self.snapshot(job_id)

    def result(self, job_id: str) -> Any:
        """What a finished job returned; raises its error, or NotFound where there is no such finished job."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.status not in FINISHED:
                raise NotFound("job", job_id)
            if job.error is not None:
                raise job.error
            return job.result

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop; it ends at its next check. Unknown and finished jobs are left alone."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.status in FINISHED:
                return
            job.stop.set()
            if job.status == QUEUED:
                self._waiting = deque(entry for entry in self._waiting if entry[0] is not job)
                self._end(job, CANCELLED, error=Cancelled(job.done, job.total))

    def close(self) -> None:
        """Stop everything, without waiting for what is under way to notice."""
        with self._lock:
            self._waiting.clear()
            for job in self._jobs.values():
                job.stop.set()
                if job.timer is not None:
                    job.timer.cancel()
                if job.status == QUEUED:
                    self._end(job, CANCELLED, error=Cancelled(job.done, job.total))
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: _Job, work: Work) -> None:
        """On a worker: run one job to its end, whatever that is."""

        def progress(done: int, total: int) -> None:
            with self._lock:
                job.first = job.first or (self._clock(), done)
                job.done, job.total = done, total

        try:
            with bulk():
                result = work(progress, job.stop)
        except Cancelled as stopped:
            self._finish(job, CANCELLED, error=stopped)
        except SimTierError as error:
            self._finish(job, FAILED, error=error)
        except Exception as error:
            log_defect(log, f"job {job.id} failed", error)
            self._finish(job, FAILED, error=JobFailed(job.id))
        else:
            self._finish(job, DONE, result=result)

    def _finish(self, job: _Job, status: str, result: Any = None, error: SimTierError | None = None) -> None:
        with self._lock:
            self._end(job, status, result, error)

    def _end(self, job: _Job, status: str, result: Any = None, error: SimTierError | None = None) -> None:
        """Close a job, and begin the next; the lock is held."""
        job.status, job.result, job.error, job.ended = status, result, error, self._clock()
        if job.timer is not None:
            job.timer.cancel()
        job.over.set()
        self._begin()

    def _look(self, job: _Job) -> Snapshot:
        """A frozen copy; the lock is held."""
        until = job.ended if job.ended is not None else self._clock()
        seconds = until - job.started if job.started is not None else 0.0
        rate = _rate(job, until)
        left = (job.total - job.done) / rate if rate and job.ended is None else None
        return Snapshot(job.id, job.key, job.status, job.done, job.total, rate, left, seconds, job.error, job.owner)

    def _forget_old(self) -> None:
        """Let go of the oldest finished jobs; the lock is held."""
        finished = [job.id for job in self._jobs.values() if job.status in FINISHED]
        for job_id in finished[: max(0, len(finished) - KEPT)]:
            del self._jobs[job_id]


def _rate(job: _Job, now: float) -> float | None:
    """Items a second since the first word of progress: what was done before, say cached, cost no time."""
    if job.first is None or now <= job.first[0] or job.done <= job.first[1]:
        return None
    return (job.done - job.first[1]) / (now - job.first[0])
