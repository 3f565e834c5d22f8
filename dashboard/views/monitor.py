"""Monitor: whether the promise still holds on live pairs."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.components.monitor import promise, section
from dashboard.i18n import t

SECTIONS: Final = {
    "promise": Section(
        N_("Promise in use"),
        N_("Whether the precision that the policy in use promises still holds on live pairs that people review."),
        promise.show,
    ),
    "drift": Section(
        N_("Drift"),
        N_("See whether the scores of live pairs still look like those that your thresholds were calibrated on."),
        section.show,
    ),
}

sections.page("monitor", t("Monitor"), SECTIONS)
