"""Workers that steps are given to: this process, or those of a Ray cluster (`calibration.corpus.spread.on_ray`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

Arrays = tuple[np.ndarray, ...]
T = TypeVar("T")
Work = Callable[..., Arrays]
"""A function of a module, so that a worker can import it, and without effects, so that it may be repeated."""


@dataclass
class Cost:
    """What a job has taken so far. seconds: processor seconds of its steps, and of what was made for several of
    them; resumed: steps of an earlier run.
    """

    steps: int = 0
    seconds: float = 0.0
    resumed: int = 0


@dataclass(frozen=True)
class Done:
    """A step's result, and the processor seconds that it took."""

    ticket: Any
    found: Arrays
    seconds: float


class Workers(Protocol):
    """room: how many steps may be under way at once, so that neither queue nor results grow without bound.

    prepared: processor seconds of what was made so far.
    """

    room: int
    prepared: float

    def put(self, value: Any) -> Any:
        """Something that several steps take, as an argument for `submit`."""

    def made(self, make: Callable[..., Any], *arguments: Any) -> Any:
        """What a worker makes of something put, once, as an argument for `submit`."""

    def submit(self, work: Work, *arguments: Any) -> Any:
        """Begin a step; a ticket that `done` gives back."""

    def done(self) -> Sequence[Done]:
        """The steps that have ended since; waits for the first of them, but not for longer than a second."""

    def stop(self) -> None:
        """Give up all that is under way."""

    def close(self) -> None:
        """No more is asked."""


class HereWorkers:
    """This process, one step at a time."""

    room = 1

    def __init__(self) -> None:
        self._done: list[Done] = []
        self._given = 0
        self.prepared = 0.0

    def put(self, value: Any) -> Any:
        """Itself."""
        return value

    def made(self, make: Callable[..., Any], *arguments: Any) -> Any:
        """Make it now."""
        found, seconds = timed(make, *arguments)
        self.prepared += seconds
        return found

    def submit(self, work: Work, *arguments: Any) -> int:
        """Do it now."""
        self._given += 1
        self._done.append(Done(self._given, *timed(work, *arguments)))
        return self._given

    def done(self) -> Sequence[Done]:
        """What was submitted."""
        done, self._done = self._done, []
        return done

    def stop(self) -> None:
        """Nothing is under way."""

    def close(self) -> None:
        """Nothing is held."""


def timed(work: Callable[..., T], *arguments: Any) -> tuple[T, float]:
    """What it gives, and the processor seconds that it takes."""
    begin = time.process_time()
    found = work(*arguments)
    return found, time.process_time() - begin
