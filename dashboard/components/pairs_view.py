"""Labelled pairs as they are: counted by domain and label, and shown a page at a time."""

from __future__ import annotations

import pandas as pd

from calibration.columns import DOMAIN, KIND, LABEL, TEXT_A, TEXT_B
from dashboard.components import tables
from dashboard.components.tiers import label_name
from dashboard.i18n import t


def count_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Pairs by domain (rows) and label (columns, high to low), in words."""
    labels = frame[[KIND, LABEL]].drop_duplicates().sort_values([KIND, LABEL], ascending=[True, False])
    if len(labels) > 12:
        frame = frame.assign(**{LABEL: frame[LABEL] // 1})
        labels = frame[[KIND, LABEL]].drop_duplicates().sort_values([KIND, LABEL], ascending=[True, False])
    names = {(kind, label): label_name(label, kind) for kind, label in labels.itertuples(index=False)}
    named = pd.Series([names[key] for key in zip(frame[KIND], frame[LABEL], strict=True)], index=frame.index)
    table = pd.crosstab(frame[DOMAIN], named)[list(dict.fromkeys(names.values()))]
    table[t("Total")] = table.sum(axis=1)
    return table.rename_axis(index=None, columns=None)


def pairs_table(frame: pd.DataFrame, key: str, size: int = 10) -> None:
    """Pairs as given, a page at a time."""
    named = [label_name(label, kind) for label, kind in zip(frame[LABEL], frame[KIND], strict=True)]
    columns = {
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
        "named": tables.text(t("Label"), "small"),
        DOMAIN: tables.text(t("Domain"), "small"),
    }
    tables.paged(frame.assign(named=named), key, columns, t("Labelled pairs"), size)
