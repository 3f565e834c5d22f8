"""Labels in datasets that a review has found wrong: where the expectation came from a label, and was not right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from calibration.columns import BINARY, PURPOSE_REVIEW, SAME, TIER, TIERS
from calibration.store.bad_cases.records import CONFIRMED, LABEL_WRONG, BadCase
from calibration.store.bad_cases.rules import pair_key
from calibration.store.database import Database
from calibration.store.schema import datasets, pairs

EVALUATION: Final = "evaluation"
"""The source of cases that were found in labelled data."""
AT_ONCE: Final = 400


@dataclass(frozen=True)
class WrongLabel:
    """Row `row` (from 0) of a dataset says `label` where a review of case `case_id` says `right`."""

    case_id: int
    dataset_id: int
    dataset: str
    row: int
    kind: str
    label: float
    right: float


def right_tier(case: BadCase) -> str | None:
    """What a review found to be right; None while there is none."""
    if case.status == LABEL_WRONG:
        return case.tier_given
    return case.expected if case.status == CONFIRMED else None


def right_label(tier: str, kind: str) -> float | None:
    """The label of this kind for a tier, or `not_same`; None where that is not for sure.

    >>> right_label("related", "binary"), right_label("related", "tier"), right_label("same", "graded")
    (0.0, 2.0, None)
    """
    if kind == BINARY:
        return float(tier == SAME)
    if kind == TIER and tier in TIERS:
        return float(len(TIERS) - 1 - TIERS.index(tier))
    return None


def wrong_labels(database: Database, cases: Sequence[BadCase]) -> tuple[WrongLabel, ...]:
    """The labels of live datasets that reviews of these cases contradict."""
    decided = {(pair_key(case.text_a, case.text_b), case.domain): case for case in cases if right_tier(case)}
    texts = sorted({text for case in decided.values() for text in (case.text_a, case.text_b)})
    found = []
    with database.read() as connection:
        for begin in range(0, len(texts), AT_ONCE):
            found += _rows(connection, texts[begin : begin + AT_ONCE], decided)
    return tuple(sorted(set(found), key=lambda one: (one.dataset_id, one.row)))


def _rows(
    connection: Connection, texts: Sequence[str], decided: dict[tuple[str, str], BadCase]
) -> list[WrongLabel]:
    pair, data = pairs.c, datasets.c
    columns = (
        pair.dataset_id,
        data.name,
        pair.position,
        pair.kind,
        pair.label,
        pair.text_a,
        pair.text_b,
        pair.domain,
    )
    here = pairs.join(datasets, data.id == pair.dataset_id)
    query = select(*columns).select_from(here).where(data.deleted_at.is_(None), pair.text_a.in_(texts))
    query = query.where(pair.purpose.is_(None) | (pair.purpose != PURPOSE_REVIEW))
    found = []
    for dataset_id, name, row, kind, label, text_a, text_b, domain in connection.execute(query):
        case = decided.get((pair_key(text_a, text_b), domain))
        tier = None if case is None else right_tier(case)
        right = None if tier is None else right_label(tier, kind)
        if case is not None and right is not None and right != label:
            found.append(WrongLabel(case.id, dataset_id, name, row, kind, label, right))
    return found
