"""Pairs to label: what is drawn, what is recorded, and that certificates from such labels keep their promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.certificates.certify import certify_precision
from calibration.certificates.score_floor import above_floor, floor_for_share, recorded_floor
from calibration.errors import BadArgument, ColumnsMissing, EmptyInput
from calibration.labels.plan import plan_labels
from calibration.pairs import load_pairs, load_unlabelled, write_pairs


def pool_of(n: int, domain: str = "shop", seed: int = 0) -> pd.DataFrame:
    scores = np.random.default_rng(seed).random(n)
    names = [f"{domain}{i}" for i in range(n)]
    return pd.DataFrame({"text_a": names, "text_b": [f"问法{x}" for x in names], "domain": domain, "score": scores})


def test_a_plan_draws_distinct_pairs_above_the_floor_and_records_how() -> None:
    plan = plan_labels(pool_of(1000), 50, floor=0.6, seed=3)
    drawn = plan.draws["shop"]
    assert len(plan.pairs) == 50 == plan.pairs["text_a"].nunique()
    assert plan.pairs["score"].min() >= 0.6
    assert plan.pairs["label"].isna().all()
    assert set(plan.pairs["purpose"]) == {"calibrate"}
    eligible = int((pool_of(1000)["score"] >= 0.6).sum())
    assert (drawn.pool, drawn.eligible, drawn.n, drawn.floor) == (1000, eligible, 50, 0.6)
    assert set(plan.pairs["note"]) == {f"drawn at random: floor=0.600000 seed=3 n=50 of={eligible}"}
    assert recorded_floor(plan.pairs) == 0.6
    assert not plan.pairs["score"].is_monotonic_decreasing, "an order by score would tell annotators what to say"


def test_the_same_seed_draws_the_same_pairs_and_another_one_others() -> None:
    pool = pool_of(500)
    first, again, other = (plan_labels(pool, 40, top=0.5, seed=seed).pairs for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert set(first["text_a"]) != set(other["text_a"])


@pytest.mark.slow
def test_every_eligible_pair_is_as_likely() -> None:
    pool, counts = pool_of(40), np.zeros(40)
    for seed in range(600):
        counts[plan_labels(pool, 5, top=0.5, seed=seed).pairs["text_a"].str[4:].astype(int)] += 1
    eligible = counts[counts > 0]
    assert eligible.size == 20
    # Each is drawn Binomial(600, 1/4): 150 with a standard deviation of 10.6.
    assert np.abs(eligible - 150).max() < 5 * 10.6


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.floats(0.001, 1.0))
@settings(max_examples=100, deadline=None)
def test_the_floor_of_a_share_is_the_highest_that_enough_scores_reach(scores: list[float], share: float) -> None:
    floor, values = floor_for_share(scores, share), np.floor(np.asarray(scores) * 1e6 + 1e-6) / 1e6
    assert (values >= floor - 2e-6).mean() >= share - 1e-9
    assert (values > floor + 2e-6).mean() < share


def test_repeated_swapped_labelled_and_unscored_pairs_are_not_drawn() -> None:
    pool = pool_of(20)
    swapped = pool.iloc[:2].rename(columns={"text_a": "text_b", "text_b": "text_a"})
    blank = pool_of(1, seed=1).assign(text_a="无分数", score=np.nan)
    labelled = pool.iloc[5:8].assign(label=1.0, kind="binary")
    plan = plan_labels(pd.concat([pool, pool.iloc[3:4], swapped, blank]), 100, labelled=labelled)
    assert (plan.repeated, plan.unscored, plan.labelled) == (3, 1, 3)
    assert len(plan.pairs) == 17
    assert not set(plan.pairs["text_a"]) & set(labelled["text_a"])


def test_a_second_plan_draws_above_the_same_floor() -> None:
    pool = pool_of(200)
    first = plan_labels(pool, 30, top=0.3)
    second = plan_labels(pool, 100, top=0.3, labelled=first.pairs)
    assert second.draws["shop"].floor == first.draws["shop"].floor
    assert len(second.pairs) == 30, "60 are in the top share, 30 of them were labelled"
    assert not set(first.pairs["text_a"]) & set(second.pairs["text_a"])


def test_domains_share_n_and_have_floors_of_their_own() -> None:
    low = pool_of(300, "bank").assign(score=lambda rows: rows["score"] / 2)
    plan = plan_labels(pd.concat([pool_of(20), low, pool_of(300, "law", 2)]), 110, top=0.5)
    assert {d: draw.n for d, draw in plan.draws.items()} == {"shop": 10, "bank": 50, "law": 50}
    assert plan.draws["bank"].floor < 0.3 < plan.draws["law"].floor


def test_the_users_own_note_is_kept() -> None:
    plan = plan_labels(pool_of(5).assign(note="来自工单"), 2)
    assert plan.pairs["note"].str.startswith("来自工单; drawn at random: floor=-1.000000").all()


def test_a_plan_survives_the_way_through_a_file(tmp_path: Path) -> None:
    plan = plan_labels(pool_of(300), 30, top=0.4)
    write_pairs(plan.pairs, tmp_path / "to_label.csv")
    assert len(load_unlabelled(tmp_path / "to_label.csv")) == 30
    write_pairs(plan.pairs.assign(label=1.0), tmp_path / "labelled.csv")
    back = load_pairs(tmp_path / "labelled.csv")
    assert recorded_floor(back) == plan.draws["shop"].floor
    assert len(above_floor(back)) == 30


def test_rows_below_the_highest_floor_are_not_mixed_in() -> None:
    pool = pool_of(400)
    wide, high = plan_labels(pool, 50), plan_labels(pool, 50, floor=0.8, seed=1)
    mixed = pd.concat([wide.pairs, high.pairs])
    kept = above_floor(mixed)
    assert kept["score"].min() >= 0.8
    assert len(kept) == 50 + (wide.pairs["score"] >= 0.8).sum()
    assert len(above_floor(wide.pairs)) == 50
    assert recorded_floor(pool) == -1.0


@pytest.mark.parametrize(
    "bad",
    [{"n": 0}, {"floor": 2.0}, {"floor": float("nan")}, {"floor": 0.5, "top": 0.5}, {"top": 0.0}, {"top": 1.5}],
)
def test_settings_out_of_range_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(BadArgument):
        plan_labels(pool_of(10), **({"n": 3} | bad))


def test_a_pool_with_nothing_to_draw_is_refused() -> None:
    with pytest.raises(BadArgument, match="highest score"):
        plan_labels(pool_of(10), 3, floor=1.0)
    with pytest.raises(EmptyInput):
        plan_labels(pool_of(3).assign(score=np.nan), 3)
    with pytest.raises(EmptyInput, match="nobody has labelled yet"):
        plan_labels(pool_of(3), 3, labelled=pool_of(3))
    with pytest.raises(ColumnsMissing, match="score"):
        plan_labels(pool_of(3).drop(columns="score"), 3)


def truth(n: int = 3000) -> tuple[pd.DataFrame, np.ndarray]:
    """A pool like LCQMC under the bundled model: AUC .92, half of the pairs positive, target .9 just reachable."""
    rng = np.random.default_rng(5)
    positive = rng.random(n) < 0.5
    # Positives and negatives as two normal scores 2 deviations apart (AUC Phi(2 / sqrt 2) = .92), squeezed into
    # the narrow range of the model's cosines.
    scores = 0.95 + 0.012 * (rng.normal(size=n) + 2.0 * positive - 1.0)
    return pool_of(n).assign(score=np.minimum(scores, 1.0)), positive.astype(float)


@pytest.mark.slow
def test_labels_above_a_floor_certify_validly_and_find_more() -> None:
    pool, positive = truth()
    target, runs, n = 0.9, 150, 100
    misses = {None: 0, 0.4: 0}
    recall: dict[float | None, list[float]] = {None: [], 0.4: []}
    scores = pool["score"].to_numpy()
    for top in misses:
        for seed in range(runs):
            drawn = plan_labels(pool, n, top=top, seed=seed).pairs
            labels = positive[drawn["text_a"].str[4:].astype(int)]
            found = certify_precision(drawn["score"], labels, target)
            accepted = scores >= found.threshold
            misses[top] += bool(found.certified and positive[accepted].mean() < target)
            recall[top].append(positive[accepted].sum() / positive.sum())
            assert not found.certified or found.threshold >= plan_floor(pool, top)
    # Binomial(150, .1) exceeds 26 with probability under 0.002.
    assert max(misses.values()) <= 26
    assert np.mean(recall[0.4]) > np.mean(recall[None]) + 0.03


def plan_floor(pool: pd.DataFrame, top: float | None) -> float:
    return -1.0 if top is None else floor_for_share(pool["score"], top)


@pytest.mark.slow
def test_mixing_in_labels_from_below_the_floor_would_break_the_promise() -> None:
    """Why `above_floor` exists: 300 labels from the top tenth and 60 from all make precision below look better."""
    pool, positive = truth()
    scores, broken, held = pool["score"].to_numpy(), 0, 0
    for seed in range(40):
        drawn = pd.concat(
            [plan_labels(pool, 60, seed=seed).pairs, plan_labels(pool, 250, top=0.1, seed=seed).pairs]
        )
        for rows, kept in ((drawn, False), (above_floor(drawn), True)):
            labels = positive[rows["text_a"].str[4:].astype(int)]
            found = certify_precision(rows["score"], labels, 0.9)
            missed = found.certified and positive[scores >= found.threshold].mean() < 0.9
            held += bool(missed and kept)
            broken += bool(missed and not kept)
    assert broken >= 30
    assert held <= 10
