"""Live pairs that the operator keeps: reviewed on Monitor against the promise, drawn from on Label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from calibration.certificates.certify import certify_precision
from calibration.encoding import CachedEncoder
from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import StoredPolicy
from calibration.store.answers import Answer
from calibration.store.live_pairs import LABEL, LivePair
from calibration.store.moments import utc_now
from dashboard import resources, state
from dashboard.components.label.pool_source import FROM_API

KEPT = "SIMTIER_KEEP_PAIRS"


@pytest.fixture
def stored(encoder: CachedEncoder) -> StoredPolicy:
    scores = np.linspace(0.8, 1.0, 400)
    found = certify_precision(scores, scores > 0.85, 0.9)
    domain = DomainPolicy({"same": found.threshold}, {"same": found})
    policies = resources.store().policies
    saved = policies.save(
        Policy({"bank": domain}, fingerprint=encoder.fingerprint, cleaner="1", segments="none"), "faq"
    )
    policies.publish(saved.id)
    return policies.get(saved.id)


def keep(stored: StoredPolicy, sample: str, count: int) -> None:
    fingerprint, tier = str(stored.policy.fingerprint), "same" if sample == "accepted" else ""
    pairs = [
        LivePair(
            "bank", sample, at / count, f"怎么还款{at}", "如何还款", 0.99, tier, utc_now(), fingerprint, stored.id
        )
        for at in range(count)
    ]
    resources.store().live_pairs.add(pairs, keep=count)


def test_without_the_switch_the_page_says_how_to_turn_it_on(
    open_page: Callable[..., Any], stored: StoredPolicy
) -> None:
    words = open_page("monitor/promise").words()
    assert KEPT in words
    assert "no accepted pair is reviewed yet" in words
    assert stored.name in words


@pytest.mark.parametrize(("every", "words"), [(1, "holds so far: 0 of 80"), (2, "**the promise is broken**: 40")])
def test_reviewed_pairs_are_held_against_the_promise(
    open_page: Callable[..., Any],
    stored: StoredPolicy,
    monkeypatch: pytest.MonkeyPatch,
    every: int,
    words: str,
) -> None:
    monkeypatch.setenv(KEPT, "20")
    keep(stored, "accepted", 80)
    live = resources.store().live_pairs
    said = [
        Answer(f"a{one.id}", one.id, LABEL, float(at % every == 0))
        for at, one in enumerate(live.take(stored.id, "li", 80))
    ]
    live.answer("li", said)
    page = open_page("monitor/promise")
    assert words in page.words()
    assert KEPT not in page.words()


def test_pairs_of_the_api_are_scored_and_drawn_from(
    open_page: Callable[..., Any], stored: StoredPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT, "20")
    page = open_page("label/plan")
    page.at.button_group(key=state.PLAN_SOURCE).set_value(FROM_API)
    assert "20 a day and domain are kept" in page.run().words()
    keep(stored, "random", 12)
    assert "12 pairs of 1 domain" in page.run().words()
    page.press("plan_score").finish()
    assert "drawn at random" in page.words()
    page.press("session_begin")
    assert resources.store().sessions.list()[0].source == "API pairs"
