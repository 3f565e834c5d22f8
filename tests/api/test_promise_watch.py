"""Accepted live pairs are sampled fairly; a broken promise is reported once, by log, gauge and webhook."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from calibration.certificates.certificate import Certificate
from calibration.certificates.certify import certify_precision
from calibration.evaluation.watched_policy import watched_tiers
from calibration.policies.policy import DomainPolicy, Policy
from calibration.store import Store, StoredPolicy, open_store
from calibration.store.answers import Answer
from calibration.store.live_pairs import LABEL
from dashboard.api.metrics import Metrics
from dashboard.api.pair_sampling import PairSampling, kept_a_day
from dashboard.api.promise_watch import PromiseWatch
from dashboard.webhooks.events import WATCH_BROKEN, Event
from dashboard.webhooks.sender import Webhooks

TEXTS = ("怎么还款", "如何还款")


class Told(Webhooks):
    """Remembers events instead of sending them."""

    def __init__(self) -> None:
        super().__init__(())
        self.events: list[Event] = []

    def notify(self, event: Event) -> None:
        self.events.append(event)


def certificate() -> Certificate:
    scores = np.linspace(0.8, 1.0, 400)
    return certify_precision(scores, scores > 0.85, 0.9)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "s.sqlite") as opened:
        yield opened


@pytest.fixture
def stored(store: Store) -> StoredPolicy:
    found = certificate()
    assert found.certified
    domain = DomainPolicy({"same": found.threshold}, {"same": found})
    saved = store.policies.save(Policy({"bank": domain}, fingerprint="f", cleaner="1", segments="none"), "faq")
    store.policies.publish(saved.id)
    return store.policies.get(saved.id)


def taken(store: Store, stored: StoredPolicy, count: int, keep: int) -> None:
    sampling = PairSampling(lambda: store, keep, seed=1)
    scores = [0.99] * count + [0.5] * count
    tiers = ["same"] * count + ["unrelated"] * count
    sampling.take(stored, "bank", lambda at: (f"{TEXTS[0]}{at}", TEXTS[1]), scores, tiers, "f")
    sampling.write()


def test_only_accepted_pairs_are_reviewed_and_all_may_be_labelled(store: Store, stored: StoredPolicy) -> None:
    assert watched_tiers(stored.policy) == {"bank": "same"}
    taken(store, stored, 500, 40)
    pairs = store.live_pairs.take(stored.id, "Mei", 100)
    assert len(pairs) == 40
    assert all(int(one.text_a.removeprefix(TEXTS[0])) < 500 for one in pairs)
    random = store.live_pairs.frame("f")["text_a"].str.removeprefix(TEXTS[0]).astype(int)
    assert len(random) == 40
    assert 5 <= (random >= 500).sum() <= 35  # beyond five standard errors otherwise


def test_nothing_is_kept_unless_the_operator_wants_it(store: Store, stored: StoredPolicy) -> None:
    taken(store, stored, 50, 0)
    assert kept_a_day({}) == 0
    assert store.live_pairs.waiting(stored.id, "Mei") == (0, 0)
    assert store.live_pairs.frame("f").empty


def review(store: Store, stored: StoredPolicy, values: list[int]) -> None:
    taken(store, stored, len(values), len(values))
    pairs = store.live_pairs.take(stored.id, "Mei", len(values))
    answers = [Answer(f"a{one.id}", one.id, LABEL, value) for one, value in zip(pairs, values, strict=True)]
    assert not store.live_pairs.answer("Mei", answers).refused


def gauges(watch: PromiseWatch) -> dict[str, float]:
    metrics = Metrics()
    metrics.watch_promise(watch.known)
    found = text_string_to_metric_families(metrics.page().decode())
    return {one.name: one.samples[0].value for one in found if one.name.startswith("simtier_watch") and one.samples}


def test_a_broken_promise_is_told_once(
    store: Store, stored: StoredPolicy, caplog: pytest.LogCaptureFixture
) -> None:
    review(store, stored, [1, 0] * 30)
    told = Told()
    watch = PromiseWatch(lambda: store, told)
    with caplog.at_level(logging.WARNING):
        first, second = watch.look(), watch.look()
    assert first[0].rate.broken
    assert second[0].rate.wrong == 30
    assert [event.kind for event in told.events] == [WATCH_BROKEN]
    assert told.events[0].facts["domain"] == "bank"
    assert not any(text in str(told.events[0].facts) for text in TEXTS)
    assert caplog.text.count("promise_broken domain=bank tier=same") == 1
    assert gauges(watch)["simtier_watch_broken"] == 1.0


def test_a_promise_that_holds_is_not_accused(store: Store, stored: StoredPolicy) -> None:
    review(store, stored, [1] * 60)
    told = Told()
    watch = PromiseWatch(lambda: store, told)
    rate = watch.look()[0].rate
    assert (rate.n, rate.wrong, rate.broken, told.events) == (60, 0, False, [])
    found = gauges(watch)
    assert found["simtier_watch_reviewed"] == 60.0
    assert found["simtier_watch_precision_low"] == pytest.approx(rate.low)
