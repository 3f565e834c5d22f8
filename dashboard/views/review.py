"""Review: what was judged wrongly, sorted out together."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.components.review.cases import patterns_section as patterns
from dashboard.components.review.cases import section as cases
from dashboard.components.review.find import section as find
from dashboard.components.review.inbox import section as inbox
from dashboard.i18n import t

SECTIONS: Final = {
    "inbox": Section(
        N_("Inbox"),
        N_("New cases one after another by keyboard: conflicts first, then the clearest errors."),
        inbox.show,
    ),
    "cases": Section(
        N_("All cases"),
        N_("Every case with its history: filter, change in bulk, add to a dataset, download."),
        cases.show,
    ),
    "find": Section(
        N_("Find or import"),
        N_("False merges and missed merges among your labelled pairs, the clearest errors first."),
        find.show,
    ),
    "patterns": Section(
        N_("Patterns"),
        N_("Which tags, domains and scores your bad cases come from, and how that changes."),
        patterns.show,
    ),
}

sections.page("review", t("Review"), SECTIONS)
