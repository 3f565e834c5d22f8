"""Certificates that may be looked at while labelling goes on."""

import json

import numpy as np
import pytest

from calibration import SequentialCertifier
from calibration.certificates.certificate import CERTIFIED, INSUFFICIENT, NOT_CERTIFIABLE
from calibration.errors import BadArgument, DrawMismatch, DrawOutOfOrder, EmptyInput, InputError
from calibration.stats.sequential_thresholds import Stream, ThresholdTest, certified_at, certified_count


def drawn(n: int, seed: int, low: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores uniform above `low`, precise at the top: P(same | s) = s."""
    rng = np.random.default_rng(seed)
    scores = low + (1.0 - low) * rng.random(n)
    return scores, (rng.random(n) < scores).astype(float)


POOL = np.linspace(0.0, 1.0, 4001)


@pytest.mark.slow
def test_the_certificate_does_not_depend_on_batches() -> None:
    scores, labels = drawn(900, 1)
    whole, parts = SequentialCertifier(POOL, 0.8), SequentialCertifier(POOL, 0.8)
    found = whole.update(scores, labels)
    for begin in range(0, 900, 37):
        part = parts.update(scores[begin : begin + 37], labels[begin : begin + 37])
    assert found.status == CERTIFIED
    assert part == found


def test_what_is_certified_stays_certified() -> None:
    scores, labels = drawn(3000, 2)
    certifier = SequentialCertifier(POOL, 0.8)
    lowest = np.inf
    for begin in range(0, 3000, 100):
        found = certifier.update(scores[begin : begin + 100], labels[begin : begin + 100])
        assert found.threshold <= lowest
        lowest = found.threshold
    assert 0.6 < lowest < 0.75
    assert found.threshold in POOL.round(6)


@pytest.mark.slow
def test_flat_precision_just_below_the_target_is_rarely_certified_at_the_worst_moment() -> None:
    """Precision .89 everywhere for a target of .9: every certificate breaks the promise, whenever one stops.

    What was refuted at any moment up to 600 labels is what the worst moment to stop would show.
    """
    rng, broken = np.random.default_rng(3), 0
    shares = np.concatenate([np.geomspace(0.022, 0.16, 12), np.geomspace(0.176, 1.0, 38)])
    test = ThresholdTest(shares, 0.9, 0.1, 1000, fine=12)
    for _ in range(200):
        bands = np.searchsorted(shares, rng.random(600))
        stream = Stream(bands, (rng.random(600) < 0.11).astype(float), np.full(600, 50))
        broken += certified_count(certified_at(test, stream)) > 0
    assert broken <= 30  # 200 * .1 + 2.4 standard errors


def test_state_survives_json() -> None:
    scores, labels = drawn(400, 4)
    texts = np.arange(800).reshape(400, 2)
    before = SequentialCertifier(POOL, 0.8, 0.95, labels=600)
    before.update(scores[:300], labels[:300], texts=texts[:300])
    after = SequentialCertifier.from_json(json.loads(json.dumps(before.to_json())))
    assert after.certificate == before.certificate
    rest = (scores[300:], labels[300:])
    assert after.update(*rest, texts=texts[300:]) == before.update(*rest, texts=texts[300:])


@pytest.mark.parametrize("damage", [{"kind": "other"}, {"thresholds": [0.1, 0.2]}, {"drawn": None}, {"shares": []}])
def test_damaged_json_is_refused(damage: dict[str, object]) -> None:
    data = SequentialCertifier(POOL, 0.8).to_json() | damage
    with pytest.raises(InputError):
        SequentialCertifier.from_json(data)


def test_what_was_begun_with_another_share_for_own_labels_goes_on_with_it() -> None:
    """It was looked at with that share, so that a new one would spend more than delta in all."""
    begun = SequentialCertifier(POOL, 0.8)
    begun.update(*drawn(600, 1))
    data = begun.to_json()
    before = SequentialCertifier.from_json({name: value for name, value in data.items() if name != "own"})
    assert (data["own"], before.to_json()["own"]) == (0.95, 0.75)
    assert SequentialCertifier.from_json(before.to_json()).certificate == before.certificate
    assert before.certificate != begun.certificate


def test_a_target_that_no_threshold_meets_is_out_of_reach() -> None:
    rng = np.random.default_rng(5)
    certifier = SequentialCertifier(POOL, 0.9)
    assert certifier.certificate.status == INSUFFICIENT
    found = certifier.update(rng.random(2000), rng.random(2000) < 0.6)
    assert found.status == NOT_CERTIFIABLE
    assert found.labels_needed is None
    assert certifier.next_draw() is None


@pytest.mark.slow
def test_what_cannot_be_proven_yet_says_where_and_how_many() -> None:
    scores, labels = drawn(150, 6)
    certifier = SequentialCertifier(POOL, 0.8)
    found = certifier.update(scores, labels)
    ahead = certifier.next_draw()
    assert found.status == INSUFFICIENT
    assert ahead is not None
    assert found.labels_needed == 150 + ahead.labels
    assert ahead.live_pairs >= ahead.labels
    rng = np.random.default_rng(7)
    passed = 0
    for _ in range(40):
        going_on = SequentialCertifier.from_json(certifier.to_json())
        more = ahead.threshold + (1.0 - ahead.threshold) * rng.random(ahead.labels)
        going_on.update(more, rng.random(more.size) < more, floor=ahead.threshold)
        passed += going_on.certificate.certified
    assert passed >= 18


def test_a_higher_floor_adds_nothing_below_it() -> None:
    """Pairs above .9 are all right, those below all wrong: the floor must not lend precision to what lies below."""
    rng = np.random.default_rng(8)
    certifier = SequentialCertifier(POOL, 0.9)
    first = rng.random(100)
    certifier.update(first, first >= 0.9)
    top = 0.9 + 0.1 * rng.random(400)
    found = certifier.update(top, np.ones(400), floor=0.9)
    assert found.status == CERTIFIED
    assert found.threshold >= 0.9
    assert found.n_above <= 400


def test_labels_that_share_texts_count_for_less() -> None:
    scores, labels = drawn(600, 9)
    alone, shared = SequentialCertifier(POOL, 0.8), SequentialCertifier(POOL, 0.8)
    codes = np.arange(1200).reshape(600, 2)
    independent = alone.update(scores, labels, texts=codes)
    hubs = np.column_stack([np.arange(600) // 10, 1000 + np.arange(600)])
    fewer = shared.update(scores, labels, texts=hubs)
    assert independent == SequentialCertifier(POOL, 0.8).update(scores, labels)
    assert fewer.threshold > independent.threshold


def test_bad_input_is_named_and_nothing_is_lost() -> None:
    scores, labels = drawn(200, 10)
    certifier = SequentialCertifier(POOL, 0.8)
    before = certifier.update(scores, labels, first=0)
    with pytest.raises(DrawOutOfOrder, match="number 200"):
        certifier.update(scores, labels, first=150)
    with pytest.raises(DrawMismatch, match="another model"):
        certifier.update(0.9 + 0.1 * scores, labels)
    with pytest.raises(BadArgument, match="floor of their draw"):
        certifier.update([0.2], [1], floor=0.5)
    with pytest.raises(BadArgument, match="texts"):
        certifier.update([0.2], [1], texts=np.asarray([[0, 1]]))
    with pytest.raises(BadArgument, match="0, 1 or NaN"):
        certifier.update([0.2], [2])
    assert certifier.certificate == before
    assert certifier.n == 200
    for arguments in ({"precision": 1.0}, {"precision": 0.8, "confidence": 0.0}, {"precision": 0.8, "labels": 0}):
        with pytest.raises(BadArgument):
            SequentialCertifier(POOL, **arguments)
    with pytest.raises(EmptyInput):
        SequentialCertifier([np.nan], 0.8)


def test_unknown_labels_are_left_out_and_counted() -> None:
    scores, labels = drawn(300, 11)
    labels[::10] = np.nan
    found = SequentialCertifier(POOL, 0.8).update(scores, labels)
    assert (found.n, found.dropped) == (270, 30)
