"""Score every source with every target, and tell how each text was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.encoding.batching import distinct
from calibration.encoding.protocol import Encoder
from calibration.encoding.unknown import unknown_codes, unseen_pairs
from calibration.scoring.similarity import DEFAULT_OPTIONS, ScoringOptions, encode_texts, similarity
from calibration.text.cleaning import CleanedText, explain_cleaning


@dataclass(frozen=True)
class TextFacts:
    """A text on its way to the model: the cleaning steps that changed it, its tokens, and how it was read.

    unknown: its characters that the model does not know.
    """

    changes: tuple[str, ...]
    tokens: int
    truncated: bool
    segmented: bool
    unknown: str = ""


@dataclass(frozen=True)
class GridScores:
    """Scores of every source with every target, (n, m) in [-1, 1], and the facts of each text.

    read: the n and m texts once cleaned.
    """

    scores: NDArray[np.float64]
    sources: tuple[TextFacts, ...]
    targets: tuple[TextFacts, ...]
    read: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def unseen(self) -> NDArray[np.bool_]:
        """(n, m): whether a source and a target differ in characters that the model does not know.

        Such a pair never deserves the tier `same`: see `calibration.decide.tier_of`.
        """
        codes = unknown_codes([fact.unknown for fact in (*self.sources, *self.targets)])
        return unseen_pairs(codes[: len(self.sources), None], codes[None, len(self.sources) :])


def score_grid(
    sources: Sequence[str | CleanedText],
    targets: Sequence[str | CleanedText],
    encoder: Encoder,
    options: ScoringOptions = DEFAULT_OPTIONS,
) -> GridScores:
    """Every source against every target, by the very path of `score_pairs`; each distinct text is encoded once.

    Texts that were cleaned before, with the same options, are taken as they are.
    """
    cleaned = [_cleaned(text, options) for text in [*sources, *targets]]
    unique, inverse = distinct([item.text for item in cleaned])
    texts = encode_texts(unique, encoder, options)
    first, second = inverse[: len(sources)], inverse[len(sources) :]
    pairs = np.repeat(first, len(targets)), np.tile(second, len(sources))
    scores = similarity(texts, *pairs, options).reshape(len(sources), len(targets))
    pieces, unknown = np.diff(texts.starts), texts.unknown or [""] * len(unique)
    facts = tuple(
        TextFacts(item.changes, int(texts.tokens[at]), bool(texts.truncated[at]), bool(pieces[at] > 1), unknown[at])
        for item, at in zip(cleaned, inverse, strict=True)
    )
    words = tuple(item.text for item in cleaned)
    n = len(sources)
    return GridScores(scores, facts[:n], facts[n:], (words[:n], words[n:]))


def text_facts(
    texts: Sequence[str | CleanedText], encoder: Encoder, options: ScoringOptions = DEFAULT_OPTIONS
) -> tuple[TextFacts, ...]:
    """The facts of each text, without encoding any."""
    cleaned = [_cleaned(text, options) for text in texts]
    unique, inverse = distinct([item.text for item in cleaned])
    tokens, cut = encoder.count_tokens(unique), options.segments == "none"
    long, unknown = [count > encoder.max_tokens for count in tokens], encoder.unknown(unique)
    return tuple(
        TextFacts(item.changes, tokens[at], long[at] and cut, long[at] and not cut, unknown[at])
        for item, at in zip(cleaned, inverse.tolist(), strict=True)
    )


def _cleaned(text: str | CleanedText, options: ScoringOptions) -> CleanedText:
    return text if isinstance(text, CleanedText) else explain_cleaning(text, options.cleaning)
