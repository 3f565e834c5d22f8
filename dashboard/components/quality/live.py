"""What a threshold's precision is worth where positives are rarer, or commoner, than among the labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from calibration.columns import SAME
from calibration.fit import PUBLISHED
from calibration.prevalence import FLOORED, AdjustedPrecision, adjust_precision
from calibration.score import ScoringOptions
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.quality.run import CONFIDENCE, DomainQuality
from dashboard.components.shared import drawn
from dashboard.components.shared.saved_policies import judges
from dashboard.components.shared.tiers import badge, interval, limit, percent, percents, threshold
from dashboard.i18n import escaped, t


def show(found: DomainQuality, options: ScoringOptions, datasets: Sequence[Dataset]) -> None:
    """Ask for the live share of positives, and carry precision over to it."""
    st.subheader(t("Precision on live pairs"), anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        share = st.number_input(
            t("Share of live pairs that mean the same (%)"),
            0.1,
            99.9,
            10.0,
            0.5,
            format="%.1f",
            key=state.LIVE_SHARE,
            persist_state="session",
            help=t(
                "Label a few hundred live pairs drawn at random to know it; where candidates are searched for, it "
                "is the share among those."
            ),
        )
    with right:
        draw = drawn.ask(datasets, share=False)
    carried = {
        name: adjust_precision(found.rows, value, share / 100, SAME, CONFIDENCE, draw.name)
        for name, value in _thresholds(found.domain, options).items()
    }
    for name, adjusted in carried.items():
        st.markdown(_sentence(name, adjusted))
    first = next(iter(carried.values()))
    st.table(_table(carried), border="horizontal", hide_index=True)
    for remark in first.notes:
        if remark.message == FLOORED:
            st.caption(f":material/info: {remark.explain(state.locale())}")
    if not draw.rates:
        st.warning(first.notes[-1].explain(state.locale()), icon=":material/science:")


def _thresholds(domain: str, options: ScoringOptions) -> Mapping[str, float]:
    """The thresholds of `same` to judge: the policy's in use, where it has one for scores made so, and 0.85."""
    found = {t("Published thresholds"): PUBLISHED[SAME]}
    stored = resources.store().policies.current()
    if stored is None:
        st.caption(t("No policy is in use yet, so only the published threshold is judged."))
        return found
    name = t("{name} v{version}", name=escaped(stored.name), version=stored.version)
    if not judges(stored.policy, options):
        st.caption(t("{name} is in use, but it judges scores that are made another way.", name=name))
        return found
    value = stored.policy.domains[domain].thresholds.get(SAME) if domain in stored.policy.domains else None
    if value is None or value <= -1:
        st.caption(t("{name} is in use, but has no threshold of {tier} here.", name=name, tier=badge(SAME)))
        return found
    return {name: value} | found


def _sentence(name: str, found: AdjustedPrecision) -> str:
    """One threshold in a sentence."""
    words = {"name": name, "threshold": threshold(found.threshold), "live": percent(found.live)}
    if not found.here.n:
        return t("{name}: no labelled pair scores {threshold} or above.", name=name, threshold=words["threshold"])
    return t(
        "{name}: at {threshold} or above {here} of the labelled pairs mean the same; where {live} of all live "
        "pairs do, it would be about **{there}**.",
        here=percents(found.here),
        there=percents(found.adjusted),
        **words,
    )


def _table(carried: Mapping[str, AdjustedPrecision]) -> pd.DataFrame:
    """The numbers behind the sentences."""
    return pd.DataFrame(
        [
            {
                t("Thresholds"): name,
                t("Threshold"): limit("≥", threshold(found.threshold)),
                t("Precision among the labels"): interval(found.here),
                t("Precision on live pairs"): percents(found.adjusted, 1) + f" · n = {found.adjusted.n:,}",
                t("Accepted of those that mean the same"): interval(found.tpr),
                t("Accepted of the others"): interval(found.fpr),
            }
            for name, found in carried.items()
        ]
    )
