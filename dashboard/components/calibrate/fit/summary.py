"""Every domain in a row: threshold, certificate, recall, what becomes of its pairs, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from calibration.columns import LOWEST_SCORE, SAME
from calibration.evaluation.decisions import Decisions
from calibration.evaluation.target_preview import DomainPreview, Preview
from calibration.fitting.sentences import bound
from calibration.stats.formatting import asked_percent
from dashboard import state
from dashboard.components.calibrate.fit.tables import status_badge
from dashboard.components.shared.tiers import limit, percent, percents, threshold
from dashboard.i18n import escaped, t


def show(rows: Mapping[str, DomainPreview]) -> None:
    """The table."""
    st.table(table(rows), border="horizontal", hide_index=True)


def table(rows: Mapping[str, DomainPreview]) -> pd.DataFrame:
    """One row a domain."""
    return pd.DataFrame(
        [
            {
                t("Domain"): f"**{escaped(domain)}**",
                t("Threshold"): bound(SAME, row.thresholds.get(SAME)),
                t("Certificate"): status_badge(row.certificate),
                t("Recall"): recall(row.found),
                t("What becomes of its pairs"): shares(row.found),
                t("Recommendation"): row.recommendation.explain(state.locale()),
            }
            for domain, row in rows.items()
        ]
    )


def recall(found: Decisions) -> str:
    """How many of the pairs that mean the same are merged, with its interval."""
    if not found.merged:
        return "–"
    shown = unbroken(percents(found.recall))
    if found.floor > LOWEST_SCORE:
        return t("{recall} of those at {floor} or above", recall=shown, floor=threshold(found.floor))
    return shown


def unbroken(interval: str) -> str:
    """A share with its interval on one line."""
    return interval.replace(" ", "\N{NO-BREAK SPACE}").replace("–", "\N{WORD JOINER}–\N{WORD JOINER}")


def shares(found: Decisions) -> str:
    """Merged, left to a person, kept apart, in one line."""
    merged, person, apart = found.shares
    said = t("merge {merged}%, check {person}%, apart {apart}%", merged=merged, person=person, apart=apart)
    return re.sub(r" (?=\d)", "\N{NO-BREAK SPACE}", said)


def targets(preview: Preview, chosen: float) -> pd.DataFrame:
    """Every domain at every previewed target: its threshold and its recall; the chosen target in bold."""
    names = next(iter(preview.values()))
    return pd.DataFrame(
        [
            {
                t("Domain"): f"**{escaped(domain)}**",
                **{
                    asked_percent(target): f"**{_cell(rows[domain])}**" if target == chosen else _cell(rows[domain])
                    for target, rows in preview.items()
                },
            }
            for domain in names
        ]
    )


def _cell(row: DomainPreview) -> str:
    """Threshold and recall, or why there is none."""
    at = row.thresholds.get(SAME)
    if at is None:
        return status_badge(row.certificate)
    found = percent(row.found.recall.value, 0)
    return t("{threshold} finds {recall}", threshold=limit("≥", threshold(at)), recall=found)
