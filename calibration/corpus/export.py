"""Export the vectors of a file of any size in bounded memory, resuming after an interruption."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from calibration.corpus.facts import VectorFacts
from calibration.corpus.parts import Parts, VectorChunk
from calibration.corpus.rows import Rows
from calibration.corpus.targets import target
from calibration.corpus.texts import OnBadRows, TextChunk, text_chunks
from calibration.corpus.vector_address import Address
from calibration.encoding.batching import Progress, Vectors
from calibration.encoding.protocol import Encoder
from calibration.errors import BadRows, Cancelled, EmptyInput
from calibration.errors.rows import PairProblem
from calibration.text.cleaning import CleaningOptions, clean

ROWS: Final = 1024
"""Rows of a chunk: what an interruption can cost, and, with their vectors, what is held."""
CACHED_ROWS: Final = 200_000
"""Files of more rows go past the vector cache, whose bounded room other work would lose to them."""
_PROBLEMS: Final = 1000
"""Problems that are kept, of however many there are."""
DEFAULT_CLEANING: Final = CleaningOptions()


@dataclass(frozen=True)
class Embedded:
    """What was written. resumed: rows whose vectors an earlier, interrupted run had made. dropped: rows left
    out.
    """

    facts: VectorFacts
    resumed: int
    dropped: int


@dataclass(frozen=True)
class _Look:
    """The first pass: good and bad rows, some of their problems, and a digest of all texts with their rows."""

    rows: int
    bad: int
    problems: tuple[PairProblem, ...]
    digest: str


def embed(
    table: Rows,
    column: str,
    encoder: Encoder,
    where: Address,
    *,
    cleaning: CleaningOptions = DEFAULT_CLEANING,
    on_bad_rows: OnBadRows = "raise",
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Embedded:
    """Write a vector for every row of a table's column to `where`, in the order of the table.

    The file is gone through twice: to look at every row, then to encode. Encoded chunks are beside the target until
    all are there, so that the same call goes on after an interruption. Raises BadRows, EmptyInput, Cancelled, and
    what the target raises.
    """
    look = _look(table, column, cleaning)
    if look.problems and (on_bad_rows == "raise" or not look.rows):
        raise BadRows(table.name, look.problems, pd.DataFrame(), look.rows + look.bad)
    if not look.rows:
        raise EmptyInput(table.name)
    job = {"fingerprint": encoder.fingerprint, "cleaner": cleaning.key(), "texts": look.digest, "dim": encoder.dim}
    parts = Parts(where.parts, job)
    facts = VectorFacts(
        encoder.fingerprint, encoder.name, cleaning.key(), encoder.dim, look.rows, table.name, column
    )
    resumed, truncated = _encode(table, column, encoder, cleaning, parts, look.rows, progress, cancel)
    facts = replace(facts, truncated=truncated)
    made = target(where, look.rows, encoder.dim, facts, replace=overwrite or parts.filling)
    parts.begin_filling()
    for chunk in parts.chunks():
        made.add(chunk)
    made.finish(facts)
    parts.remove()
    return Embedded(facts, resumed, look.bad)


def _look(table: Rows, column: str, cleaning: CleaningOptions) -> _Look:
    digest, rows, problems, bad = hashlib.blake2b(digest_size=16), 0, list[PairProblem](), 0
    for chunk in text_chunks(table, column, cleaning):
        rows += len(chunk.texts)
        bad += len({problem.row for problem in chunk.problems})
        problems += chunk.problems[: _PROBLEMS - len(problems)]
        for line, text in zip(chunk.lines.tolist(), chunk.texts, strict=True):
            digest.update(f"{line}\0{len(text)}\0{text}".encode())
    return _Look(rows, bad, tuple(problems), digest.hexdigest())


def _encode(
    table: Rows,
    column: str,
    encoder: Encoder,
    cleaning: CleaningOptions,
    parts: Parts,
    rows: int,
    progress: Progress | None,
    cancel: threading.Event | None,
) -> tuple[int, int]:
    """Make the chunks that are not there yet; rows that were there, and texts that were cut, in all chunks."""
    bulk: Encoder = getattr(encoder, "uncached", encoder) if rows > CACHED_ROWS else encoder
    done = resumed = truncated = 0
    for number, chunk in enumerate(text_chunks(table, column, cleaning, ROWS)):
        if parts.has(number):
            resumed += len(chunk.texts)
        else:
            _keep(parts, number, chunk, cleaning, bulk, _Onward(done, rows, progress), cancel)
        truncated += parts.truncated(number)
        done += len(chunk.texts)
        if progress:
            progress(done, rows)
    return resumed, truncated


@dataclass(frozen=True)
class _Onward:
    """Progress of one chunk as progress of the whole."""

    before: int
    total: int
    progress: Progress | None

    def __call__(self, done: int, _total: int) -> None:
        if self.progress:
            self.progress(min(self.total, self.before + done), self.total)


def _keep(
    parts: Parts,
    number: int,
    chunk: TextChunk,
    cleaning: CleaningOptions,
    encoder: Encoder,
    onward: _Onward,
    cancel: threading.Event | None,
) -> None:
    cleaned = [clean(text, cleaning) for text in chunk.texts]
    try:
        vectors: Vectors = encoder.encode(cleaned, progress=onward, cancel=cancel)
    except Cancelled as stopped:
        raise Cancelled(onward.before, onward.total) from stopped
    cut = sum(count > encoder.max_tokens for count in encoder.count_tokens(cleaned))
    parts.keep(number, VectorChunk(chunk.lines, chunk.texts, vectors), cut)
