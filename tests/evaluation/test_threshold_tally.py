"""A tally says of any thresholds what the pairs themselves say, and is counted once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.columns import THRESHOLD_TIERS
from calibration.evaluation.threshold_tally import at_or_above, crossed, judge, tally
from calibration.evaluation.tier_metrics import confusion, evaluate_thresholds

LABELS = {"binary": [0.0, 1.0], "tier": [0.0, 1.0, 2.0, 3.0], "graded": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]}
score = st.sampled_from([-0.5, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]) | st.just(float("nan"))
limit = st.none() | st.sampled_from([-1.0, 0.1, 0.3, 0.5, 0.75, 0.9, 1.0])


@given(st.sampled_from(sorted(LABELS)), st.data())
def test_counts_agree_with_the_pairs_themselves(kind: str, data: st.DataObject) -> None:
    pairs = data.draw(st.lists(st.tuples(score, st.sampled_from(LABELS[kind])), min_size=1, max_size=40))
    rows = pd.DataFrame(pairs, columns=["score", "label"]).assign(kind=kind)
    given_limits = [data.draw(limit) for _ in THRESHOLD_TIERS]
    known = sorted((value for value in given_limits if value is not None), reverse=True)
    ordered = iter(known)
    thresholds = {
        tier: None if value is None else next(ordered)
        for tier, value in zip(THRESHOLD_TIERS, given_limits, strict=True)
    }
    counted = tally(rows)
    assert judge(counted, kind, thresholds) == evaluate_thresholds(rows, thresholds)
    pd.testing.assert_frame_equal(
        crossed(counted, thresholds),
        confusion(rows, thresholds),
        check_index_type=False,
        check_column_type=False,
        check_names=False,
        check_dtype=False,
        check_categorical=False,
    )


def test_thresholds_take_what_lies_on_them() -> None:
    counted = tally(pd.DataFrame({"score": [0.9, 0.8, np.nan], "label": [1.0, 0.0, 1.0]}))
    assert at_or_above(counted, 0.9).tolist() == [0, 1]
    assert at_or_above(counted, 0.900001).tolist() == [0, 0]
    assert at_or_above(counted, -1.0).tolist() == [1, 1]
    assert at_or_above(counted, None).tolist() == [0, 0]


@pytest.mark.parametrize("size", [1, 1000])
def test_a_tally_is_no_longer_than_its_distinct_scores(size: int) -> None:
    rows = pd.DataFrame({"score": [0.5] * size, "label": [1.0] * size})
    assert len(tally(rows)) == 2
