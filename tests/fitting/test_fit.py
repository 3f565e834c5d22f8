from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.calibrate import calibrate_scored, fit_policy
from calibration.certificates.score_floor import floor_record
from calibration.columns import BINARY, GRADED, LOWEST_SCORE, THRESHOLD_TIERS, TIER
from calibration.errors import BadArgument, ColumnsMissing, EmptyInput
from calibration.fitting.fit import FitSettings, fit_domain, fit_domains


def scored(n: int, kind: str = BINARY, domain: str = "d", seed: int = 0, sharpness: float = 12.0) -> pd.DataFrame:
    """Pairs whose label rises with the score; the sharper, the more separable."""
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    level = 1 / (1 + np.exp(-sharpness * (scores - 0.5 + rng.normal(0, 0.02, n))))
    top = {BINARY: 1, TIER: 3, GRADED: 5}[kind]
    labels = (rng.random(n) < level).astype(float) if kind == BINARY else np.clip(np.round(level * top), 0, top)
    texts = pd.Series([f"问题{domain}{seed}-{i}" for i in range(n)])
    return pd.DataFrame(
        {
            "text_a": texts + "甲",
            "text_b": texts + "乙",
            "label": labels,
            "kind": kind,
            "domain": domain,
            "score": scores,
        }
    )


def test_binary_labels_give_same_above_unrelated_below_and_a_person_between() -> None:
    fit = fit_domain(scored(2000), FitSettings())
    assert set(fit.certificates) == {"same", "unrelated"}
    assert fit.thresholds["weak"] is None
    assert fit.thresholds["same"] > fit.thresholds["related"] > 0
    rows = scored(100_000, seed=5)
    above, below = rows[rows.score >= fit.thresholds["same"]], rows[rows.score < fit.thresholds["related"]]
    assert above.label.mean() >= 0.9
    assert below.label.mean() <= 0.1
    assert below.shape[0] > 10_000


def test_unrelated_certificate_counts_the_pairs_below_its_threshold() -> None:
    rows = scored(2000)
    fit = fit_domain(rows, FitSettings())
    found = fit.certificates["unrelated"]
    below = rows[rows.score < found.threshold]
    assert (len(below), int(below.label.sum())) == (found.n_above, found.false_positives)


def test_where_nothing_below_can_be_certified_a_person_sees_everything() -> None:
    rows = scored(600)
    fit = fit_domain(rows.assign(label=1.0), FitSettings())
    assert fit.thresholds == {
        "same": pytest.approx(rows.score.min(), abs=1e-5),
        "related": LOWEST_SCORE,
        "weak": None,
    }


@pytest.mark.parametrize("kind", [TIER, GRADED])
def test_tiered_labels_give_three_thresholds_in_order(kind: str) -> None:
    fit = fit_domain(scored(2000, kind), FitSettings(precision=0.8))
    numbers = [fit.thresholds[tier] for tier in THRESHOLD_TIERS]
    assert None not in numbers
    assert numbers == sorted(numbers, reverse=True)
    assert set(fit.certificates) == set(THRESHOLD_TIERS)


@pytest.mark.slow
def test_error_budget_is_shared_over_what_the_claim_covers() -> None:
    rows = pd.concat([scored(400, domain="a"), scored(400, TIER, domain="b")])
    shares = {}
    for claim in ("tier", "domain", "all"):
        fits = fit_domains(rows, FitSettings(claim=claim))
        shares[claim] = [fits[d].certificates["same"].confidence for d in "ab"]
    assert shares["tier"] == [0.9, 0.9]
    assert shares["domain"] == pytest.approx([0.95, 1 - 0.1 / 3])
    assert shares["all"] == pytest.approx([0.975, 1 - 0.1 / 6])


def test_a_domain_is_fitted_on_its_own_labels_only() -> None:
    easy, hard = scored(800, domain="easy"), scored(800, domain="hard", sharpness=0.5)
    both = fit_domains(pd.concat([easy, hard]), FitSettings())
    assert both["easy"] == fit_domains(easy, FitSettings())["easy"]
    assert both["hard"].thresholds["same"] is None
    assert both["hard"].certificates["same"].status == "not_certifiable"


def test_rows_picked_for_review_never_certify() -> None:
    rows = scored(500)
    rows["purpose"] = ["review"] * 400 + ["calibrate"] * 100
    fit = fit_domain(rows, FitSettings())
    assert (fit.n, fit.reviewed) == (100, 400)
    assert fit.certificates["same"].n == 100


def test_rows_below_a_recorded_floor_never_certify_nor_does_what_lies_below() -> None:
    rows = scored(1200)
    rows["note"] = np.where(rows.score >= 0.6, floor_record(0.6, 1, 100, 500), "")
    fit = fit_domain(rows, FitSettings())
    assert fit.below_floor == int((rows.score < 0.6).sum()) > 0
    assert fit.certificates["same"].n == int((rows.score >= 0.6).sum())
    assert fit.thresholds["same"] >= 0.6
    assert fit.thresholds["related"] == LOWEST_SCORE
    assert fit.certificates["unrelated"].status == "insufficient_labels"


