"""Pairs to similarity scores: clean, encode, cosine. Calibration and serving both score here and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.clean import CleanedText, clean, explain_cleaning
from calibration.columns import SCORE, TEXT_A, TEXT_B, PairProblem
from calibration.encoded import (
    DEFAULT_OPTIONS,
    SEGMENT_MODES,
    ScoringOptions,
    Segments,
    cosine,
    encode_texts,
    similarity,
)
from calibration.encoding.batching import Progress, distinct
from calibration.encoding.protocol import Encoder
from calibration.errors import BadRows, ColumnsMissing
from calibration.pairs.rules import BLANK_TEXT, NOT_TEXT

__all__ = [
    "DEFAULT_OPTIONS",
    "SEGMENT_MODES",
    "GridScores",
    "ScoringOptions",
    "Segments",
    "TextFacts",
    "TextScore",
    "cosine",
    "score_grid",
    "score_pairs",
    "score_texts",
    "text_facts",
]

TRUNCATED: Final = "truncated"
"""Column of a scored frame: whether the model never saw the tail of one of the two texts."""


@dataclass(frozen=True)
class TextScore:
    """One target's score against the source, in [-1, 1], and what became of both texts on the way.

    Tokens include special tokens and prompt; `cut_*` is the tail that the model never saw.
    """

    target: str
    score: float
    cleaned_source: CleanedText
    cleaned_target: CleanedText
    tokens_source: int
    tokens_target: int
    cut_source: str
    cut_target: str

    @property
    def identical(self) -> bool:
        """Whether nothing tells the two texts apart once they are cleaned."""
        return self.cleaned_source.text == self.cleaned_target.text


def score_pairs(
    pairs: pd.DataFrame,
    encoder: Encoder,
    options: ScoringOptions = DEFAULT_OPTIONS,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """A copy of `pairs` with columns `score` (float64 in [-1, 1]) and `truncated` (bool).

    Needs columns text_a and text_b. Raises ColumnsMissing, BadRows for texts that are none or are empty once
    cleaned, and Cancelled. Progress counts distinct texts.
    """
    missing = [name for name in (TEXT_A, TEXT_B) if name not in pairs.columns]
    if missing:
        raise ColumnsMissing("pairs", missing, [str(name) for name in pairs.columns])
    _check_rows(pairs, options)
    size = len(pairs)
    unique, inverse = distinct([*pairs[TEXT_A], *pairs[TEXT_B]])
    texts = encode_texts([clean(text, options.cleaning) for text in unique], encoder, options, progress, cancel)
    first, second = inverse[:size], inverse[size:]
    return pairs.assign(
        **{
            SCORE: similarity(texts, first, second, options),
            TRUNCATED: texts.truncated[first] | texts.truncated[second],
        }
    )


def score_texts(
    source: str, targets: Sequence[str], encoder: Encoder, options: ScoringOptions = DEFAULT_OPTIONS
) -> list[TextScore]:
    """Each target's score against `source`, in order, by the very path of `score_pairs`."""
    cleaned = [explain_cleaning(text, options.cleaning) for text in [source, *targets]]
    unique, inverse = distinct([item.text for item in cleaned])
    texts = encode_texts(unique, encoder, options)
    scores = similarity(texts, np.full(len(targets), inverse[0]), inverse[1:], options)
    cuts = [encoder.truncate(text)[1] if cut else "" for text, cut in zip(unique, texts.truncated, strict=True)]
    origin = inverse[0]
    return [
        TextScore(
            target=target,
            score=float(score),
            cleaned_source=cleaned[0],
            cleaned_target=item,
            tokens_source=int(texts.tokens[origin]),
            tokens_target=int(texts.tokens[index]),
            cut_source=cuts[origin],
            cut_target=cuts[index],
        )
        for target, score, item, index in zip(targets, scores, cleaned[1:], inverse[1:], strict=True)
    ]


@dataclass(frozen=True)
class TextFacts:
    """A text on its way to the model: the cleaning steps that changed it, its tokens, and how it was read."""

    changes: tuple[str, ...]
    tokens: int
    truncated: bool
    segmented: bool


@dataclass(frozen=True)
class GridScores:
    """Scores of every source with every target, (n, m) in [-1, 1], and the facts of each text."""

    scores: NDArray[np.float64]
    sources: tuple[TextFacts, ...]
    targets: tuple[TextFacts, ...]


def score_grid(
    sources: Sequence[str], targets: Sequence[str], encoder: Encoder, options: ScoringOptions = DEFAULT_OPTIONS
) -> GridScores:
    """Every source against every target, by the very path of `score_pairs`; each distinct text is encoded once."""
    cleaned = [explain_cleaning(text, options.cleaning) for text in [*sources, *targets]]
    unique, inverse = distinct([item.text for item in cleaned])
    texts = encode_texts(unique, encoder, options)
    first, second = inverse[: len(sources)], inverse[len(sources) :]
    pairs = np.repeat(first, len(targets)), np.tile(second, len(sources))
    scores = similarity(texts, *pairs, options).reshape(len(sources), len(targets))
    pieces = np.diff(texts.starts)
    facts = tuple(
        TextFacts(item.changes, int(texts.tokens[at]), bool(texts.truncated[at]), bool(pieces[at] > 1))
        for item, at in zip(cleaned, inverse, strict=True)
    )
    return GridScores(scores, facts[: len(sources)], facts[len(sources) :])


def text_facts(
    texts: Sequence[str], encoder: Encoder, options: ScoringOptions = DEFAULT_OPTIONS
) -> tuple[TextFacts, ...]:
    """The facts of each text, without encoding any."""
    cleaned = [explain_cleaning(text, options.cleaning) for text in texts]
    unique, inverse = distinct([item.text for item in cleaned])
    tokens, cut = encoder.count_tokens(unique), options.segments == "none"
    long = [count > encoder.max_tokens for count in tokens]
    return tuple(
        TextFacts(item.changes, tokens[at], long[at] and cut, long[at] and not cut)
        for item, at in zip(cleaned, inverse.tolist(), strict=True)
    )


def _check_rows(pairs: pd.DataFrame, options: ScoringOptions) -> None:
    """Raise BadRows for every text that cannot be scored; rows count from 1, as there is no file here."""
    problems = [
        PairProblem("pairs", row, column, rule, "" if rule == NOT_TEXT else text)
        for column in (TEXT_A, TEXT_B)
        for row, text in enumerate(pairs[column], start=1)
        if (rule := _problem(text, options))
    ]
    if problems:
        bad = {problem.row - 1 for problem in problems}
        good = pairs.iloc[[row for row in range(len(pairs)) if row not in bad]]
        raise BadRows("pairs", problems, good, len(pairs))


def _problem(text: object, options: ScoringOptions) -> str:
    if not isinstance(text, str):
        return NOT_TEXT
    return "" if clean(text, options.cleaning) else BLANK_TEXT
