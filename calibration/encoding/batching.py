"""Batches of texts of similar length, with progress and cancellation."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.errors import N_, BadArgument, Cancelled
from calibration.settings import vector_bytes

Progress = Callable[[int, int], None]
"""Called with (done, total) after every batch."""
Indices = NDArray[np.intp]
Vectors = NDArray[np.float32]
Batch = tuple[Indices, Vectors]
"""Positions in the given texts, (k,), and their vectors, (k, dim)."""

ENOUGH = 4
"""A batch of a budget's fourth is worth running by itself."""
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


def room(rows: int, dim: int) -> Vectors:
    """(rows, dim) float32 to be filled: in memory, or beyond `vector_bytes` in a file that goes with the array, in
    the folder for temporary files (TMPDIR). Raises BadArgument where that setting is no number.
    """
    size = rows * dim * np.dtype(np.float32).itemsize
    if size > vector_bytes():
        try:
            with tempfile.TemporaryFile(prefix="simtier-vectors-") as file:  # the mapping outlives the handle
                os.posix_fallocate(file.fileno(), 0, size)  # no room now is an error, no room later a crash
                return np.memmap(file, np.float32, "r+", shape=(rows, dim))
        except (OSError, AttributeError):  # a full disk, or a system without such files
            pass
    return np.empty((rows, dim), np.float32)


def repeated(found: Vectors, inverse: Indices) -> Vectors:
    """The rows of `found` at `inverse`; itself where that is all of them in order, so that nothing is copied."""
    if len(inverse) == len(found):  # distinct texts are numbered in order, so these are 0, 1, 2, ...
        return found
    out = room(len(inverse), found.shape[1])
    for start in range(0, len(inverse), WINDOW):
        out[start : start + WINDOW] = found[inverse[start : start + WINDOW]]
    return out


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
        ordered = [lengths[k] for k in by_length]
        for begin, end in cut(ordered, budget):
            yield np.array([window[k] for k in by_length[begin:end]], np.intp)


def cut(lengths: Sequence[int], budget: int) -> Iterator[tuple[int, int]]:
    """Where batches of falling `lengths` begin and end.

    A batch is closed where it would pass the budget, and where the length changes once it holds a quarter of it:
    a text then costs no padding, and the batch is large enough for the processor.
    """
    begin = 0
    for at in range(1, len(lengths) + 1):
        widest, count = max(1, lengths[begin]), at - begin
        over = at == len(lengths) or (count + 1) * widest > budget
        if over or (lengths[at] != lengths[at - 1] and count * widest * ENOUGH >= budget):
            yield begin, at
            begin = at


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
    try:
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
    finally:  # now: the garbage collector might end it in one of its own threads, which cannot wait for itself
        if isinstance(iterator, Generator):
            iterator.close()


def encoded(
    batches: Callable[[Sequence[str]], Iterable[Batch]],
    texts: Sequence[str],
    dim: int,
    progress: Progress | None,
    cancel: threading.Event | None,
) -> Vectors:
    """(n, dim) vectors of `texts`, of which `batches` is asked for the distinct ones only. Raises Cancelled."""
    unique, inverse = distinct(texts)
    out = room(len(unique), dim)
    collect(batches(unique), out, done=0, progress=progress, cancel=cancel)
    return repeated(out, inverse)
