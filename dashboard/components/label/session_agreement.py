"""How well the people of a session agree on the pairs that two of them labelled, and what is to be decided."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, TEXT_A, TEXT_B
from calibration.labels.agreement import agreement, differing
from calibration.stats.text_groups import text_groups
from calibration.store.sessions.records import LabellingSession
from dashboard import resources
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, say
from dashboard.components.shared.tiers import estimate, label_name, percents
from dashboard.i18n import escaped, t, tn

SHOWN: int = 10


def show(session: LabellingSession) -> None:
    """Kappa with its interval, and the pairs on which two people differ."""
    both = resources.store().sessions.twice(session.id)
    if both.empty:
        return
    found = agreement(both["first"], both["second"], session.kind, text_groups(both))
    weighted = t("weighted kappa") if found.weights else t("kappa")
    apart = both[differing(both["first"], both["second"]) & both["chosen"].isna().to_numpy()]
    title = tn("Agreement on {count} pair", "Agreement on {count} pairs", len(both))
    if len(apart):
        title += " · " + tn("{count} to decide", "{count} to decide", len(apart))
    with st.expander(title, icon=":material/group:", expanded=bool(len(apart))):
        st.markdown(
            t(
                "The same label on {agreed}; {kappa} {value}.",
                agreed=percents(found.agreed),
                kappa=weighted,
                value=estimate(found.kappa),
            )
        )
        for row in apart.head(SHOWN).to_dict("records"):
            _decide(session, {str(key): value for key, value in row.items()})


def _decide(session: LabellingSession, row: dict[str, object]) -> None:
    """One pair, both labels with their names, and a button for each."""
    place = int(str(row["position"]))
    with st.container(border=True, key=f"settle_{place}"):
        st.markdown(f"{escaped(str(row[TEXT_A]))}\n\n{escaped(str(row[TEXT_B]))}")
        st.caption(escaped(str(row[DOMAIN])))
        with st.container(horizontal=True):
            for side in ("first", "second"):
                value = float(str(row[side]))
                words = f"{escaped(str(row[f'{side}_by']))}: {label_name(value, session.kind)}"
                st.button(words, key=f"settle_{place}_{side}", on_click=settle, args=(session.id, place, value))


@attempting
def settle(session_id: int, place: int, chosen: float) -> None:
    """Take one of two labels, as a callback."""
    stamp = pd.Timestamp.now().value
    resources.store().sessions.settle(session_id, place, chosen, f"settle-{place}-{stamp}", actor=actor())
    say(t("Decided."))
