"""How many tokens a batch should have: measured once for a model, an arithmetic and a processor, and kept."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Final

from calibration.atomic_file import write_whole
from calibration.encoding.batching import cut
from calibration.encoding.engines.processor import name
from calibration.errors import N_, Words
from calibration.messages.note import note

BATCHES: Final = "batches.json"
USUAL: Final = 1024
"""Until it is measured."""
SIZES: Final = (256, 512, USUAL, 2048)
WORTH: Final = 10_000
"""Texts of a job that is long enough to measure first: that takes as long as some 1,500 short texts do."""
LENGTHS: Final = tuple(round(14 * math.exp(NormalDist(0, 0.35).inv_cdf(at / 129))) for at in range(128, 0, -1))
"""Tokens of the texts that are measured with, falling: those of short questions."""
_ROUNDS: Final = 3
_CLEARLY: Final = 0.95
_SECONDS: Final = 1.0
_INSTANT: Final = 1e-9
"""A token takes longer; a clock of coarse steps may say none."""

Run = Callable[[int, int], None]
"""Encodes so many texts of so many tokens."""


@dataclass(frozen=True)
class BatchTokens:
    """Tokens of a batch. rate: short texts that a second of the processor encodes in batches of that size, None
    where that was not measured; measured_by: texts of the job that measures it, None where none does.
    """

    tokens: int
    rate: float | None = None
    measured_by: int | None = None

    @property
    def words(self) -> Words:
        """The size and what it was measured from, for people."""
        size = f"{self.tokens:,}"
        if self.rate is not None:
            measured = N_(
                "{size} tokens: chosen by a measurement on this processor, {rate} short texts in a second of its "
                "time; kept with the model"
            )
            return note(measured, size=size, rate=f"{self.rate:,.0f}")
        if self.measured_by is not None:
            usual = N_(
                "{size} tokens: the default, not measured yet; the first job of {texts} texts or more measures it"
            )
            return note(usual, size=size, texts=f"{self.measured_by:,}")
        return note(N_("{size} tokens: a fixed size, not measured"), size=size)


class BatchSize:
    """The batch size in `file` for this processor; the first job of `WORTH` texts measures it where there is none.

    `limit`: the tokens that the model reads.
    """

    def __init__(self, file: Path, arithmetic: str, limit: int) -> None:
        self._file, self._key = file, f"{arithmetic} {name()}"
        self._limit = limit
        self._found = _read(file).get(self._key)

    def of(self, texts: int, run: Run) -> int:
        """Tokens of a batch of a job of so many texts."""
        if self._found is None and texts >= WORTH:
            seconds = self._measured(run)
            size = chosen(seconds)
            self._found = BatchTokens(size, len(LENGTHS) / sum(LENGTHS) / max(seconds[size], _INSTANT))
            try:
                known = _read(self._file) | {self._key: self._found}
                kept = {key: {"tokens": one.tokens, "rate": one.rate} for key, one in known.items()}
                write_whole(self._file, json.dumps(kept, indent=1).encode())
            except OSError:  # a folder that this process may only read, or a full disk
                pass
        return self.now.tokens

    @property
    def now(self) -> BatchTokens:
        """The size that jobs get, and what it was measured from."""
        return self._found or BatchTokens(USUAL, measured_by=WORTH)

    def _measured(self, run: Run) -> dict[int, float]:
        """Processor seconds a token by size: the least of a few rounds, up to the first that takes too long."""
        seconds: dict[int, float] = {}
        for _ in range(_ROUNDS):
            for size in SIZES:
                each = self._seconds(size, run) / sum(LENGTHS)
                seconds[size] = min(each, seconds.get(size, each))
                if size * seconds[size] > _SECONDS:
                    break
        return seconds

    def _seconds(self, size: int, run: Run) -> float:
        began = time.process_time()
        for start, end in cut(LENGTHS, size):
            run(end - start, min(LENGTHS[start], self._limit))
        return time.process_time() - began


def chosen(seconds: dict[int, float]) -> int:
    """The usual size where no other is clearly faster a token, among those of which a batch takes a second at most:
    that is how long a request may wait for a batch of a job.

    >>> chosen({256: 0.00012, 512: 0.0001, 1024: 0.0001, 2048: 0.000099})
    1024
    >>> chosen({256: 0.00012, 512: 0.0001, 1024: 0.0001, 2048: 0.00009})
    2048
    >>> chosen({256: 0.005, 512: 0.004})
    256
    """
    short = {size: each for size, each in seconds.items() if size * each <= _SECONDS} or {min(seconds): 1.0}
    best = min(short, key=lambda size: short[size])
    return USUAL if USUAL in short and short[best] > short[USUAL] * _CLEARLY else best


def _read(file: Path) -> dict[str, BatchTokens]:
    """What was measured, by arithmetic and processor; empty where it cannot be read."""
    try:
        found = json.loads(file.read_bytes())
        kept = {str(key): BatchTokens(int(one["tokens"]), float(one["rate"])) for key, one in found.items()}
        return {key: one for key, one in kept.items() if one.tokens in SIZES}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
