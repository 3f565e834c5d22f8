"""What is promised: a precision or a false positive rate, how sure, and for what; set once for all pages."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from calibration.certificates.certificate import CLAIM_DOMAIN
from calibration.certificates.procedures import AUTO, METHODS
from calibration.columns import DEFAULT_CONFIDENCE, DEFAULT_PRECISION
from calibration.errors import N_
from calibration.fitting.fit import FitSettings
from calibration.fitting.names import CLAIM_NAMES, METHOD_NAMES
from calibration.stats.formatting import limit
from dashboard import state
from dashboard.i18n import naming, t

PRECISION: Final = "precision"
RATE: Final = "rate"
TARGET_NAMES: Final = {PRECISION: N_("Precision"), RATE: N_("False positive rate")}
RATES: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Rates to choose from, in percent."""
DEFAULTS: Final = {
    state.TARGET: PRECISION,
    state.PRECISION: round(100 * DEFAULT_PRECISION),
    state.RATE: 5.0,
    state.CONFIDENCE: round(100 * DEFAULT_CONFIDENCE),
    state.CLAIM: CLAIM_DOMAIN,
    state.METHOD: AUTO,
    state.CLUSTERED: True,
}
"""What is asked until somebody changes it, by the key of its widget."""


def asked() -> FitSettings:
    """The promise as it is set now."""
    rate = _value(state.RATE) / 100 if _value(state.TARGET) == RATE else None
    precision = FitSettings.precision if rate is not None else _value(state.PRECISION) / 100
    return FitSettings(
        precision,
        _value(state.CONFIDENCE) / 100,
        _value(state.METHOD),
        _value(state.CLAIM),
        fpr=rate,
        clustered=_value(state.CLUSTERED),
    )


def precision() -> float:
    """The precision to promise, 0 to 1, also where a rate is promised."""
    return float(_value(state.PRECISION)) / 100


def set_precision(percent: int) -> None:
    """Promise this precision from now on; before the widgets are drawn, or as a callback."""
    state.put(state.TARGET, PRECISION)
    state.put(state.PRECISION, percent)


def words(settings: FitSettings) -> str:
    """The target in two words."""
    if settings.fpr is not None:
        return f"{t('false positive rate')} {limit('≤', f'{settings.fpr * 100:g}%')}"
    return f"{t('precision')} {limit('≥', f'{settings.precision * 100:g}%')}"


def ask() -> None:
    """The widgets."""
    for key, value in DEFAULTS.items():
        if state.get(key) is None:
            state.put(key, value)
    st.radio(
        t("Promise"),
        list(TARGET_NAMES),
        format_func=naming(TARGET_NAMES, lambda key: t(TARGET_NAMES[key])),
        key=state.TARGET,
        persist_state="session",
        horizontal=True,
        label_visibility="collapsed",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _rate() if _value(state.TARGET) == RATE else _share(
            t("Precision to promise"),
            state.PRECISION,
            t("At least this share of the pairs that get a tier really belong in it."),
        )
    with right:
        _share(
            t("Confidence"),
            state.CONFIDENCE,
            t("How sure the promise is: at 90%, it fails for at most one sample of labels in ten."),
        )
    with left:
        st.selectbox(
            t("The confidence is for"),
            list(CLAIM_NAMES),
            format_func=naming(CLAIM_NAMES, lambda key: t(CLAIM_NAMES[key])),
            key=state.CLAIM,
            persist_state="session",
        )
    with right:
        st.selectbox(
            t("Method"),
            list(METHODS),
            format_func=naming(METHODS, lambda key: t(METHOD_NAMES.get(key, key))),
            key=state.METHOD,
            persist_state="session",
        )
    st.toggle(
        t("Labels that share a text count for less"),
        key=state.CLUSTERED,
        persist_state="session",
        help=t("Twenty queries for one question are not twenty independent labels."),
    )


def _rate() -> None:
    st.select_slider(
        t("False positive rate to promise"),
        RATES,
        format_func=lambda value: f"{value:g}%",
        key=state.RATE,
        persist_state="session",
        help=t(
            "At most this share of the pairs that do not belong in a tier get it. Unlike precision, it does not "
            "depend on how common pairs with the same meaning are."
        ),
    )


def _share(label: str, key: str, explained: str) -> None:
    """A slider from 50% to 99%."""
    st.slider(label, 50, 99, format="%d%%", key=key, persist_state="session", help=explained)


def _value(key: str) -> Any:
    """What a widget says; what it begins with where it was not drawn yet."""
    value = state.get(key)
    return DEFAULTS[key] if value is None else value
