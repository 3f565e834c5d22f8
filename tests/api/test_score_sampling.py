"""Live scores are sampled, bounded, without a text; and the gauge of drift comes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest
from prometheus_client.parser import text_string_to_metric_families

from calibration.encoding import CachedEncoder
from calibration.errors import SimTierError
from calibration.pairs import load_pairs
from calibration.policies.policy import DomainPolicy, Policy
from calibration.scoring.score_pairs import score_pairs
from calibration.store import PolicySource, Store, open_store
from calibration.store.moments import utc_now
from dashboard.api.drift_watch import DriftWatch
from dashboard.api.keys import KeyRing
from dashboard.api.metrics import Metrics
from dashboard.api.score_sampling import ScoreSampling, kept_a_day
from tests.api.conftest import ROOT, home, serving


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "s.sqlite") as opened:
        yield opened


def sampling(store: Store, keep: int) -> ScoreSampling:
    return ScoreSampling(lambda: store, KeyRing(lambda: store, ""), keep, seconds=3600)


def test_a_busy_day_leaves_no_more_than_was_agreed_drawn_from_all_of_it(store: Store) -> None:
    taker = sampling(store, 200)
    for number in range(20_000):
        taker.take("bank", number / 20_000, "f", "p")
        if number % 1000 == 0:
            taker.write()
    taker.close()
    kept = store.score_samples.frame(1, "f")["score"]
    assert len(kept) == 200
    # The mean of 200 uniform numbers lies within 5 standard errors of a half, but for one time in a million.
    assert abs(kept.mean() - 0.5) < 5 * np.sqrt(1 / 12 / 200)


def test_no_sampling_keeps_nothing(store: Store) -> None:
    taker = sampling(store, 0)
    taker.take("bank", 0.5, "f", "p")
    taker.close()
    assert store.score_samples.frame(1, "f").empty
    assert kept_a_day({"SIMTIER_SCORE_SAMPLING": "50"}) == 50
    with pytest.raises(SimTierError):
        kept_a_day({"SIMTIER_SCORE_SAMPLING": "yes"})


def test_a_store_that_fails_stops_nobody(store: Store, tmp_path: Path) -> None:
    taker = sampling(store, 10)
    taker.take("bank", 0.5, "f", "p")
    store.close()
    (tmp_path / "s.sqlite").unlink()
    (tmp_path / "s.sqlite").mkdir()
    begun = utc_now()
    taker.take("bank", 0.5, "f", "p")
    assert (utc_now() - begun).total_seconds() < 1


def published(store: Store, encoder: CachedEncoder, frame: pd.DataFrame) -> str:
    dataset = store.datasets.add("mine", frame)
    policy = Policy(
        {"bank": DomainPolicy({"same": 0.95, "related": 0.9, "weak": None})},
        name="drift", fingerprint=encoder.fingerprint, cleaner="1", segments="none",
    )  # fmt: skip
    source = PolicySource(dataset.id, dataset.name, dataset.version, dataset.content_hash, dataset.rows)
    stored = store.policies.publish(store.policies.save(policy, sources=[source]).id)
    return stored.id


def test_the_gauge_of_drift(store: Store, encoder: CachedEncoder) -> None:
    frame = load_pairs(ROOT / "datasets/bank/pairs.csv", domain="bank").head(150)
    scores = score_pairs(frame, encoder)["score"].to_numpy()
    policy = published(store, encoder, frame)
    watch = DriftWatch(lambda: encoder, lambda: store)
    watch.look()
    assert watch.alarms() == {}
    rng = np.random.default_rng(1)
    for shift, alarm in ((0.0, False), (0.15, True)):
        with sqlite3.connect(str(store._database.url.database)) as connection:
            connection.execute("DELETE FROM score_samples")
        taker = sampling(store, 1000)
        for score in rng.choice(scores, 300) - shift:
            taker.take("bank", float(score), encoder.fingerprint, policy)
        taker.close()
        watch.look()
        assert watch.alarms() == {"bank": alarm}
    metrics = Metrics()
    metrics.watch_drift(watch.alarms)
    found = {family.name: family for family in text_string_to_metric_families(metrics.page().decode())}
    (sample,) = found["simtier_drift_alarm"].samples
    assert (sample.labels, sample.value) == ({"domain": "bank"}, 1.0)
    watch.close()


def test_a_server_samples_what_it_is_asked_and_notes_the_use_of_keys(
    tmp_path: Path, data_dir: Path, encoder: CachedEncoder
) -> None:
    folder = home(tmp_path, data_dir)
    with open_store(folder / "simtier.sqlite") as store:
        _, secret = store.api_keys.add("worker")
        published(store, encoder, load_pairs(ROOT / "datasets/bank/pairs.csv", domain="bank").head(5))
    asked = {"sources": ["花呗怎么还款"], "targets": ["借呗怎么还款", "今天天气不错"]}
    with serving(folder) as base, httpx.Client(headers={"X-API-Key": secret}, base_url=base, timeout=60) as client:
        for domain in ("bank", None):
            assert client.post("/v1/similarity", json={**asked, "domain": domain}).status_code == 200
        client.post("/api/predict", json={"data": ["花呗怎么还款", "借呗怎么还款"]})
    with open_store(folder / "simtier.sqlite") as store:
        frame = store.score_samples.frame(1, encoder.fingerprint)
        assert list(frame["domain"]) == ["bank"] * 3
        assert frame["score"].between(0.5, 1).all()
        assert store.api_keys.list()[0].used_at is not None
    with sqlite3.connect(folder / "simtier.sqlite") as connection:
        rows = connection.execute("SELECT * FROM score_samples").fetchall()
    assert "花呗" not in str(rows)
