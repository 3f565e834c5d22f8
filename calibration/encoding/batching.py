"""Batches of like length: what makes encoding fast, and the loop that reports progress and obeys a cancel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.errors import N_, BadArgument, Cancelled

Progress = Callable[[int, int], None]
"""Called with (done, total) after every batch."""
Indices = NDArray[np.intp]
Vectors = NDArray[np.float32]
Batch = tuple[Indices, Vectors]
"""Positions in the given texts, (k,), and their vectors, (k, dim)."""

WINDOW = 2048
"""How many texts are measured at a time, so that a cancel never waits for the counting of a million."""


def distinct(texts: Sequence[str]) -> tuple[list[str], Indices]:
    """The texts without repeats, in order, and for each given text its position among them.

    >>> distinct(["b", "a", "b"])
    (['b', 'a'], array([0, 1, 0]))
    """
    if isinstance(texts, str):
        raise BadArgument("texts", N_("a list of texts, not one text"), texts[:40])
    position: dict[str, int] = {}
    inverse = np.empty(len(texts), np.intp)
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise BadArgument("texts", N_("a list of texts"), text)
        inverse[index] = position.setdefault(text, len(position))
    return list(position), inverse


def plan(
    texts: Sequence[str], count: Callable[[list[str]], list[int]], limit: int, budget: int
) -> Iterator[Indices]:
    """Positions of `texts` in batches of at most `budget` tokens with padding (one text at least), longest first.

    `count` gives tokens, of which the model reads at most `limit`. The batches depend on the set of texts
    alone, not on their order, so neither do the last bits of their vectors.
    """
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), texts[i]))
    for start in range(0, len(order), WINDOW):
        window = order[start : start + WINDOW]
        lengths = [min(length, limit) for length in count([texts[i] for i in window])]
        by_length = sorted(range(len(window)), key=lambda k: -lengths[k])  # stable: equal lengths keep their order
        at = 0
        while at < len(by_length):
            size = max(1, budget // max(1, lengths[by_length[at]]))
            yield np.array([window[k] for k in by_length[at : at + size]], np.intp)
            at += size


def collect(
    batches: Iterable[Batch],
    into: Vectors,
    *,
    done: int,
    progress: Progress | None,
    cancel: threading.Event | None,
    keep: Callable[[Indices, Vectors], None] | None = None,
) -> None:
    """Write every batch into the rows of `into`, of which `done` are there already.

    `keep` gets each batch as it comes, before a cancel is looked at; raises Cancelled between two batches.
    """
    total = len(into)
    iterator = iter(batches)
    if progress:
        progress(done, total)
    while done < total:
        if cancel is not None and cancel.is_set():
            raise Cancelled(done, total)
        rows, vectors = next(iterator)
        into[rows] = vectors
        done += len(rows)
        if keep:
            keep(rows, vectors)
        if progress:
            progress(done, total)
