"""The sample of a domain: made once, and a part of it is what the rows of that part would give."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.calibrate import calibrate_scored
from calibration.certificates.score_floor import floor_record
from calibration.fitting import sample as made_of
from calibration.fitting.fit import FitSettings, fit_domain, fit_domains
from calibration.fitting.sample import DomainSample
from calibration.stats.group_folds import group_splits
from calibration.stats.text_groups import text_groups


def frame(n: int = 300, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    return pd.DataFrame(
        {
            "text_a": [f"甲{i}" for i in rng.integers(0, n // 2, n)],
            "text_b": [f"乙{i}" for i in rng.integers(0, 5 * n, n)],
            "label": (rng.random(n) < scores).astype(float),
            "kind": "binary",
            "domain": "bank",
            "score": scores,
            "purpose": np.where(rng.random(n) < 0.1, "review", "calibrate"),
            "note": np.where(scores > 0.5, floor_record(0.5, 1, 10, 100), ""),
        }
    )


def test_a_part_of_a_sample_is_the_sample_of_these_rows() -> None:
    rows = frame()
    part = rows[rows["purpose"] != "review"]
    part = part[part["score"] >= 0.5]
    whole, found = DomainSample.of(rows), DomainSample.of(rows).certifying
    assert found.n == len(part) < whole.random.n < whole.n
    assert found.groups.tolist() == text_groups(part).tolist()
    assert found.labels["unrelated"].tolist() == (1.0 - part["label"]).tolist()
    for (train, test), (slow_train, slow_test) in zip(found.splits.splits, group_splits(part).splits, strict=True):
        assert train.tolist() == slow_train.tolist()
        assert test.tolist() == slow_test.tolist()
    some = np.arange(0, len(rows), 3)
    settings = FitSettings(0.6)
    assert fit_domain(whole.take(some), settings) == fit_domain(rows.iloc[some], settings)


def test_a_calibration_reads_texts_labels_and_floors_once(monkeypatch: pytest.MonkeyPatch) -> None:
    called: Counter[str] = Counter()

    def counted(name: str) -> Any:
        real = getattr(made_of, name)

        def count(*args: Any) -> Any:
            called[name] += 1
            return real(*args)

        return count

    for name in ("text_codes", "row_floors", "positives"):
        monkeypatch.setattr(made_of, name, counted(name))
    run = calibrate_scored(frame(120))
    assert run.fits["bank"].n > 0
    assert called == {"text_codes": 1, "row_floors": 1, "positives": 3}  # a tier each


def test_pairs_without_texts_are_fitted_each_on_its_own() -> None:
    rows = frame(200).drop(columns=["text_a", "text_b", "note"])
    fit = fit_domains(rows, FitSettings(0.99))["bank"]
    assert fit.certificates["same"].deff == 1.0
    assert not fit.certificates["same"].certified
