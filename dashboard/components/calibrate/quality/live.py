"""What a threshold's precision is worth where positives are rarer, or commoner, than among the labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from calibration.certificates.sampling_design import DataDraw, of_sample
from calibration.certificates.score_floor import drawn_from_all
from calibration.columns import DEFAULT_CONFIDENCE, KIND, SAME, is_binary, shown_tier
from calibration.evaluation.prevalence_shift import FLOORED, AdjustedPrecision, adjust_precision
from calibration.pairs import positives
from calibration.policies.tiers import PUBLISHED, Thresholds, lowered
from calibration.scoring.score_pairs import ScoringOptions
from calibration.stats.intervals import Proportion, proportion
from calibration.store import Dataset
from dashboard import resources, state
from dashboard.components.calibrate.quality.run import DomainQuality
from dashboard.components.shared import drawn, samples
from dashboard.components.shared.saved_policies import judges
from dashboard.components.shared.tiers import badge, interval, limit, percent, percents, threshold
from dashboard.i18n import escaped, t


def show(found: DomainQuality, options: ScoringOptions, datasets: Sequence[Dataset]) -> None:
    """Ask for the live share of positives, and carry precision over to it."""
    st.subheader(t("Precision on live pairs"), anchor=False)
    draw = of_sample(drawn.asked(datasets), samples.among(datasets))
    share = _ask_share(found, draw)
    if share is None:
        st.info(t("Enter that share to see the precision on live pairs."), icon=":material/edit:")
        return
    carried = {
        name: adjust_precision(
            lowered(found.rows, given), float(given[SAME] or 0.0), share / 100, SAME, DEFAULT_CONFIDENCE, draw.name
        )
        for name, given in _thresholds(found, options).items()
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


def _ask_share(found: DomainQuality, draw: DataDraw) -> float | None:
    """The live share in per cent; to begin with that among the labels where it is the live one, else nothing."""
    own = live_share(found.rows, draw)
    share = st.number_input(
        t("Share of live pairs that mean the same (%)"),
        0.1,
        99.9,
        None if own is None else min(max(round(own.value * 100, 1), 0.1), 99.9),
        0.5,
        format="%.1f",
        placeholder=t("Not known"),
        key=state.live_share(found.domain, "" if own is None else f"{own.hits}/{own.n}"),
        persist_state="session",
        help=t(
            "To estimate it, label a few hundred live pairs drawn at random; if a search finds candidates "
            "first, use the share among these."
        ),
    )
    if own is not None:
        st.caption(
            t(
                "Of {n} labelled pairs, drawn at random from live ones, {share} mean the same.",
                n=f"{own.n:,}",
                share=percents(own, 1),
            )
        )
    return share


def live_share(rows: pd.DataFrame, draw: DataDraw) -> Proportion | None:
    """How many of the labels mean the same, where they show how many live pairs do; None where they do not."""
    whole = drawn_from_all(rows) if draw.prevalence else rows.head(0)
    return proportion(int(positives(whole, SAME).sum()), len(whole), DEFAULT_CONFIDENCE) if len(whole) else None


def _thresholds(quality: DomainQuality, options: ScoringOptions) -> Mapping[str, Thresholds]:
    """The thresholds of `same` to judge: the policy's, where it has one for scores made so, and the published."""
    domain = quality.domain
    found: dict[str, Thresholds] = {t("Published thresholds"): PUBLISHED}
    stored = resources.store().policies.current()
    if stored is None:
        st.caption(t("No policy is in use yet, so only the published threshold is judged."))
        return found
    name = t("{name} v{version}", name=escaped(stored.name), version=stored.version)
    if not judges(stored.policy, options):
        st.caption(t("{name} is in use, but its scores are computed differently.", name=name))
        return found
    given = stored.policy.domains[domain].thresholds if domain in stored.policy.domains else {}
    value = given.get(SAME)
    if value is None or value <= -1:
        word = shown_tier(SAME, is_binary(quality.rows[KIND]))
        st.caption(t("{name} is in use, but has no threshold for {tier} here.", name=name, tier=badge(word)))
        return found
    return {name: given} | found


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
                t("Precision on the labels"): interval(found.here),
                t("Precision on live pairs"): percents(found.adjusted, 1) + f" · n = {found.adjusted.n:,}",
                t("Accepted among pairs that mean the same"): interval(found.tpr),
                t("Accepted among the others"): interval(found.fpr),
            }
            for name, found in carried.items()
        ]
    )
