"""How many more labels a promised false positive rate takes, said for each domain and tier."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from calibration.columns import is_binary, shown_tier
from calibration.labels.advice import ENOUGH, LABEL_MORE, RateAdvice
from calibration.stats.formatting import rate_percent
from dashboard import state
from dashboard.components.shared.tiers import badge, interval
from dashboard.i18n import escaped, t


def show(advice: Mapping[str, Mapping[str, RateAdvice]]) -> None:
    """Sentences and numbers by domain; at last what was asked."""
    for domain, tiers in advice.items():
        with st.container(border=True, key=f"advice_{domain}"):
            st.subheader(escaped(domain), anchor=False)
            for tier, found in tiers.items():
                said = escaped(found.explain(state.locale()))
                st.markdown(f"- {badge(shown_tier(tier, is_binary((), tiers)))} {_verdict(found)} {said}")
            st.table(table(tiers), border="horizontal", hide_index=True)
    st.caption(
        t(
            "A rate counts only the pairs that do not belong in the tier; for the lowest tier, those that are the "
            "same. Planned for a threshold whose true rate is half the promised one, with the same test as the "
            "certificate."
        )
    )


def table(tiers: Mapping[str, RateAdvice]) -> pd.DataFrame:
    """The numbers behind the advice, a line a tier."""
    return pd.DataFrame(
        [
            {
                t("Tier"): badge(shown_tier(tier, is_binary((), tiers))),
                t("Labels"): f"{found.n:,}",
                t("Share of pairs it counts"): interval(found.counted),
                t("Promised rate"): rate_percent(found.fpr),
                t("Assumed true rate"): rate_percent(found.true_fpr),
                t("Labels of these needed"): f"{found.needed:,}",
                t("More labels, drawn at random"): "–" if found.more is None else f"{found.more:,}",
            }
            for tier, found in tiers.items()
        ]
    )


def _verdict(found: RateAdvice) -> str:
    """The advice in two or three words."""
    if found.verdict == ENOUGH:
        return f"**{t('Enough.')}**"
    if found.verdict == LABEL_MORE and found.more is not None:
        return f"**{t('Within reach.')}**"
    return f"**{t('Too few to tell.') if found.verdict == LABEL_MORE else t('Out of reach.')}**"
