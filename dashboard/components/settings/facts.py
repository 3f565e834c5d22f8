"""What the model in use is like: facts, published thresholds, and what its vector cache holds."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calibration.encoding import CachedEncoder, cache_care
from calibration.encoding.describe import ModelFacts, facts
from calibration.encoding.engines.processor import BFLOAT16, INT8
from calibration.messages.catalogues import explain_words
from calibration.settings import cache_bytes
from calibration.stats.formatting import limit, size
from dashboard import state
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
        t("Arithmetic"): _arithmetic(found),
        t("Processor"): _processor(found),
        t("Runs on"): t(
            "{device}; batches at once: {places}, threads of each: {count}",
            device=found.device,
            places=found.places,
            count=found.threads,
        ),
        **_batch(found),
        t("Folder"): str(found.folder),
    }
    rows |= {t("License"): str(value) for name, value in found.card.items() if name == "license"}
    return pd.DataFrame({"fact": list(rows), "value": [escaped(value) for value in rows.values()]}).set_index(
        "fact"
    )


def _batch(found: ModelFacts) -> dict[str, str]:
    return {} if found.batch is None else {t("Batch size"): explain_words(found.batch.words, state.locale())}


def _arithmetic(found: ModelFacts) -> str:
    near, ratio = found.fidelity, found.ratio
    kind = t("{arithmetic} by {engine}", arithmetic=found.arithmetic, engine=found.engine)
    if near is None or ratio is None:
        said = t("full: {kind}", kind=kind)
        return said if found.no_graph is None else f"{said} ({_no_graph(found)})"
    return t(
        "fast: {kind}, {ratio} times as fast as full for short texts when it was made; cosine to full {mean} on "
        "average, {least} at least; a pair's score moves by at most {shift} ({texts} texts)",
        kind=kind,
        ratio=f"{ratio:.1f}",
        mean=f"{near.mean:.5f}",
        least=f"{near.least:.5f}",
        shift=f"{near.shift:.5f}",
        texts=near.texts,
    )


def _no_graph(found: ModelFacts) -> str:
    reason = explain_words(found.no_graph or "", state.locale())
    return t("not by OpenVINO: {reason}", reason=reason)


def _processor(found: ModelFacts) -> str:
    has = ", ".join(found.instructions) or t("none of the instructions for 16 or 8 bits")
    chosen = {
        BFLOAT16: t("fast uses 16-bit floats here: the fastest, and the closest to full"),
        INT8: t("fast uses 8-bit integers here, because there is no AMX for 16-bit floats"),
    }
    return f"{has}: {chosen.get(found.fastest, t('fast is the same as full here'))}"


def _published(found: ModelFacts) -> None:
    if not found.thresholds:
        return
    begins = {tier: limit("≥", f"{value:.2f}") for tier, value in found.thresholds.items()}
    said = " · ".join(f"{tier_name(tier)} {begin}" for tier, begin in begins.items())
    st.markdown(t("**Published thresholds:** {thresholds}", thresholds=said))
    st.warning(
        t("They were calibrated on their publisher's data. Calibrate on your own before you rely on them."),
        icon=":material/warning:",
    )


def _cache(encoder: CachedEncoder) -> None:
    st.subheader(t("Vector cache"), anchor=False)
    st.caption(t("Texts that were encoded once are read from here, also after a restart."))
    held = cache_care.content(encoder.path)
    own = sum(model.entries for model in held.models if model.fingerprint == encoder.fingerprint)
    asked = encoder.hits + encoder.misses
    hits = f"{encoder.hits:,} / {asked:,}"
    numbers = {
        t("Vectors of this model"): f"{own:,}",
        t("Vectors of all models"): f"{held.entries:,}",
        t("Used (limit {limit})", limit=size(cache_bytes())): size(held.used),
        t("Cache hits since start"): hits,
    }
    for column, (name, value) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(name, value, border=True)
