"""Live scores day by day in a domain, beside those that were calibrated on."""

from __future__ import annotations

import streamlit as st

from calibration.columns import DOMAIN, SCORE
from calibration.report.daily import DAY, MIDDLE, SCORES, DailyTexts, daily_chart, daily_frame
from dashboard.components.monitor.run import Drifted
from dashboard.components.shared import figure
from dashboard.i18n import day, t


def show(found: Drifted, domain: str) -> None:
    """The chart, where there are live scores of two days or more."""
    if found.daily.empty:
        return
    live = found.daily[found.daily[DOMAIN] == domain]
    if live[DAY].nunique() < 2:
        return
    before = found.calibration[found.calibration[DOMAIN] == domain][SCORE].quantile([0.25, 0.5, 0.75])
    frame = daily_frame(live)
    first, last = frame.iloc[0], frame.iloc[-1]
    message = t(
        "The median of a day went from **{first}** ({first_day}, {first_n} scores) to **{last}** ({last_day}, "
        "{last_n} scores); calibrated on: {before}.",
        first=f"{first[MIDDLE]:.3f}",
        first_day=day(first[DAY]),
        first_n=f"{first[SCORES]:,}",
        last=f"{last[MIDDLE]:.3f}",
        last_day=day(last[DAY]),
        last_n=f"{last[SCORES]:,}",
        before=f"{before.iloc[1]:.3f}",
    )
    texts = DailyTexts(t("Day"), t("Score (cosine)"), t("Lower quartile"), t("Upper quartile"), t("Live scores"))
    quartiles = (float(before.iloc[0]), float(before.iloc[1]), float(before.iloc[2]))
    st.markdown(t("**Day by day**: median and middle half; dashed: the quartiles of the calibration scores"))
    alt = t("Live scores by day, median and middle half, compared with the calibration")
    figure.show(frame, daily_chart(quartiles, texts), f"drift_daily_{domain}", alt, message)
