"""What a comparison of live scores found: the sentence, both histograms, the numbers."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from calibration.columns import DOMAIN, SCORE
from calibration.comparison.drift import CHECK, DRIFTED, QUIET, DomainDrift, Drift
from calibration.report.histogram import bin_edges
from calibration.report.palette import TIER_COLORS
from calibration.stats.formatting import DASH, limit
from dashboard import state
from dashboard.components.monitor import daily
from dashboard.components.monitor.run import Drifted
from dashboard.components.shared import figure
from dashboard.components.shared.tiers import percent
from dashboard.i18n import escaped, t

ICONS: Final = {DRIFTED: ":material/warning:", CHECK: ":material/visibility:", QUIET: ":material/check_circle:"}
BINS: Final = 40


def show(found: Drifted) -> None:
    """Domain by domain, then what no score can tell."""
    for note in found.drift.notes:
        st.info(note.explain(state.locale(), lambda _, value: escaped(value)), icon=":material/info:")
    for domain in found.drift.domains.values():
        _domain(found, domain)
    st.table(numbers_table(found.drift), border="horizontal", hide_index=True)
    st.caption(
        t(
            "PSI over tenths of the calibration scores; by chance alone it exceeds the alarm level in at most "
            "one of {times} comparisons, corrected for the number of domains. KS: the largest distance between "
            "the two distributions. Both treat pairs as independent, so many live pairs that share a text raise "
            "too many alarms.",
            times=f"{1 / found.drift.level:.0f}",
        )
    )


def _domain(found: Drifted, domain: DomainDrift) -> None:
    """One domain."""
    with st.container(border=True, key=f"drift_{domain.domain}"):
        params = {name: escaped(value) for name, value in domain.sentence.params}
        icon = ICONS.get(domain.status, ":material/hourglass_empty:")
        st.markdown(f"{icon} {t(domain.sentence.message, **params)}")
        sides = {
            name: _compared(side, domain)
            for name, side in ((t("calibration"), found.calibration), (t("live"), found.live))
        }
        if domain.n and domain.m:
            alt = t("Share of pairs by score, calibration and live, overlaid")
            figure.show(shares(sides), _spec(list(sides)), f"drift_chart_{domain.domain}", alt, _message(domain))
            daily.show(found, domain.domain)


def _message(domain: DomainDrift) -> str:
    """How far the two histograms are apart."""
    return t(
        "The median moved from **{before}** ({n} calibration scores) to **{after}** ({m} live scores); the two "
        "distributions differ by {ks} at most.",
        before=_number(domain.medians[0]),
        after=_number(domain.medians[1]),
        n=f"{domain.n:,}",
        m=f"{domain.m:,}",
        ks=percent(domain.ks),
    )


def _compared(side: pd.DataFrame, domain: DomainDrift) -> pd.Series:
    """The scores of a domain that were compared."""
    scores = side[side[DOMAIN] == domain.domain][SCORE]
    return scores[scores >= domain.floor]


def shares(sides: dict[str, pd.Series]) -> pd.DataFrame:
    """Both sides' shares of scores in the same bins."""
    scores = {name: values.to_numpy(dtype=np.float64) for name, values in sides.items()}
    edges = bin_edges(np.concatenate(list(scores.values())), BINS)
    parts = []
    for name, values in scores.items():
        known = values[np.isfinite(values)]
        counts = np.histogram(known, edges)[0]
        parts.append(
            pd.DataFrame(
                {"side": name, "lo": edges[:-1], "hi": edges[1:], "share": counts / max(len(known), 1), "n": counts}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _spec(names: list[str]) -> dict[str, Any]:
    """Vega-Lite spec, without data: two histograms, laid over each other."""
    colors = [TIER_COLORS["same"], TIER_COLORS["weak"]]
    return {
        "mark": {"type": "bar", "opacity": 0.5, "stroke": None},
        "encoding": {
            "x": {"field": "lo", "type": "quantitative", "bin": "binned", "title": t("Score (cosine)")},
            "x2": {"field": "hi"},
            "y": {
                "field": "share",
                "type": "quantitative",
                "title": t("Share of pairs"),
                "stack": None,
                "axis": {"format": ".0%"},
            },
            "color": {
                "field": "side",
                "type": "nominal",
                "title": None,
                "scale": {"domain": names, "range": colors},
                "legend": {"orient": "top"},
            },
            "tooltip": [
                {"field": "side", "type": "nominal", "title": t("Pairs")},
                {"field": "lo", "type": "quantitative", "title": t("Score"), "format": ".3f"},
                {"field": "share", "type": "quantitative", "title": t("Share of pairs"), "format": ".1%"},
                {"field": "n", "type": "quantitative", "title": t("Count"), "format": ",d"},
            ],
        },
        "height": 320,
    }


def numbers_table(drift: Drift) -> pd.DataFrame:
    """Every number of every domain."""
    return pd.DataFrame(
        [
            {
                t("Domain"): escaped(found.domain),
                t("Calibration scores"): f"{found.n:,}",
                t("Live scores"): f"{found.m:,}",
                t("Medians"): f"{_number(found.medians[0])} → {_number(found.medians[1])}",
                t("PSI (alarm above)"): _psi(found),
                t("p of PSI, corrected"): _p(found.psi_p_adjusted),
                "KS": percent(found.ks),
                t("p of KS, corrected"): _p(found.ks_p_adjusted),
            }
            for found in drift.domains.values()
        ]
    )


def _psi(found: DomainDrift) -> str:
    """The index beside its alarm; a dash where nothing was compared."""
    if not math.isfinite(found.psi):
        return DASH
    return f"{_number(found.psi)} ({_number(found.alarm_at)})"


def _number(value: float) -> str:
    """Three digits, or a dash."""
    if not math.isfinite(value):
        return DASH
    return f"{value:.3f}" if value >= 0.001 or value == 0 else limit("<", "0.001")


def _p(value: float) -> str:
    """A p-value, which is never exactly 0, only too small for a float."""
    return limit("<", "0.001") if value < 0.001 else _number(value)
