"""What the model in use is like: facts, published thresholds, and what its vector cache holds."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.encoding import CachedEncoder, cache_care
from calibration.encoding.describe import ModelFacts, facts
from calibration.figures import limit, size
from calibration.settings import cache_bytes
from dashboard.i18n import escaped, t, tier_name


def show(encoder: CachedEncoder) -> None:
    """Everything known of `encoder` without measuring."""
    found = facts(encoder)
    st.subheader(t("In use: {name}", name=escaped(found.name)), anchor=False)
    numbers = {
        t("Dimensions"): f"{found.dim:,}",
        t("Tokens it reads"): f"{found.max_tokens:,}",
        t("Weights in memory"): size(found.weight_bytes),
    }
    for column, (name, value) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(name, value, border=True)
    st.table(_rows(found), hide_header=True)
    _published(found)
    _cache(encoder)


def _rows(found: ModelFacts) -> pd.DataFrame:
    rows = {
        t("Fingerprint"): found.fingerprint,
        t("Pooling"): found.pooling,
        t("Before every text"): found.prompt or t("nothing"),
        t("Numerical precision"): _precision(found),
        t("Runs on"): t(
            "{device}; batches at once: {places}, threads of each: {count}",
            device=found.device,
            places=found.places,
            count=found.threads,
        ),
        t("Folder"): str(found.folder),
    }
    rows |= {name: str(value) for name, value in found.card.items() if name == "license"}
    return pd.DataFrame({"fact": list(rows), "value": [escaped(value) for value in rows.values()]}).set_index(
        "fact"
    )


def _precision(found: ModelFacts) -> str:
    near = found.fidelity
    if near is None:
        return t("full")
    said = t(
        "fast: cosine to full precision {mean} on average, {least} at least; a pair's score moves by at most "
        "{shift} ({texts} texts)",
        mean=f"{near.mean:.5f}",
        least=f"{near.least:.5f}",
        shift=f"{near.shift:.5f}",
        texts=near.texts,
    )
    if found.quicker:
        return said
    return f"{said}. {t('This processor cannot multiply 8-bit numbers: it saves memory here, but no time.')}"


def _published(found: ModelFacts) -> None:
    if not found.thresholds:
        return
    begins = {tier: limit("≥", f"{value:.2f}") for tier, value in found.thresholds.items()}
    said = " · ".join(f"{tier_name(tier)} {begin}" for tier, begin in begins.items())
    st.markdown(t("**Published thresholds:** {thresholds}", thresholds=said))
    st.warning(
        t(
            "They were calibrated on nobody's data but their publisher's. Calibrate on yours before you rely "
            "on them."
        ),
        icon=":material/warning:",
    )


def _cache(encoder: CachedEncoder) -> None:
    st.subheader(t("Vector cache"), anchor=False)
    st.caption(t("A text that was encoded once is read from here, in every later run too."))
    held = cache_care.content(encoder.path)
    own = sum(model.entries for model in held.models if model.fingerprint == encoder.fingerprint)
    asked = encoder.hits + encoder.misses
    hits = f"{encoder.hits:,} / {asked:,}"
    numbers = {
        t("Vectors of this model"): f"{own:,}",
        t("Vectors of all models"): f"{held.entries:,}",
        t("Used of at most {limit}", limit=size(cache_bytes())): size(held.used),
        t("Found there since the start"): hits,
    }
    for column, (name, value) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(name, value, border=True)
