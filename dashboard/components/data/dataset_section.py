"""One dataset: its pairs to edit, its history, second labels, and what can be made of it."""

from __future__ import annotations

from dashboard.components.data import choose as dataset_choose
from dashboard.components.data import disagreements, events, make, second_labels, table


def show() -> None:
    """The section, top to bottom."""
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
