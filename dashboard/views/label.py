"""Label: how many more labels a promise takes, which ones, and the labelling itself."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.components.label import second_section, section, session_section
from dashboard.i18n import t

SECTIONS: Final = {
    "session": Section(
        N_("Label"),
        N_("Pairs drawn at random, labelled here by keyboard; after each batch you see what the labels prove."),
        session_section.show,
    ),
    "plan": Section(
        N_("What to label"),
        N_("See how many more labels your target needs, and get the pairs that are most useful to label."),
        section.show,
    ),
    "second": Section(
        N_("Second labels"),
        N_("Label pairs again without seeing the first labels, to measure how well people agree."),
        second_section.show,
    ),
}

sections.page("label", t("Label"), SECTIONS)
