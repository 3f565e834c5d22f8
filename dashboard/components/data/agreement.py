"""How well two labellers agree: a sentence, then numbers by domain, then every count."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, KIND
from calibration.errors import N_
from calibration.labels.agreement import Agreement, agreement, enough
from calibration.stats.text_groups import text_groups
from dashboard.components.shared.tiers import interval, kind_name, label_name
from dashboard.i18n import joined, t, tn

VERDICTS: Final = {
    "good": N_("That is reliable: labels like these can be used for calibration."),
    "open": N_("Whether that is reliable (kappa 0.8 or more) is not clear yet; more second labels will show it."),
    "poor": N_("That is too low (kappa below 0.6): agree on what counts as the same before you continue."),
}


def agreements(found: pd.DataFrame) -> None:
    """The agreement on each kind of label."""
    for kind, rows in found.groupby(KIND, sort=True):
        judged = _judge(rows, str(kind))
        if found[KIND].nunique() > 1:
            st.markdown(f"**{kind_name(str(kind))}**")
        st.markdown(sentence(judged))
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.table(by_domain(rows, str(kind)), border="horizontal", hide_index=True)
        with right:
            st.table(counts(judged, str(kind)), border="horizontal", width="content")
            st.caption(t("Rows: the first label. Columns: the second. Intervals hold with 90% confidence."))


def _judge(rows: pd.DataFrame, kind: str) -> Agreement:
    return agreement(rows["first"], rows["second"], kind, groups=text_groups(rows))


def sentence(judged: Agreement) -> str:
    """What was found, in plain words."""
    agreed = judged.agreed
    said = tn(
        "Of {count} pair, the second label agrees with the first on {share}.",
        "Of {count} pairs, the second label agrees with the first on {share}.",
        agreed.n,
        share=interval(agreed),
    )
    if math.isnan(judged.kappa.value):
        return joined(said, t("Both used one label only, so agreement cannot be distinguished from chance."))
    said_kappa = (
        N_("Beyond chance, agreement is {kappa} (Cohen’s kappa, weighted: two tiers apart count four times as much "
           "as one; 1 is perfect, 0 is chance).")
        if judged.weights
        else N_("Beyond chance, agreement is {kappa} (Cohen’s kappa; 1 is perfect, 0 is chance).")
    )  # fmt: skip
    kappa = t(said_kappa, kappa=kappa_words(judged))
    return joined(said, kappa, t(VERDICTS[enough(judged.kappa)]))


def kappa_words(judged: Agreement) -> str:
    """Kappa with its 90% interval."""
    kappa = judged.kappa
    return "–" if math.isnan(kappa.value) else f"{kappa.value:.2f} [{kappa.low:.2f}, {kappa.high:.2f}]"


def by_domain(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Agreement in each domain, in words."""
    lines = []
    for domain, part in rows.groupby(DOMAIN, sort=True):
        judged = _judge(part, kind)
        lines.append(
            {
                t("Domain"): domain,
                t("Pairs"): f"{judged.agreed.n:,}",
                t("Agreed"): interval(judged.agreed),
                t("Kappa"): kappa_words(judged),
            }
        )
    return pd.DataFrame(lines)


def counts(judged: Agreement, kind: str) -> pd.DataFrame:
    """Pairs by first (rows) and second label (columns), high to low, in words."""
    names = [label_name(value, kind) for value in judged.categories]
    return pd.DataFrame(judged.table, index=names, columns=names).iloc[::-1, ::-1]
