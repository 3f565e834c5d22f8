"""Second labels: the dataset, and its pairs one after another."""

from __future__ import annotations

from dashboard.components.data import choose, second_labels


def show() -> None:
    """The section, top to bottom."""
    dataset = choose.chosen()
    if dataset is not None:
        second_labels.label(dataset)
