"""Where the pairs to draw from come from: a file, or what the API saw where the operator keeps it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from calibration.columns import DOMAIN
from dashboard import resources, state
from dashboard.api.pair_sampling import kept_a_day
from dashboard.components.frame.shell import model_ready
from dashboard.components.shared import unlabelled_upload
from dashboard.i18n import naming, t, tn

FROM_FILE: Final = "file"
FROM_API: Final = "api"


def given() -> unlabelled_upload.Pool | None:
    """Pairs of a file, or those that the API saw where the operator keeps them."""
    kept = kept_a_day()
    names = {FROM_FILE: t("A file"), FROM_API: t("Pairs that the API saw")}
    source = st.segmented_control(
        t("Take pairs from"), list(names), default=FROM_FILE, required=True, key=state.PLAN_SOURCE,
        persist_state="session", format_func=naming(names, lambda key: names[key]),
    )  # fmt: skip
    if source == FROM_FILE:
        return unlabelled_upload.upload("plan", t("Pairs without labels"))
    if not model_ready():
        return None
    frame = resources.store().live_pairs.frame(resources.encoder().fingerprint)
    if frame.empty:
        st.info(
            tn(
                "No pair has come yet; {count} a day and domain is kept.",
                "No pair has come yet; {count} a day and domain are kept.",
                kept,
            )
            if kept
            else t(
                "The pairs of the API are not kept: they are texts of users. The operator switches it on with "
                "`SIMTIER_KEEP_PAIRS=200`, the number of pairs kept a day in each domain, for 30 days."
            ),
            icon=":material/inbox:" if kept else ":material/visibility_off:",
        )
        return None
    domains = frame[DOMAIN].nunique()
    found = tn("{count} pair", "{count} pairs", len(frame))
    st.caption(
        t(
            "{pairs} of {domains}, drawn at random from what `/v1/similarity` was asked in the last 30 days.",
            pairs=found,
            domains=tn("{count} domain", "{count} domains", domains),
        )
    )
    return unlabelled_upload.of_frame(t("API pairs"), frame)
