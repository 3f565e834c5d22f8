"""Live comparison: all answers, their order, and the file of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from calibration.certificates.sampling_design import LABELS_ONLY
from dashboard import state
from dashboard.components.compare import chance_words, history, second_model, share
from dashboard.components.compare.form import Query
from dashboard.components.compare.result import card
from dashboard.components.compare.verdict import Verdict
from dashboard.components.shared.tables import csv_bytes, page_of
from dashboard.i18n import t, tn


def show(found: Sequence[Verdict], query: Query, link: str) -> None:
    """The answers as cards, page by page, in the order chosen."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(tn("{count} result", "{count} results", len(found)), anchor=False, width="content")
        by_score = st.toggle(t("Highest score first"), value=True, key=state.LIVE_SORT, persist_state="session")
        share.share(link)
        history.menu()
        st.download_button(
            t("Download CSV"),
            csv_bytes(table(found, query)),
            "compare.csv",
            "text/csv",
            icon=":material/download:",
        )
    found = _beside(found, query)
    if by_score:
        found = sorted(found, key=lambda verdict: -verdict.text.score)
    chance_words.remark(verdict.chance for verdict in found)
    cards = st.container()
    shown = page_of(len(found), state.LIVE_PAGE)
    with cards:
        for number, verdict in enumerate(found[shown], start=shown.start):
            card(number, verdict, query)


def _beside(found: Sequence[Verdict], query: Query) -> Sequence[Verdict]:
    """The answers with the second model's scores, where one is chosen."""
    name, scores = second_model.scores(query, [verdict.text.target for verdict in found])
    if not name:
        return found
    return [replace(verdict, beside=(name, score)) for verdict, score in zip(found, scores, strict=True)]


def table(found: Sequence[Verdict], query: Query) -> pd.DataFrame:
    """The answers as rows, for a file."""
    return pd.DataFrame(
        {
            "source": query.source,
            "target": [verdict.text.target for verdict in found],
            "score": [verdict.text.score for verdict in found],
            "tier": [verdict.tier or "" for verdict in found],
            "published_tier": [verdict.published for verdict in found],
            **_chances(found),
            **_second(found),
            "domain": query.domain or "",
            "policy": f"{query.policy.name} v{query.policy.version}" if query.policy else "",
        }
    )


def _second(found: Sequence[Verdict]) -> dict[str, list[float | None]]:
    """The second model's scores under its name, where there is one."""
    name = next((verdict.beside[0] for verdict in found if verdict.beside), "")
    return {f"score_{name}": [verdict.beside[1] if verdict.beside else None for verdict in found]} if name else {}


def _chances(found: Sequence[Verdict]) -> dict[str, list[float | None]]:
    """P(same) and its interval by column, where it may be shown."""
    shown = [v.chance if v.chance is not None and v.chance.claims != LABELS_ONLY else None for v in found]
    if not any(shown):
        return {}
    return {
        "p_same": [chance.value if chance else None for chance in shown],
        "p_same_low": [chance.lower if chance else None for chance in shown],
        "p_same_high": [chance.upper if chance else None for chance in shown],
    }
