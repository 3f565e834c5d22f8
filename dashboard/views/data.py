"""Data: bring in pairs, check and correct them, keep them as datasets."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard.components.data import dataset_section, datasets_section
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.i18n import t

SECTIONS: Final = {
    "datasets": Section(
        N_("Datasets"),
        N_("Import labelled pairs, check every row, and save the good ones as datasets for calibration."),
        datasets_section.show,
    ),
    "dataset": Section(
        N_("Rows and history"),
        N_("Correct labels, have them checked by a second person, and trace every change to its origin."),
        dataset_section.show,
    ),
}

sections.page("data", t("Data"), SECTIONS)
