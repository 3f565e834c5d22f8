"""How likely two texts mean the same, in words, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import streamlit as st

from calibration.chance import Chance
from calibration.drawn import ADJUSTED, LABELS_ONLY, LIVE, UNVERIFIED
from calibration.errors import N_
from dashboard.components.shared.tiers import percent
from dashboard.i18n import t

REMARKS: Final[Mapping[str, str]] = {
    ADJUSTED: N_(
        ":material/tune: P(same) is carried over from balanced labels to live pairs of which {live} mean the same."
    ),
    LABELS_ONLY: N_(
        ":material/science: P(same) is not shown: the labels behind this policy were balanced or picked, so they "
        "do not say how common pairs that mean the same are among live ones."
    ),
    UNVERIFIED: N_(
        ":material/help: P(same) holds for live pairs **only if** the labels were drawn at random from them; "
        "nobody has said so."
    ),
}
"""What to say of the claim behind the numbers; nothing where they hold for live pairs."""


def line(found: Chance | None) -> str:
    """P(same) with its interval and n; nothing where it is not known or would mislead."""
    if found is None or found.claims == LABELS_ONLY:
        return ""
    return t(
        "P(same) about {value} ({low}–{high}, n={n})",
        value=percent(found.value, 0),
        low=percent(found.lower, 0),
        high=percent(found.upper, 0),
        n=f"{found.n:,}",
    )


def meaning(found: Chance) -> str:
    """What the numbers are, for who asks."""
    return t(
        "Of pairs with this score, about so many mean the same, as {n} labelled pairs of this domain tell; in "
        "brackets the {confidence} interval.",
        n=f"{found.n:,}",
        confidence=percent(found.confidence, 0),
    )


def remark(found: Iterable[Chance | None]) -> None:
    """Once for all answers: for which pairs their P(same) holds."""
    known = next((chance for chance in found if chance is not None), None)
    if known is not None and known.claims != LIVE:
        live = percent(known.live, 0 if known.live >= 0.1 else 1) if known.live is not None else ""
        st.caption(t(REMARKS[known.claims], live=live))
