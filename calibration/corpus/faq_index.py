"""A FAQ that is searched many times: its questions are encoded once, each query is compared with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.corpus.blocks import Ids
from calibration.corpus.match import MARGIN, K, check_asked, match_encoded
from calibration.corpus.matches import Matches
from calibration.corpus.parted import joined
from calibration.corpus.threshold import Threshold
from calibration.encoding.batching import distinct
from calibration.encoding.protocol import Encoder
from calibration.scoring.similarity import EncodedTexts, ScoringOptions, encode_texts
from calibration.text.cleaning import clean


@dataclass(frozen=True)
class FaqIndex:
    """Encoded questions. keys: names the entry of each; equal keys are phrasings of one entry. base: where in
    `texts` each question is.
    """

    keys: tuple[str, ...]
    texts: EncodedTexts
    base: Ids
    options: ScoringOptions
    fingerprint: str

    def match(
        self,
        queries: Sequence[str],
        encoder: Encoder,
        threshold: Threshold,
        k: int = K,
        margin: float = MARGIN,
    ) -> Matches:
        """The best `k` entries for each query; no query may be empty once cleaned. Raises BadArgument."""
        check_asked(k, margin)
        unique, inverse = distinct([clean(query, self.options.cleaning) for query in queries])
        asked = encode_texts(unique, encoder, self.options, keep_words=True)
        together = joined(self.texts, asked)
        wanted = inverse + len(self.texts.tokens)
        return match_encoded(together, self.base, wanted, self.keys, threshold, k=k, margin=margin)


def build_index(
    questions: Sequence[str], keys: Sequence[str], encoder: Encoder, options: ScoringOptions
) -> FaqIndex:
    """Encode the questions of a FAQ; none may be empty once cleaned.

    Their texts are kept: which guards apply is known with each query's threshold.
    """
    unique, inverse = distinct([clean(question, options.cleaning) for question in questions])
    texts = encode_texts(unique, encoder, options, keep_words=True)
    return FaqIndex(tuple(keys), texts, inverse, options, encoder.fingerprint)
