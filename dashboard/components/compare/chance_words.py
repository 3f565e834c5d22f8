"""How likely two texts mean the same, in words, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import streamlit as st

from calibration.certificates.sampling_design import ADJUSTED, LABELS_ONLY, LIVE, UNVERIFIED
from calibration.errors import N_
from calibration.policies.probability_at_score import Chance
from calibration.stats.formatting import asked_percent
from dashboard.components.shared.tiers import percent
from dashboard.i18n import t

REMARKS: Final[Mapping[str, str]] = {
    ADJUSTED: N_(
        ":material/tune: These shares are carried over from balanced labels to live pairs of which {live} mean the "
        "same."
    ),
    LABELS_ONLY: N_(
        ":material/science: How many of 100 such pairs mean the same is not shown: the labels of this policy "
        "were balanced or picked, so they do not show how common such pairs are among live ones."
    ),
    UNVERIFIED: N_(
        ":material/help: These shares hold for live pairs **only if** the labels were drawn at random from "
        "them, which nobody has confirmed."
    ),
}
"""What to say of the claim behind the numbers; nothing where they hold for live pairs."""


def line(found: Chance | None) -> str:
    """How many of 100 such pairs mean the same; nothing where that is not known or would mislead."""
    if found is None or found.claims == LABELS_ONLY:
        return ""
    return t(
        "{value} of 100 such pairs mean the same ({low}–{high})",
        value=f"{100 * found.value:.0f}",
        low=f"{100 * found.lower:.0f}",
        high=f"{100 * found.upper:.0f}",
    )


def meaning(found: Chance) -> str:
    """What the numbers are, for who asks."""
    return t(
        "About how many pairs with this score mean the same, estimated from {n} labelled pairs of this domain; "
        "in brackets the {confidence} interval.",
        n=f"{found.n:,}",
        confidence=asked_percent(found.confidence),
    )


def remark(found: Iterable[Chance | None]) -> None:
    """Once for all answers: for which pairs their P(same) holds."""
    known = next((chance for chance in found if chance is not None), None)
    if known is not None and known.claims != LIVE:
        live = percent(known.live, 0 if known.live >= 0.1 else 1) if known.live is not None else ""
        st.caption(t(REMARKS[known.claims], live=live))
