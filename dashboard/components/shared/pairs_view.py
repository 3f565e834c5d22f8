"""Labelled pairs as they are: counted by domain and label, and shown a page at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from calibration.columns import DOMAIN, KIND, LABEL, TEXT_A, TEXT_B
from dashboard.components.shared import glosses, tables
from dashboard.components.shared.tiers import label_name
from dashboard.i18n import t

MANY: Final = 12
"""More labels than this in one kind are too many columns."""


def count_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Pairs by domain (rows) and label (columns, high to low), in words; many grades are counted by whole ones."""
    labels = frame[LABEL]
    if frame.groupby(KIND)[LABEL].nunique().max() > MANY:
        labels = np.floor(labels)
    counts = frame.groupby([frame[DOMAIN], frame[KIND], labels]).size().rename("rows").reset_index()
    counts = counts.sort_values([KIND, LABEL], ascending=[True, False])
    counts["name"] = [label_name(label, kind) for label, kind in zip(counts[LABEL], counts[KIND], strict=True)]
    table = counts.pivot_table(index=DOMAIN, columns="name", values="rows", aggfunc="sum", fill_value=0)
    table = table[list(dict.fromkeys(counts["name"]))]
    table[t("Total")] = table.sum(axis=1)
    return table.rename_axis(index=None, columns=None).map("{:,}".format)


def pairs_table(frame: pd.DataFrame, key: str, size: int = 10) -> None:
    """Pairs as given, a page at a time."""
    columns = {
        TEXT_A: tables.text(t("Text A"), "large"),
        TEXT_B: tables.text(t("Text B"), "large"),
        "named": tables.text(t("Label"), "small"),
        DOMAIN: tables.text(t("Domain"), "small"),
    }
    columns |= glosses.column(frame, TEXT_A, TEXT_B)
    tables.paged(frame, key, columns, t("Labelled pairs"), size, named)


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with their labels in words."""
    names = [label_name(label, kind) for label, kind in zip(rows[LABEL], rows[KIND], strict=True)]
    return glosses.with_english(rows.assign(named=names), TEXT_A, TEXT_B)
