"""Pairs to similarity scores: clean, encode, cosine. Calibration and serving both score here and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from calibration.clean import CleanedText, CleaningOptions, clean, explain_cleaning
from calibration.columns import SCORE, TEXT_A, TEXT_B, PairProblem
from calibration.encoding.batching import Progress, distinct
from calibration.encoding.protocol import Encoder
from calibration.errors import N_, BadArgument, BadRows, ColumnsMissing
from calibration.pairs.rules import BLANK_TEXT, NOT_TEXT
from calibration.segment import segment

TRUNCATED: Final = "truncated"
"""Column of a scored frame: whether the model never saw the tail of one of the two texts."""

Segments = Literal["none", "max", "mean"]
SEGMENT_MODES: Final = ("none", "max", "mean")
_ROWS_A_STEP: Final = 8192


@dataclass(frozen=True)
class ScoringOptions:
    """How texts are cleaned, and what happens to one that is longer than the model reads.

    `segments`: `none` cuts its tail off; `max` splits it at sentence ends and takes the best of all segment
    pairs; `mean` takes each segment's best counterpart and averages, over either text and then over both.
    """

    cleaning: CleaningOptions = field(default_factory=CleaningOptions)
    segments: Segments = "none"

    def __post_init__(self) -> None:
        if self.segments not in SEGMENT_MODES:
            raise BadArgument("segments", N_("none, max or mean"), self.segments)

    def key(self) -> str:
        """Everything that can change a score besides the model, say `1`, `1+punct` or `1+segments-max`.

        >>> ScoringOptions(segments="max").key()
        '1+segments-max'
        """
        return self.cleaning.key() + ("" if self.segments == "none" else f"+segments-{self.segments}")


DEFAULT_OPTIONS: Final = ScoringOptions()


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


def cosine(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Cosine of the rows of `a` and `b`, both (n, dim) and L2-normalised: (n,) in [-1, 1], the higher the
    more alike; exactly symmetric.

    >>> cosine([[1.0, 0.0]], [[0.6, 0.8]])
    array([0.6])
    """
    products = np.asarray(a, np.float64) * np.asarray(b, np.float64)
    scores: NDArray[np.float64] = np.clip(products.sum(axis=-1), -1.0, 1.0)
    return scores


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
    texts = _read([clean(text, options.cleaning) for text in unique], encoder, options, progress, cancel)
    first, second = inverse[:size], inverse[size:]
    return pairs.assign(
        **{
            SCORE: _similarity(texts, first, second, options),
            TRUNCATED: texts.truncated[first] | texts.truncated[second],
        }
    )


def score_texts(
    source: str, targets: Sequence[str], encoder: Encoder, options: ScoringOptions = DEFAULT_OPTIONS
) -> list[TextScore]:
    """Each target's score against `source`, in order, by the very path of `score_pairs`."""
    cleaned = [explain_cleaning(text, options.cleaning) for text in [source, *targets]]
    unique, inverse = distinct([item.text for item in cleaned])
    texts = _read(unique, encoder, options)
    scores = _similarity(texts, np.full(len(targets), inverse[0]), inverse[1:], options)
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
class _Texts:
    """Encoded texts: text i has the vectors `starts[i]` up to `starts[i + 1]`, one for each of its segments."""

    vectors: NDArray[np.float32]
    starts: NDArray[np.intp]
    tokens: NDArray[np.intp]
    truncated: NDArray[np.bool_]


def _read(
    cleaned: list[str],
    encoder: Encoder,
    options: ScoringOptions,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> _Texts:
    """Encode all texts in one go, so that each is encoded once and batches are of like length."""
    tokens = np.array(encoder.count_tokens(cleaned), np.intp)
    long = tokens > encoder.max_tokens
    segments = [[text] for text in cleaned]
    if options.segments != "none":
        for index in np.flatnonzero(long):
            segments[index] = segment(cleaned[index], encoder.max_tokens, encoder.count_tokens) or [cleaned[index]]
    starts = np.cumsum([0, *map(len, segments)])
    flat = [piece for pieces in segments for piece in pieces]
    vectors = encoder.encode(flat, progress=progress, cancel=cancel)
    return _Texts(vectors, starts, tokens, long & (options.segments == "none"))


def _similarity(
    texts: _Texts, first: NDArray[np.intp], second: NDArray[np.intp], options: ScoringOptions
) -> NDArray[np.float64]:
    """The score of every pair of text numbers, in [-1, 1]."""
    scores = np.empty(len(first))
    for at in range(0, len(first), _ROWS_A_STEP):
        step = slice(at, at + _ROWS_A_STEP)
        scores[step] = cosine(texts.vectors[texts.starts[first[step]]], texts.vectors[texts.starts[second[step]]])
    several = np.diff(texts.starts) > 1
    for row in np.flatnonzero(several[first] | several[second]):
        a, b = _vectors(texts, first[row]), _vectors(texts, second[row])
        scores[row] = _segment_similarity(a, b, options.segments)
    return scores


def _vectors(texts: _Texts, index: int) -> NDArray[np.float32]:
    return texts.vectors[texts.starts[index] : texts.starts[index + 1]]


def _segment_similarity(a: NDArray[np.float32], b: NDArray[np.float32], mode: Segments) -> float:
    """The score of two texts with segments `a`, (m, dim), and `b`, (n, dim); symmetric, 1 for equal ones."""
    table = cosine(a[:, None, :], b[None, :, :])
    if mode == "max":
        return float(table.max())
    return float((table.max(axis=1).mean() + table.max(axis=0).mean()) / 2)


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
