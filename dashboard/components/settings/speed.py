"""How fast the model in use encodes on this machine, measured when somebody asks."""

from __future__ import annotations

import streamlit as st

from calibration.encoding import CachedEncoder
from calibration.encoding.speed import Speed, measure
from dashboard import resources, state
from dashboard.components.frame import progress
from dashboard.i18n import t


def ask(encoder: CachedEncoder) -> None:
    """The button, the wait, and what was measured."""
    st.subheader(t("Speed on this machine"), anchor=False)
    if st.button(t("Measure the speed"), key="speed_go", icon=":material/speed:"):
        progress.remember(state.SPEED_JOB, _start(encoder))
    finished = progress.follow(state.SPEED_JOB, t("Measuring"))
    if finished is not None:
        _show(resources.jobs().result(finished.id))


def _start(encoder: CachedEncoder) -> str:
    uncached = encoder.uncached
    return resources.jobs().submit(
        "speed", lambda told, cancel: (encoder.name, measure(uncached, progress=told, cancel=cancel))
    )


def _show(measured: tuple[str, Speed]) -> None:
    name, found = measured
    rate, one = st.columns(2)
    rate.metric(t("Texts a second"), f"{found.rate:,.0f}", border=True)
    one.metric(t("One text"), t("{count} ms", count=round(found.one * 1000)), border=True)
    st.caption(
        t(
            "{name}: median of {rounds} rounds of {texts} short texts ({tokens} tokens each on average), from "
            "{slowest} to {fastest} texts a second; the cache was not used. Other work on this machine affects "
            "the result.",
            name=name,
            rounds=found.rounds,
            texts=found.texts,
            tokens=round(found.tokens),
            slowest=f"{found.slowest:,.0f}",
            fastest=f"{found.fastest:,.0f}",
        )
    )
