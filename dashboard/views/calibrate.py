"""Calibrate: from scored pairs to thresholds, and how good they are."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard.components.calibrate.costs import section as costs
from dashboard.components.calibrate.distribution import section as distribution
from dashboard.components.calibrate.fit import section as fit
from dashboard.components.calibrate.preprocessing import section as preprocessing
from dashboard.components.calibrate.quality import section as quality
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.i18n import t

SECTIONS: Final = {
    "fit": Section(
        N_("Calibration"),
        N_("Find, for each domain, the lowest thresholds that are certified to meet your target precision."),
        fit.show,
    ),
    "distribution": Section(
        N_("Distribution"),
        N_("See how the scores of each label are distributed, and try thresholds before you calibrate."),
        distribution.show,
    ),
    "costs": Section(
        N_("Costs"),
        N_("Enter what mistakes cost you, and compare the cheapest thresholds with those in use."),
        costs.show,
    ),
    "quality": Section(
        N_("Quality"),
        N_("See how well the model's scores separate pairs, and what a score means, before you set thresholds."),
        quality.show,
    ),
    "preprocessing": Section(
        N_("Preprocessing"),
        N_("Measure which cleaning steps, punctuation mapping and ways to read long texts help on your pairs."),
        preprocessing.show,
    ),
}

sections.page("calibrate", t("Calibrate"), SECTIONS)
