"""Score pairs: clean, encode, cosine. Calibration and serving both use these functions."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from calibration.columns import SCORE, TEXT_A, TEXT_B
from calibration.encoding.batching import Progress, distinct
from calibration.encoding.protocol import Encoder
from calibration.encoding.unknown import differ_unseen
from calibration.errors import BadRows, ColumnsMissing
from calibration.errors.rows import PairProblem
from calibration.scoring.similarity import (
    DEFAULT_OPTIONS,
    SEGMENT_MODES,
    ScoringOptions,
    Segments,
    cosine,
    encode_texts,
    similarity,
)
from calibration.tables.rules import BLANK_TEXT, NOT_TEXT
from calibration.text.cleaning import CleanedText, clean, explain_cleaning

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DEFAULT_OPTIONS",
    "SEGMENT_MODES",
    "ScoringOptions",
    "Segments",
    "TextScore",
    "cosine",
    "score_pairs",
    "score_texts",
]

TRUNCATED: Final = "truncated"
"""Column of a scored frame: whether the model never saw the tail of one of the two texts."""
UNKNOWN: Final = "unknown_characters"
"""Column of a scored frame: whether one of the two texts has characters that the model does not know."""
MODEL_FACTS: Final = (TRUNCATED, UNKNOWN)
"""What scoring adds beside the score."""


@dataclass(frozen=True)
class TextScore:
    """One target's score against the source, in [-1, 1], and what became of both texts on the way.

    Tokens include special tokens and prompt; `cut_*` is the tail that the model never saw, `unknown_*` the
    characters that it does not know.
    """

    target: str
    score: float
    cleaned_source: CleanedText
    cleaned_target: CleanedText
    tokens_source: int
    tokens_target: int
    cut_source: str
    cut_target: str
    unknown_source: str = ""
    unknown_target: str = ""

    @property
    def unseen(self) -> bool:
        """Whether the texts differ in characters that the model does not know, so that the score misses it."""
        return differ_unseen(self.unknown_source, self.unknown_target)

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
    """Score pairs of texts: the cosine similarity of their cleaned texts.

    Parameters
    ----------
    pairs : DataFrame of n rows
        Columns `text_a` and `text_b`; others are kept.
    encoder : Encoder
        As `load_encoder` returns it.
    options : ScoringOptions
        How texts are cleaned, and long ones compared.
    progress : callable, optional
        Called with the number of distinct texts encoded and of all.
    cancel : threading.Event, optional
        Set it to stop at the next batch.

    Returns
    -------
    DataFrame of n rows
        A copy with the columns `score` (float64 in [-1, 1]), `truncated` and `unknown_characters` (bool: the model
        did not read a text whole, or knows not all of its characters).

    Raises
    ------
    ColumnsMissing
    BadRows
        For cells that are no text, or are empty once cleaned.
    Cancelled
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
            UNKNOWN: (texts.unknown_codes[first] > 0) | (texts.unknown_codes[second] > 0),
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
    origin, unknown = inverse[0], texts.unknown or [""] * len(unique)
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
            unknown_source=unknown[origin],
            unknown_target=unknown[index],
        )
        for target, score, item, index in zip(targets, scores, cleaned[1:], inverse[1:], strict=True)
    ]


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
