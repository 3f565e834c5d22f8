"""Measure within seconds how fast a model encodes on this machine."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.encoding.batching import Progress
from calibration.encoding.protocol import Encoder
from calibration.errors import Cancelled

ROUNDS: Final = 5
TEXTS_A_ROUND: Final = 48
_WORDS: Final = (
    "花呗额度",
    "怎么提升",
    "银行卡",
    "丢了",
    "如何挂失",
    "订单",
    "什么时候",
    "发货",
    "合同",
    "违约金",
    "多少",
)


@dataclass(frozen=True)
class Speed:
    """Seconds and texts a second, each the median of `rounds`, with the slowest and the fastest round.

    `texts` short texts, of `tokens` tokens on average, are encoded together in a round; `one` is the seconds
    that a text takes by itself. `threads` is how many the processor's part of the work may use.
    """

    rounds: int
    texts: int
    tokens: float
    rate: float
    slowest: float
    fastest: float
    one: float
    threads: int


def measure(
    encoder: Encoder,
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Speed:
    """The speed of `encoder`, which should not be a cached one. Raises Cancelled between two rounds."""
    texts = short_texts(TEXTS_A_ROUND, seed)
    encoder.encode(texts[:2])  # the first call pays for what later ones find ready
    rates, ones = [], []
    for done in range(rounds):
        if cancel is not None and cancel.is_set():
            raise Cancelled(done, rounds)
        begun = time.perf_counter()
        encoder.encode(texts)
        rates.append(len(texts) / (time.perf_counter() - begun))
        begun = time.perf_counter()
        encoder.encode(texts[done : done + 1])
        ones.append(time.perf_counter() - begun)
        if progress:
            progress(done + 1, rounds)
    return Speed(
        rounds=rounds,
        texts=len(texts),
        tokens=float(np.mean(encoder.count_tokens(texts))),
        rate=float(np.median(rates)),
        slowest=min(rates),
        fastest=max(rates),
        one=float(np.median(ones)),
        threads=getattr(encoder, "threads", 1),
    )


def short_texts(count: int, seed: int = 0) -> list[str]:
    """Distinct short texts to time an encoder with, the same for the same seed."""
    rng = np.random.default_rng(seed)
    return [f"{''.join(rng.choice(_WORDS, rng.integers(2, 5)))}{at}" for at in range(count)]
