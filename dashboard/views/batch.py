"""Batch: whole files of texts at once."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard.components.batch.dedup import section as dedup
from dashboard.components.batch.faqs import section as faqs
from dashboard.components.batch.match import section as match
from dashboard.components.batch.unanswered import section as unanswered
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.i18n import t

SECTIONS: Final = {
    "dedup": Section(
        N_("Deduplicate"),
        N_("Find the rows of a file that mean the same, review them, and keep one of each."),
        dedup.show,
    ),
    "match": Section(
        N_("Match"),
        N_("Answer queries from a FAQ, report those without an answer, and measure the quality."),
        match.show,
    ),
    "faqs": Section(
        N_("FAQ collections"),
        N_("The FAQs that the API answers from, with their versions, and from which score on they answer."),
        faqs.show,
    ),
    "unanswered": Section(
        N_("Unanswered questions"),
        N_("What people asked and no FAQ answered, most often asked first: make entries of it in two clicks."),
        unanswered.show,
    ),
}

sections.page("batch", t("Batch"), SECTIONS)
