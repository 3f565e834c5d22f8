"""Settings: the model, who may do what, and where things are explained."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.components.settings import help_section, model_section
from dashboard.i18n import t

SECTIONS: Final = {
    "model": Section(
        N_("Model"),
        N_("See which model scores your texts, measure its speed, and switch models without a restart."),
        model_section.show,
    ),
    "help": Section(
        N_("Documentation"),
        N_("From the first pair to a policy in service, step by step."),
        help_section.show,
    ),
    "glossary": Section(
        N_("Glossary"),
        N_("One word for each concept, on the pages, in commands and in the API."),
        help_section.glossary,
    ),
}

sections.page("settings", t("Settings"), SECTIONS)
