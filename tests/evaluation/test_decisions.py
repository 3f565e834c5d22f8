"""Decisions, the preview of targets and the recommendation: against the fit and the evaluation behind them."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pandas as pd
import pytest

from calibration.certificates.score_floor import floor_record
from calibration.errors import Cancelled
from calibration.evaluation.decisions import decide_pairs
from calibration.evaluation.recommendation import recommend
from calibration.evaluation.target_preview import TARGETS, preview_targets, summarize
from calibration.evaluation.tier_metrics import evaluate_thresholds
from calibration.fitting.fit import FitSettings, fit_domains
from calibration.policies.tiers import assign_tiers
from calibration.stats.text_groups import text_codes

THRESHOLDS = {"same": 0.8, "related": 0.6, "weak": None}


def scored(domain: str = "shop", kind: str = "binary", n: int = 800, slope: float = 25.0) -> pd.DataFrame:
    rng = np.random.default_rng(sum(map(ord, domain)))
    score = rng.beta(8, 2, n).round(6)
    same = rng.random(n) < 1 / (1 + np.exp(-(score - 0.75) * slope))
    return pd.DataFrame(
        {
            "text_a": [f"q{i % 300}" for i in range(n)],
            "text_b": [f"{domain}{i}" for i in range(n)],
            "label": same * (1.0 if kind == "binary" else 3.0),
            "kind": kind,
            "domain": domain,
            "score": score,
            "purpose": "calibrate",
        }
    )


def test_shares_are_the_tiers_given_and_rates_those_of_the_evaluation() -> None:
    rows = scored()
    found = decide_pairs(rows, THRESHOLDS)
    given = pd.Series(assign_tiers(rows["score"].to_numpy(), THRESHOLDS)).value_counts()
    assert (found.merged, found.person, found.apart) == (given["same"], given["related"], given["unrelated"])
    judged = evaluate_thresholds(rows, THRESHOLDS, texts=text_codes(rows)).tier("same")
    assert judged is not None
    assert (found.precision, found.recall) == (judged.precision, judged.recall)


@pytest.mark.parametrize(
    ("kind", "thresholds", "line"),
    [
        ("binary", {"same": 0.8, "related": -1.0, "weak": None}, None),  # nothing is certified to differ
        ("binary", {"same": None, "related": 0.6, "weak": None}, 0.6),
        ("tier", {"same": 0.8, "related": 0.6, "weak": None}, None),  # nothing says where pairs become unrelated
        ("tier", {"same": 0.8, "related": 0.6, "weak": 0.5}, 0.5),
    ],
)
def test_nothing_is_kept_apart_without_a_threshold_for_it(
    kind: str, thresholds: dict[str, float | None], line: float | None
) -> None:
    found = decide_pairs(scored(kind=kind), thresholds)
    assert found.line == line
    assert (found.apart > 0) == (line is not None)


def test_whole_percentages_add_up() -> None:
    rows = scored(n=301)
    for same in np.linspace(0.3, 0.95, 14):
        assert sum(decide_pairs(rows, {"same": same, "related": same - 0.2, "weak": None}).shares) == 100


def test_rows_picked_for_review_decide_nothing_and_floors_are_named() -> None:
    assert decide_pairs(scored().assign(purpose="review"), THRESHOLDS).n == 0
    drawn = scored().assign(note=floor_record(0.7, 1, 800, 4000))
    assert decide_pairs(drawn, THRESHOLDS).floor == 0.7


@pytest.mark.slow
def test_a_preview_shows_what_each_fit_would() -> None:
    rows = pd.concat([scored("a"), scored("b", n=150)], ignore_index=True)
    steps: list[tuple[int, int]] = []
    found = preview_targets(rows, FitSettings(0.5), progress=lambda *step: steps.append(step))
    assert steps[-1] == (len(TARGETS), len(TARGETS))
    for target in TARGETS:
        fits = fit_domains(rows, FitSettings(target))
        for domain, fit in fits.items():
            assert dataclasses.replace(found[target][domain].fit, notes=()) == dataclasses.replace(fit, notes=())
    alone = summarize(rows, fit_domains(rows, FitSettings(0.9)))
    assert {name: row.found for name, row in alone.items()} == {n: r.found for n, r in found[0.9].items()}


def test_a_preview_can_be_stopped() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        preview_targets(scored(), cancel=stop)


def test_one_recommendation_each() -> None:
    found = preview_targets(pd.concat([scored("good"), scored("few", n=8), scored("flat", slope=0.0)]))[0.9]
    said = {domain: str(row.recommendation) for domain, row in found.items()}
    assert said["good"].startswith("Merge from")
    assert said["few"].startswith("Label at least")
    assert said["flat"].startswith("Check the highest-scoring wrong pairs")


def test_a_lower_target_is_named_where_this_one_is_out_of_reach() -> None:
    rows = scored(slope=10.0, n=3000)
    found = preview_targets(rows, targets=(0.7, 0.99))
    top = found[0.99]["shop"]
    lower = found[0.7]["shop"].certificate
    assert lower is not None
    assert lower.certified
    assert str(top.recommendation).startswith("Consider 70%")
    assert not str(recommend(top.certificate, top.thresholds, top.found)).startswith("Consider")
