"""Bad cases found in labelled pairs: which, how far wrong, at what cost, and out of fold where they were fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.columns import TIERS
from calibration.costs.find_mistakes import expectations, find_cases, find_cases_out_of_fold
from calibration.costs.matrix import UnitCosts
from calibration.fitting.fit import FitSettings, fit_domain
from calibration.policies.tiers import assign_tiers
from calibration.stats.group_folds import group_splits

BANK = {"same": 0.9, "related": 0.7, "weak": 0.5}


def pairs(scores: list[float], labels: list[float], kind: str = "tier") -> pd.DataFrame:
    texts = [f"文本{number}" for number in range(len(scores))]
    return pd.DataFrame(
        {"text_a": texts, "text_b": [f"另{text}" for text in texts], "score": scores, "label": labels, "kind": kind}
    ).assign(domain="bank")


def test_what_is_wrong_and_how_far_furthest_first() -> None:
    rows = pairs([0.95, 0.95, 0.8, 0.55, 0.1, np.nan], [3, 1, 3, 2, 0, 3])
    found = find_cases(rows, BANK, UnitCosts(false_merge=7), "bank")
    assert (found.n, found.out_of_fold) == (5, False)
    columns = ["expected", "given", "side", "margin", "cost"]
    assert found.cases[columns].round(6).to_numpy().tolist() == [
        ["weak", "same", "false_merge", 0.25, 7.0],
        ["related", "weak", "wrong_tier", 0.15, 3.0],
        ["same", "related", "missed_merge", 0.1, 1.0],
    ]
    assert [found.count(side) for side in ("false_merge", "missed_merge", "wrong_tier")] == [1, 1, 1]


def test_binary_labels_say_only_the_same_or_not() -> None:
    rows = pairs([0.95, 0.8, 0.8, 0.1], [0, 0, 1, 1], "binary")
    found = find_cases(rows, BANK)
    assert found.cases["side"].tolist() == ["missed_merge", "missed_merge", "false_merge"]
    assert found.cases["expected"].tolist() == ["same", "same", "not_same"]


def test_nothing_wrong_is_an_empty_frame_with_all_columns() -> None:
    found = find_cases(pairs([0.95], [3]), BANK)
    assert len(found.cases) == 0
    assert {"text_a", "expected", "given", "side", "margin", "cost", "thresholds"} <= set(found.cases.columns)


def noisy(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    scores = rng.uniform(0.3, 1, n).round(4)
    return pairs(scores.tolist(), (rng.uniform(0.2, 1, n) < scores).astype(float).tolist(), "binary")


def test_out_of_fold_no_pair_is_judged_by_a_fit_that_saw_it() -> None:
    rows, settings = noisy(), FitSettings(precision=0.7)
    found = find_cases_out_of_fold(rows, settings, domain="bank")
    assert (found.out_of_fold, found.n) == (True, len(rows))
    by_text = found.cases.set_index("text_a")
    expected = expectations(rows)
    for train, test in group_splits(rows).splits:  # slow and obvious: fit, judge, compare
        fitted = fit_domain(rows.iloc[train], settings).thresholds
        for place, tier in zip(test, assign_tiers(rows["score"].to_numpy()[test], fitted), strict=True):
            text, want = rows["text_a"].iloc[place], expected[place]
            wrong = (want == "same") != (tier == "same")
            assert (text in by_text.index) == wrong
            if wrong:
                assert by_text.loc[text, "given"] == tier
                assert by_text.loc[text, "thresholds"] == dict(fitted)


def test_out_of_fold_leaves_out_what_was_picked_for_review_and_says_where_it_cannot_judge() -> None:
    rows = noisy(60).assign(purpose=["review"] * 10 + ["calibrate"] * 50)
    assert find_cases_out_of_fold(rows, FitSettings(0.7)).n == 50
    one_group = noisy(20).assign(text_a="一样")
    found = find_cases_out_of_fold(one_group, FitSettings(0.7))
    assert (found.n, len(found.cases)) == (0, 0)
    assert found.notes


@pytest.mark.parametrize("kind", ["tier", "graded"])
def test_expectations_are_tiers(kind: str) -> None:
    top = {"tier": [3, 2, 1, 0], "graded": [5, 3, 1, 0]}[kind]
    assert expectations(pairs([0.5] * 4, top, kind)).tolist() == list(TIERS)
