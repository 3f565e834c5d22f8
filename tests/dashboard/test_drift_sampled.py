"""The drift page on scores that the API gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calibration.encoding import CachedEncoder
from calibration.pairs import load_pairs
from calibration.policies.policy import DomainPolicy, Policy
from calibration.scoring.score_pairs import score_pairs
from calibration.store import ScoreSample
from calibration.store.moments import utc_now
from dashboard import resources, state
from dashboard.components.monitor.run import SAMPLED


@pytest.mark.parametrize(("shift", "words"), [(0.0, "look like those"), (0.2, "have drifted")])
def test_sampled_scores_are_compared(
    open_page: Callable[..., Any], encoder: CachedEncoder, shift: float, words: str
) -> None:
    frame = load_pairs("datasets/bank/pairs.csv", domain="bank").head(120)
    store = resources.store()
    store.datasets.add("bank", frame)
    policy = Policy({"bank": DomainPolicy({"same": 0.9})}, cleaner="1", segments="none")
    stored = store.policies.save(policy)
    scores = np.random.default_rng(3).choice(score_pairs(frame, encoder)["score"], 200) - shift
    draws = np.linspace(0, 0.99, 200)
    samples = [
        ScoreSample("bank", float(score), float(draw), utc_now(), encoder.fingerprint, stored.id)
        for score, draw in zip(scores, draws, strict=True)
    ]
    store.score_samples.add(samples, keep=1000)
    page = open_page("monitor", tab="drift")
    page.at.selectbox(key=state.DRIFT_SOURCE).set_value(SAMPLED)
    page.run()
    page.press("drift_go").finish()
    assert words in page.words()
    assert "200" in page.words()
