"""One dataset: its pairs to edit, its history, second labels, and what can be made of it."""

from __future__ import annotations

from dashboard.components import (
    dataset_choose,
    dataset_events,
    dataset_make,
    dataset_table,
    disagreements,
    second_labels,
)
from dashboard.components.shell import heading
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
        dataset_table.table(dataset)
    elif section == dataset_choose.HISTORY:
        dataset_events.history(dataset)
    elif section == dataset_choose.SECOND:
        second_labels.label(dataset)
    elif section == dataset_choose.DISAGREE:
        disagreements.review(dataset)
    else:
        dataset_make.offers(dataset)


page()
