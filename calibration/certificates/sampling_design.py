"""How labelled pairs were sampled from the live ones, and which guarantees that allows.

A certificate speaks of pairs drawn like the labelled ones. Only labels drawn at random from live pairs make it
speak of live pairs. Balanced labels (so many of each class, at random within the class) keep the share accepted
within each class, so precision can be carried over to a known live prevalence; mined labels (picked by score, by
search or by hand) keep nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from calibration.errors import N_, BadArgument
from calibration.messages.note import Note, note
from calibration.stats.formatting import asked_percent

RANDOM_LIVE: Final = "random_live"
BALANCED: Final = "balanced"
MINED: Final = "mined"
UNKNOWN: Final = "unknown"

LIVE: Final = "live"
"""The certificate holds for live pairs."""
ADJUSTED: Final = "adjusted"
"""Live precision can be estimated at a given live prevalence; the certificate itself holds for such labels only."""
LABELS_ONLY: Final = "labels_only"
"""The certificate holds for pairs picked like these, and says nothing of live pairs."""
UNVERIFIED: Final = "unverified"
"""The certificate holds for live pairs IF the labels were drawn at random from them."""
OF_SAMPLE: Final = "of_sample"
"""The certificate holds for pairs drawn from the same written sample, and says nothing of live pairs."""

CLAIM_LIVE: Final = N_(
    "Of live pairs at {threshold} or above, at least {precision} are of this tier (confidence {confidence})."
)
CLAIM_ADJUSTED: Final = N_(
    "Of pairs drawn like these labels, at {threshold} or above, at least {precision} are of this tier (confidence "
    "{confidence}). Live pairs have another share of positives: see the precision adjusted to it."
)
CLAIM_LABELS_ONLY: Final = N_(
    "Of pairs picked like these labels, at {threshold} or above, at least {precision} are of this tier (confidence "
    "{confidence}). This says nothing about live pairs."
)
CLAIM_UNVERIFIED: Final = N_(
    "If the labels were drawn at random from live pairs: of live pairs at {threshold} or above, at least "
    "{precision} are of this tier (confidence {confidence})."
)
CLAIM_OF_SAMPLE: Final = N_(
    "Of pairs drawn from this sample, at {threshold} or above, at least {precision} are of this tier (confidence "
    "{confidence}). This says nothing about live pairs."
)
HOLDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        LIVE: N_("The labels were drawn at random from live pairs, so this holds for live pairs."),
        ADJUSTED: N_(
            "For live pairs this is an illustration: it holds for pairs balanced like these labels. The "
            "quality page shows the precision at your live share of positives."
        ),
        LABELS_ONLY: N_(
            "Illustration only: it holds for pairs picked like these labels, and says nothing about live pairs."
        ),
        UNVERIFIED: N_(
            "It holds for live pairs only if these labels were drawn at random from them, which is not confirmed."
        ),
        OF_SAMPLE: N_(
            "The labels were drawn at random from a written sample, so this holds for other pairs of that sample. "
            "It says nothing about your live pairs."
        ),
    }
)
"""What a draw's claim means for the sentences of a result."""


@dataclass(frozen=True)
class DataDraw:
    """One way to draw labelled pairs.

    name: what is stored. title, explanation: shown where it is asked for (message templates). claims: what a
    certificate may claim, one of `live`, `adjusted`, `labels_only`, `unverified`; claim: the template that
    says so, with {threshold}, {precision}, {confidence}. warning: the template that says what is missing, or "".
    prevalence: whether the share of positives among the labels estimates the live one. rates: whether the shares
    accepted within positives and within negatives do, so that precision can be adjusted to a live prevalence.
    """

    name: str
    title: str
    explanation: str
    claims: str
    claim: str
    warning: str
    prevalence: bool
    rates: bool


DATA_DRAWS: Final[Mapping[str, DataDraw]] = MappingProxyType(
    {
        draw.name: draw
        for draw in (
            DataDraw(
                RANDOM_LIVE,
                N_("random live pairs"),
                N_("Pairs were taken at random from those that users meet, and every one taken was labelled."),
                LIVE,
                CLAIM_LIVE,
                "",
                prevalence=True,
                rates=True,
            ),
            DataDraw(
                BALANCED,
                N_("balanced"),
                N_("A set number of positives and of negatives were taken, at random within each."),
                ADJUSTED,
                CLAIM_ADJUSTED,
                N_("Balanced labels do not show how common positives are. Give the live share of positives."),
                prevalence=False,
                rates=True,
            ),
            DataDraw(
                MINED,
                N_("mined or picked"),
                N_("Pairs were searched for: by score, by a rule, as hard cases, or by hand."),
                LABELS_ONLY,
                CLAIM_LABELS_ONLY,
                N_("Picked labels promise nothing about live pairs. Label live pairs drawn at random to certify."),
                prevalence=False,
                rates=False,
            ),
            DataDraw(
                UNKNOWN,
                N_("not known"),
                N_("It is not known how these pairs were drawn."),
                UNVERIFIED,
                CLAIM_UNVERIFIED,
                N_("It is not known how these labels were drawn. The certificate holds only if it was at random."),
                prevalence=False,
                rates=False,
            ),
        )
    }
)
"""Every way to draw, by name, in the order in which to offer them."""


_RANDOM_OF_SAMPLE: Final = DataDraw(
    RANDOM_LIVE,
    N_("random pairs of a sample"),
    N_("Pairs were taken at random from a sample that was written, not from live ones; every one was labelled."),
    OF_SAMPLE,
    CLAIM_OF_SAMPLE,
    "",
    prevalence=False,
    rates=True,
)


def of_sample(draw: DataDraw, sample: bool = True) -> DataDraw:
    """The draw as one may speak of it where the pairs are of a written sample: none of these were ever live.

    >>> of_sample(data_draw("random_live")).claims, of_sample(data_draw("mined")).claims
    ('of_sample', 'labels_only')
    """
    return _RANDOM_OF_SAMPLE if sample and draw.claims == LIVE else draw


def data_draw(name: str | None) -> DataDraw:
    """The draw of that name; None, where nobody was asked, is `unknown`. Raises BadArgument for another name.

    >>> data_draw("balanced").claims, data_draw(None).name
    ('adjusted', 'unknown')
    """
    found = DATA_DRAWS.get(UNKNOWN if name is None else name)
    if found is None:
        raise BadArgument("drawn", " | ".join(DATA_DRAWS), name)
    return found


def claim(draw: DataDraw, threshold: float, precision: float, confidence: float) -> Note:
    """What a certificate on labels drawn so may claim.

    >>> str(claim(data_draw("random_live"), 0.941, 0.9, 0.9))
    'Of live pairs at 0.941 or above, at least 90% are of this tier (confidence 90%).'
    """
    return note(
        draw.claim,
        threshold=f"{threshold:.6g}",
        precision=asked_percent(precision),
        confidence=asked_percent(confidence),
    )