def test_a_domain_with_one_label_says_what_it_needs() -> None:
    found = fit_domains(scored(1))["d"].certificates["same"]
    assert (found.status, found.labels_needed) == ("insufficient_labels", 29)


def test_constant_and_missing_scores_are_statuses_not_crashes() -> None:
    constant = fit_domain(scored(400).assign(score=0.9), FitSettings())
    assert constant.thresholds["same"] is None
    missing = fit_domain(scored(400).assign(score=np.nan), FitSettings())
    assert missing.certificates["same"].dropped == 400


def test_unusable_input_is_refused() -> None:
    with pytest.raises(ColumnsMissing, match="score"):
        fit_domains(scored(10).drop(columns="score"))
    with pytest.raises(EmptyInput):
        fit_domains(scored(10).head(0))
    for wrong in ({"precision": 1.5}, {"confidence": 0}, {"method": "best"}, {"claim": "some"}):
        with pytest.raises(BadArgument):
            FitSettings(**wrong)


def test_fit_policy_is_bound_to_the_fingerprint_given_or_to_none() -> None:
    assert fit_policy(scored(300)).fingerprint is None
    bound = fit_policy(scored(300), fingerprint="abc", precision=0.8)
    assert (bound.fingerprint, bound.settings["precision"]) == ("abc", 0.8)
    assert bound.tier(0.999, "d") == "same"


def test_calibrating_scored_pairs_drops_duplicates_and_judges_out_of_fold() -> None:
    rows = scored(900)
    run = calibrate_scored(pd.concat([rows, rows.head(50)]))
    assert run.duplicates.exact == 50
    assert len(run.scored) == 900
    assert run.evaluation["d"].out_of_fold
    assert run.published["d"].tier("same").threshold == 0.85


def test_a_false_positive_rate_is_certified_instead_of_a_precision() -> None:
    fit = fit_domain(scored(2000), FitSettings(fpr=0.05))
    same, unrelated = fit.certificates["same"], fit.certificates["unrelated"]
    assert (same.fpr, unrelated.fpr, same.confidence) == (0.05, 0.05, 0.95)
    assert 0.03 < same.fpr_upper <= 0.05
    fresh = scored(100_000, seed=5)
    assert (fresh[fresh.label == 0].score >= fit.thresholds["same"]).mean() <= 0.06
    assert (fresh[fresh.label == 1].score < unrelated.threshold).mean() <= 0.06


def test_a_false_positive_rate_of_tiers_counts_those_below_each() -> None:
    rows = scored(2000, TIER)
    fit = fit_domain(rows, FitSettings(fpr=0.1))
    for tier, lowest in (("same", 3), ("related", 2), ("weak", 1)):
        found, below = fit.certificates[tier], rows[rows.label < lowest]
        assert found.negatives == len(below)
        assert found.false_positives == int((below.score >= found.threshold).sum())


def test_tiers_may_have_their_own_precision() -> None:
    rows = scored(2000, TIER)
    fit = fit_domain(rows, FitSettings(0.8, tier_precision={"same": 0.95}))
    assert [fit.certificates[tier].precision for tier in THRESHOLD_TIERS] == [0.95, 0.8, 0.8]
    for wrong in (
        {"tier_precision": {"best": 0.9}},
        {"tier_precision": {"same": 1.5}},
        {"fpr": 0.0},
        {"fpr": 0.1, "tier_precision": {"same": 0.9}},
    ):
        with pytest.raises(BadArgument):
            FitSettings(**wrong)


def test_labels_that_share_a_text_count_for_less_and_a_note_says_so() -> None:
    rows = scored(2000)
    together = rows.assign(text_a=[f"问题{i // 10}" for i in range(len(rows))])
    alone, shared = fit_domain(rows, FitSettings()), fit_domain(together, FitSettings())
    in_full = fit_domain(together, FitSettings(clustered=False))
    assert alone.certificates["same"].deff == in_full.certificates["same"].deff == 1.0
    assert shared.certificates["same"].deff > 1.05
    assert shared.thresholds["same"] > alone.thresholds["same"] == in_full.thresholds["same"]
    assert alone.notes == ()
    assert "count for less" in str(shared.notes[0])
    assert "counted in full" in str(in_full.notes[0])


def test_wrong_pairs_at_the_very_top_are_noted() -> None:
    rows = scored(1000)
    misled = rows.assign(label=np.where(rows.score > 0.97, 0.0, rows.label))
    assert any("very highest scores" in str(note) for note in fit_domains(misled)["d"].notes)
    assert not fit_domains(rows)["d"].notes
