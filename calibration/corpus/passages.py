"""The best matching segments of two long texts, which determine their score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.encoding.protocol import Encoder
from calibration.scoring.similarity import DEFAULT_OPTIONS, ScoringOptions, cosine
from calibration.text.cleaning import clean
from calibration.text.sentences import segment, split_sentences

SHOWN: Final = 3


@dataclass(frozen=True)
class Passage:
    """A segment of one text, its most similar segment of the other, and their score in [-1, 1]."""

    first: str
    second: str
    score: float


def best_passages(
    text_a: str,
    text_b: str,
    encoder: Encoder,
    options: ScoringOptions = DEFAULT_OPTIONS,
    shown: int = SHOWN,
) -> list[Passage]:
    """The `shown` best pairs of segments, best first, each segment of `text_a` once.

    Texts that the model reads whole are split at their sentences, longer ones as scoring splits them.
    """
    first, second = (_pieces(clean(text, options.cleaning), encoder) for text in (text_a, text_b))
    if not first or not second:
        return []
    vectors = encoder.encode([*first, *second])
    table = cosine(vectors[: len(first), None, :], vectors[None, len(first) :, :])
    best = table.argmax(axis=1)
    order = np.argsort(-table.max(axis=1), kind="stable")[:shown]
    return [Passage(first[at], second[best[at]], float(table[at, best[at]])) for at in order.tolist()]


def _pieces(text: str, encoder: Encoder) -> list[str]:
    if encoder.count_tokens([text])[0] > encoder.max_tokens:
        return segment(text, encoder.max_tokens, encoder.count_tokens)
    return split_sentences(text)
