"""Vectors of cleaned texts, whole or in segments, and the similarity of any two."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calibration.encoding.batching import Progress
from calibration.encoding.protocol import Encoder
from calibration.encoding.unknown import unknown_codes, unseen_pairs
from calibration.errors import N_, BadArgument, GuardsNeedTexts
from calibration.text.cleaning import CleaningOptions
from calibration.text.guards import is_held
from calibration.text.sentences import segment

Segments = Literal["none", "max", "mean"]
SEGMENT_MODES: Final = ("none", "max", "mean")
_CELLS_A_STEP: Final = 2**17
"""Numbers of one side that are multiplied at a time: what fits the processor's cache is seven times as fast."""


@dataclass(frozen=True)
class ScoringOptions:
    """How texts are cleaned, and what happens to one that is longer than the model reads.

    `segments`: `none` cuts its tail off; `max` splits it at sentence ends and takes the best of all segment
    pairs; `mean` takes each segment's best counterpart and averages, over either text and then over both. `guards`
    change no score: they say which pairs may not be merged, whatever theirs (`calibration.text.guards`).
    """

    cleaning: CleaningOptions = field(default_factory=CleaningOptions)
    segments: Segments = "none"
    guards: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.segments not in SEGMENT_MODES:
            raise BadArgument("segments", N_("none, max or mean"), self.segments)

    def key(self) -> str:
        """All that can change a score besides the model, or what merges: say `1`, `1+punct` or `1+segments-max`.

        >>> ScoringOptions(segments="max").key()
        '1+segments-max'
        """
        segments = "" if self.segments == "none" else f"+segments-{self.segments}"
        return self.cleaning.key() + segments + "".join(f"+guard-{name}" for name in self.guards)


DEFAULT_OPTIONS: Final = ScoringOptions()


def cosine(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Cosine of the rows of `a` and `b`, both (n, dim) and L2-normalised: (n,) in [-1, 1], the higher the
    more alike; exactly symmetric.

    >>> cosine([[1.0, 0.0]], [[0.6, 0.8]])
    array([0.6])
    """
    products = np.asarray(a, np.float64) * np.asarray(b, np.float64)
    scores: NDArray[np.float64] = np.clip(products.sum(axis=-1), -1.0, 1.0)
    return scores


@dataclass(frozen=True)
class EncodedTexts:
    """Encoded texts: text i has the vectors `starts[i]` up to `starts[i + 1]`, one for each of its segments.

    unknown: the characters of each text that the model does not know; None where nobody asked. words: the texts
    themselves, which guards read; None where they were not kept.
    """

    vectors: NDArray[np.float32]
    starts: NDArray[np.intp]
    tokens: NDArray[np.intp]
    truncated: NDArray[np.bool_]
    unknown: tuple[str, ...] | None = None
    words: tuple[str, ...] | None = None

    @cached_property
    def unknown_codes(self) -> NDArray[np.intp]:
        """A number for each text, equal where the unknown characters are; 0 where there are none."""
        return unknown_codes(self.unknown or [""] * len(self.tokens))

    def unseen(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which pairs of text numbers differ in characters that the model does not know."""
        return unseen_pairs(self.unknown_codes[first], self.unknown_codes[second])

    def held(
        self, first: NDArray[np.intp], second: NDArray[np.intp], guards: Sequence[str] = ()
    ) -> NDArray[np.bool_]:
        """Which pairs may not be merged: those unseen, and those that a guard keeps apart.

        Raises GuardsNeedTexts where the texts were not kept.
        """
        found = self.unseen(first, second)
        if guards:
            if self.words is None:
                raise GuardsNeedTexts(guards)
            words, open_ = self.words, np.flatnonzero(~found & (first != second))
            found[open_] = [is_held(guards, words[first[at]], words[second[at]]) for at in open_.tolist()]
        return found


def encode_texts(
    cleaned: list[str],
    encoder: Encoder,
    options: ScoringOptions,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    *,
    keep_words: bool = False,
) -> EncodedTexts:
    """Encode all texts in one go, so that each is encoded once and batches are of like length.

    keep_words: for guards that are named later; those of `options` have the texts anyway. Without guards the texts
    are not kept: a corpus has millions, and each worker would be sent its share.
    """
    tokens = np.array(encoder.count_tokens(cleaned), np.intp)
    long = tokens > encoder.max_tokens
    segments = [[text] for text in cleaned]
    if options.segments != "none":
        for index in np.flatnonzero(long):
            segments[index] = _segments(cleaned[index], encoder)
    starts = np.cumsum([0, *map(len, segments)])
    flat = [piece for pieces in segments for piece in pieces]
    vectors = encoder.encode(flat, progress=progress, cancel=cancel)
    unknown = tuple(encoder.unknown(cleaned))
    words = tuple(cleaned) if keep_words or options.guards else None
    return EncodedTexts(vectors, starts, tokens, long & (options.segments == "none"), unknown, words)


def pieces_of(cleaned: Sequence[str], encoder: Encoder, options: ScoringOptions) -> list[str]:
    """What `encode_texts` asks the encoder for: the texts, or the segments of those that are too long."""
    if options.segments == "none":
        return list(cleaned)
    long = [count > encoder.max_tokens for count in encoder.count_tokens(cleaned)]
    pieces = [_segments(text, encoder) if cut else [text] for text, cut in zip(cleaned, long, strict=True)]
    return [piece for some in pieces for piece in some]


def _segments(text: str, encoder: Encoder) -> list[str]:
    return segment(text, encoder.max_tokens, encoder.count_tokens) or [text]


def similarity(
    texts: EncodedTexts, first: NDArray[np.intp], second: NDArray[np.intp], options: ScoringOptions
) -> NDArray[np.float64]:
    """The score of every pair of text numbers, in [-1, 1]."""
    scores = np.empty(len(first))
    rows = max(1, _CELLS_A_STEP // texts.vectors.shape[1])
    for at in range(0, len(first), rows):
        step = slice(at, at + rows)
        scores[step] = cosine(texts.vectors[texts.starts[first[step]]], texts.vectors[texts.starts[second[step]]])
    pieces = texts.starts[first + 1] - texts.starts[first], texts.starts[second + 1] - texts.starts[second]
    for row in np.flatnonzero((pieces[0] > 1) | (pieces[1] > 1)):
        a, b = _vectors(texts, first[row]), _vectors(texts, second[row])
        scores[row] = _segment_similarity(a, b, options.segments)
    return scores


def merge_scores(
    texts: EncodedTexts, first: NDArray[np.intp], second: NDArray[np.intp], options: ScoringOptions
) -> NDArray[np.float64]:
    """`similarity`, and minus infinity for texts that may not be merged, see `EncodedTexts.held`.

    For callers that merge by score alone: no threshold reaches such a pair.
    """
    return np.where(texts.held(first, second, options.guards), -np.inf, similarity(texts, first, second, options))


def _vectors(texts: EncodedTexts, index: int) -> NDArray[np.float32]:
    return texts.vectors[texts.starts[index] : texts.starts[index + 1]]


def _segment_similarity(a: NDArray[np.float32], b: NDArray[np.float32], mode: Segments) -> float:
    """The score of two texts with segments `a`, (m, dim), and `b`, (n, dim); symmetric, 1 for equal ones."""
    table = cosine(a[:, None, :], b[None, :, :])
    if mode == "max":
        return float(table.max())
    return float((table.max(axis=1).mean() + table.max(axis=0).mean()) / 2)
