"""Policies: what is in use, what publishing another would change, and the way back."""

from __future__ import annotations

from typing import Final

from calibration.errors import N_
from dashboard import resources
from dashboard.components.frame import sections
from dashboard.components.frame.sections import Section
from dashboard.components.policies import diff, history, importing, listing, publish
from dashboard.components.policies.compare import section as compare
from dashboard.i18n import t


def _differences() -> None:
    """Two versions side by side."""
    diff.diff(resources.store().policies.list())


SECTIONS: Final = {
    "versions": Section(
        N_("All versions"),
        N_("Every version of your thresholds: publish one after checks, compare two, roll back in one step."),
        listing.listing,
    ),
    "compare": Section(
        N_("Compare policies"),
        N_("Compare two versions of your thresholds on the same labelled pairs before you put one into use."),
        compare.show,
    ),
    "differences": Section(
        N_("What differs"),
        N_("See which thresholds of two versions differ, and which stored pairs change their tier."),
        _differences,
    ),
    "history": Section(
        N_("History"),
        N_("Which version was in use when, and who published it."),
        history.show,
    ),
    "files": Section(
        N_("Files"),
        N_("Import a policy from a file, or export one."),
        importing.files,
    ),
}

publish.dialog()
sections.page("policies", t("Policies"), SECTIONS)
