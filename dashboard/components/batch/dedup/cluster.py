"""One cluster for a reviewer: who stands for whom, confirm, split, and where two long texts agree."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from calibration.corpus.dedup import REASONS
from calibration.corpus.passages import best_passages
from calibration.corpus.review import Review
from calibration.store import ClusterRun
from dashboard import resources
from dashboard.components.batch.dedup.review import set_confirmed, split
from dashboard.components.batch.dedup.run import Deduplicated
from dashboard.components.shared import glosses, tables
from dashboard.i18n import escaped, t, tn

LONG: Final = 60
"""Characters from which on it helps to see where two texts agree."""
SHOWN: Final = 50
"""Rows of a cluster that are shown at most; all of them are in the file."""


def card(job_id: str, found: Deduplicated, review: Review, representative: int, *, may: bool) -> None:
    """A cluster; `may`: whether who looks at it may review it."""
    texts, clusters = found.read.texts, review.clusters
    members = clusters.members(representative)
    confirmed = representative in review.confirmed
    with st.container(border=True):
        mark = t(":green-badge[:material/check: confirmed]") if confirmed else ""
        st.markdown(f"**{escaped(texts[representative])}** {mark}")
        rows = members[:SHOWN]
        frame = pd.DataFrame(
            {
                "row": found.read.lines[rows],
                "text": [texts[row] for row in rows],
                "score": clusters.scores[rows],
                "reason": [t(REASONS[clusters.reasons[row]]) for row in rows],
            }
        )
        more = glosses.column(frame, "text")
        event = st.dataframe(
            glosses.with_english(frame, "text")[[*frame.columns, *more]],
            key=f"cluster_{job_id}_{representative}_{len(members)}",
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            lazy=False,
            alt=t("Rows of one cluster"),
            column_config={
                "row": st.column_config.NumberColumn(t("Row"), width="small"),
                "text": tables.text(t("Text"), "large"),
                "score": tables.score(t("Score")),
                "reason": tables.text(t("Reason")),
                **more,
            },
        )
        ticked = [int(rows[at]) for at in event["selection"]["rows"] if at < len(rows)]
        chosen = [row for row in ticked if row != representative]
        _buttons(job_id, found.run, representative, chosen, confirmed, may=may)
        if len(chosen) == 1:
            _passages(texts[representative], texts[chosen[0]], found)


def _buttons(
    job_id: str, run: ClusterRun, representative: int, chosen: list[int], confirmed: bool, *, may: bool
) -> None:
    with st.container(horizontal=True):
        st.button(
            t("Reopen") if confirmed else t("Confirm"),
            key=f"confirm_{job_id}_{representative}",
            icon=":material/undo:" if confirmed else ":material/check:",
            on_click=set_confirmed,
            args=(run, representative, not confirmed),
            disabled=not may,
        )
        st.button(
            tn("Split off {count} selected", "Split off {count} selected", len(chosen)),
            key=f"split_{job_id}_{representative}",
            icon=":material/call_split:",
            on_click=split,
            args=(run, chosen),
            disabled=not may or not chosen,
            help=t("Tick rows that do not belong here; each becomes a kept row of its own."),
        )


def _passages(first: str, second: str, found: Deduplicated) -> None:
    """Where two long texts agree."""
    if max(len(first), len(second)) < LONG:
        return
    best = best_passages(first, second, resources.encoder(), found.clusters.threshold.options)
    st.caption(t("The parts that match best:"))
    st.table(
        pd.DataFrame(
            {
                t("Kept text"): [escaped(one.first) for one in best],
                t("Selected text"): [escaped(one.second) for one in best],
                t("Score"): [f"{one.score:.4f}" for one in best],
            }
        ),
        border="horizontal",
        hide_index=True,
    )
