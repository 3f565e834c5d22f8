"""One dataset: its pairs to edit, its history, second labels, and what can be made of it."""

from __future__ import annotations

from dashboard.components.datasets import choose as dataset_choose
from dashboard.components.datasets import disagreements, events, make, second_labels, table
from dashboard.components.frame.shell import heading
from dashboard.i18n import t


def page() -> None:
    """The page, top to bottom."""
    heading(
        t("Dataset"),
        t("Correct labels, have them checked by a second person, and follow every change back to its origin."),
    )
    dataset = dataset_choose.chosen()
    if dataset is None:
        return
    section = dataset_choose.section()
    if section == dataset_choose.PAIRS:
        table.table(dataset)
    elif section == dataset_choose.HISTORY:
        events.history(dataset)
    elif section == dataset_choose.SECOND:
        second_labels.label(dataset)
    elif section == dataset_choose.DISAGREE:
        disagreements.review(dataset)
    else:
        make.offers(dataset)


page()
