"""The benchmark of certified thresholds runs, its truths are true, and its stand-ins do what they stand in for."""

from __future__ import annotations

import importlib
import json
import math
import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import make_scorer, precision_score, recall_score, roc_auc_score
from sklearn.model_selection import TunedThresholdClassifierCV

from calibration import certify_precision
from calibration.pairs.keyed import read_keyed
from calibration.stats.text_groups import text_groups

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def part(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.calibration.{name}")


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, list[dict[str, object]]]]:
    path = tmp_path_factory.mktemp("benchmark") / "results.json"
    command = [sys.executable, "-m", "benchmarks.calibration", "--quick", "--reps", "4", "--json", str(path)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout, json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_quick_run_gives_every_method_on_every_pool_and_size(
    quick: tuple[str, dict[str, list[dict[str, object]]]],
) -> None:
    _, found = quick
    methods, pools = part("methods").all_methods(), part("pools").simulated_pools(100)
    cells = {(row["method"], row["pool"], row["n"]) for row in found["results"]}
    assert cells == {(m.name, p.name, n) for m in methods for p in pools for n in (50, 120)}
    assert len(found["results"]) == len(cells)
    assert {(row["method"], row["n"]) for row in found["timings"]} == {
        (m.name, n) for m in methods for n in (50, 120)
    }
    for row in found["results"]:
        assert isinstance(row["violations"], dict)
        assert 0.0 <= row["violations"]["value"] <= 1.0
        assert row["repetitions"] == 4


@pytest.mark.slow
def test_quick_run_prints_a_row_for_every_method_in_every_table(
    quick: tuple[str, dict[str, list[dict[str, object]]]],
) -> None:
    printed, _ = quick
    for method in part("methods").all_methods():
        rows = [line for line in printed.splitlines() if line.startswith(f"| {method.name} ")]
        assert len(rows) == 3, method.name
        assert {row.count("|") for row in rows} == {4}


def test_unknown_methods_are_refused_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        part("__main__").main(["--methods", "magic"])
    assert stopped.value.code == 2
    assert "stepwise" in capsys.readouterr().err


def test_one_repetition_is_refused_with_a_line() -> None:
    with pytest.raises(SystemExit) as stopped:
        part("__main__").main(["--reps", "1"])
    assert stopped.value.code == 2


@pytest.mark.slow
@pytest.mark.parametrize(("section", "rows"), [("floor", 5 * 2 * 3), ("coverage", 5 * 2 * 2), ("borrow", 4)])
def test_further_numbers_have_a_command(section: str, rows: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert part("__main__").main(["--only", section, "--quick", "--reps", "2"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert len(lines) == rows + 2
    assert len({line.count("|") for line in lines}) == 1


def test_true_cost_is_that_of_the_pairs_one_by_one() -> None:
    from calibration.costs.matrix import UnitCosts

    made = part("pools").pool("x", "plausible", 0.9, np.array([0.9, 0.8, 0.6]), np.array([1.0, 0.5, 0.0]))
    costs = UnitCosts().matrix("binary")
    found = part("borrowing").true_cost(made, {"same": 0.8, "related": None, "weak": None}, costs)
    merged, dropped = costs.values[:, 0], costs.values[:, 3]
    assert found == pytest.approx((merged[0] + merged.mean() + dropped[1]) / 3)


def test_the_pairs_above_a_floor_are_the_share_asked() -> None:
    made = part("pools").simulated_pools(2_000)[0]
    above = part("floor").top(made, 0.25)
    assert above.scores.size == pytest.approx(500, abs=5)  # ties at the floor stay together
    assert (above.scores == made.scores[: above.scores.size]).all()


def test_binormal_pool_has_the_auc_and_prevalence_asked() -> None:
    made = part("pools").pool("x", "plausible", 0.9, *part("pools").binormal(0.8, 0.3))
    scores, labels = made.sample(200_000, np.random.default_rng(0))
    assert made.chances.mean() == pytest.approx(0.3, abs=1e-3)
    assert roc_auc_score(labels, scores) == pytest.approx(0.8, abs=0.005)


def test_truth_and_oracle_agree_with_counting_pair_by_pair() -> None:
    made = part("pools").pool(
        "x", "plausible", 0.6, np.array([0.9, 0.7, 0.8, 0.8, 0.1]), np.array([1.0, 0.5, 1.0, 0.0, 0.0])
    )
    assert made.truth(0.8) == part("pools").Truth(pytest.approx(2 / 3), pytest.approx(2 / 2.5))
    assert made.truth(0.75) == made.truth(0.8)
    assert made.oracle == pytest.approx(1.0)  # at 0.7: 2.5 of 4 is .625
    assert not made.broken(0.7)
    assert made.broken(0.1)
    assert not made.broken(math.inf)


def test_flat_pools_have_no_threshold_that_keeps_the_target_and_wiggling_ones_cross_it_often() -> None:
    made = {pool.name.split(",")[0] + str(pool.target): pool for pool in part("pools").simulated_pools(20_000)}
    assert made["flat at p-.004" + "0.9"].oracle == 0.0
    wiggling = made["wiggling" + "0.9"]
    precision = np.cumsum(wiggling.chances) / np.arange(1, wiggling.chances.size + 1)
    assert (np.diff(np.sign(precision[20:] - 0.9)) != 0).sum() >= 4
    assert wiggling.broken(float(wiggling.scores[-1]))


def test_adversarial_pools_have_the_precision_they_are_made_for() -> None:
    made = {pool.name: pool for pool in part("adversarial").adversarial_pools(20_000)}
    assert len(made) == 24
    crossing = made["good to 0.1, then below, p=0.9"]
    precision = np.cumsum(crossing.chances) / np.arange(1, 20_001)
    assert precision[1_000] == pytest.approx(0.925, abs=1e-3)
    assert precision[10_000] == pytest.approx(0.899, abs=1e-6)
    assert not crossing.broken(float(crossing.scores[1_900]))
    assert crossing.broken(float(crossing.scores[2_100]))
    tied = made["good to 0.03, then below, p=0.6, 16 scores"]
    assert np.unique(tied.scores).size == 16


def test_recall_counts_as_kept_only_where_the_target_is_met() -> None:
    lcqmc = part("pools").simulated_pools(5_000)[0]
    careless = part("methods").Method("careless", False, lambda *_: 0.0)
    shy = part("methods").Method("shy", True, lambda *_: math.inf)
    first, second = part("simulate").simulate([lcqmc], [careless, shy], [30], 5, 0.1, 0)
    assert (first.violations.value, first.kept_recall.value, first.declined.value) == (1.0, 0.0, 0.0)
    assert first.recall.value == pytest.approx(1.0 / lcqmc.oracle)
    assert (second.violations.value, second.recall.value, second.declined.value) == (0.0, 0.0, 1.0)


def test_same_seed_same_results() -> None:
    pools, methods = part("pools").simulated_pools(2_000)[:2], part("methods").all_methods()[:3]
    once, again = (part("simulate").simulate(pools, methods, [60], 3, 0.1, 7) for _ in range(2))
    assert repr(once) == repr(again)  # NaN equals nothing


class Cosines(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted classifier whose probability is the score itself."""

    def __init__(self) -> None:
        self.classes_ = np.array([0, 1])

    def fit(self, _x: object, _y: object) -> Cosines:
        return self

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return np.column_stack([1.0 - x[:, 0], x[:, 0]])


@pytest.mark.parametrize("seed", range(4))
def test_linspace_is_what_scikit_learn_finds(seed: int) -> None:
    scores, labels = part("pools").simulated_pools(5_000)[2].sample(200, np.random.default_rng(seed))

    def recall_if_precise(y: np.ndarray, predicted: np.ndarray) -> float:
        precise = precision_score(y, predicted, zero_division=0.0) >= 0.6
        return float(recall_score(y, predicted)) if precise else 0.0

    tuned = TunedThresholdClassifierCV(
        FrozenEstimator(Cosines()), scoring=make_scorer(recall_if_precise), cv="prefit", refit=False, thresholds=100
    ).fit(scores[:, None], labels)
    ours = part("methods").linspace(scores, labels, 0.6, 0.1)
    # Several of the 100 may accept the same pairs.
    assert ((scores >= ours) == (scores >= tuned.best_threshold_)).all()


def test_pointwise_and_empirical_rules_against_a_slow_search() -> None:
    from scipy.stats import binomtest

    scores, labels = part("pools").simulated_pools(5_000)[0].sample(120, np.random.default_rng(3))
    judged = [(t, labels[scores >= t]) for t in np.unique(scores)]
    enough = [t for t, given in judged if given.mean() >= 0.9]
    sure = [t for t, g in judged if binomtest(int(g.sum()), g.size, 0.9, alternative="greater").pvalue <= 0.1]
    assert part("methods").empirical(scores, labels, 0.9, 0.1) == min(enough, default=math.inf)
    assert part("methods").pointwise(scores, labels, 0.9, 0.1) == min(sure, default=math.inf)


def test_uniform_grid_returns_a_point_of_the_grid() -> None:
    scores, labels = part("pools").simulated_pools(5_000)[0].sample(300, np.random.default_rng(1))
    found = part("methods").uniform_grid(scores, labels, 0.9, 0.1)
    assert found in part("methods").REDISVL_GRID
    assert labels[scores >= found].mean() >= 0.9


def test_union_is_the_lower_of_both_at_half_the_budget() -> None:
    scores, labels = part("pools").simulated_pools(5_000)[0].sample(400, np.random.default_rng(2))
    halves = [certify_precision(scores, labels, 0.9, 0.95, method).threshold for method in ("fst", "scp")]
    assert part("methods").union(scores, labels, 0.9, 0.1) == min(halves)


def test_mapie_where_installed_certifies_an_easy_pool() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("mapie")
    scores = np.concatenate([np.linspace(0.6, 0.95, 900), np.linspace(0.2, 0.5, 900)])
    labels = np.concatenate([np.ones(900), np.zeros(900)])
    for grid in ("default", "quantiles"):
        found = part("methods").mapie(scores, labels, 0.9, 0.1, grid, "bonferroni_holm")
        assert labels[scores >= found].mean() >= 0.9


def test_plot_is_drawn_where_it_can_be(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    pools, methods = part("pools").simulated_pools(2_000), part("methods").all_methods()[:2]
    results = part("simulate").simulate(pools, methods, [50, 60], 2, 0.1, 7)
    part("plot").draw(results, 0.1, tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8").startswith("<svg")


def test_repeated_pairs_of_the_large_benchmark_repeat_their_label_and_score(tmp_path: Path) -> None:
    large = importlib.import_module("benchmarks.calibration.large")
    large.write_parts(tmp_path, 3000)
    read = read_keyed(tmp_path)
    assert (read.total, len(read.problems)) == (3000, 0)
    found = read.duplicates
    assert 10 < found.exact < 60
    assert (found.swapped, found.conflicting) == (0, 0)
    assert set(read.frame["domain"]) == {"bank", "shop"}
    assert 2 * len(np.unique(text_groups(read.frame))) < 3000, "three pairs a query"


@pytest.mark.slow
def test_the_large_benchmark_measures_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    large = importlib.import_module("benchmarks.calibration.large")
    assert large.main(["--rows", "2000", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [cost["command"] for cost in found["costs"]] == ["fit", "evaluate", "compare"]
    assert {cost["rows"] for cost in found["costs"]} == {2000}
    assert all(cost["peak"] > 50e6 for cost in found["costs"]), "a process with pandas takes more"
    assert all(cost["cpu"] > 0 for cost in found["costs"])
