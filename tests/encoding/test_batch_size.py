"""Batch sizes: measured by the first long job, kept for the processor, and only then used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from calibration.encoding import CachedEncoder, SentenceEncoder
from calibration.encoding.engines import batch_size as subject
from calibration.encoding.engines.batch_size import LENGTHS, SIZES, USUAL, WORTH, BatchSize, BatchTokens, Run
from calibration.encoding.engines.processor import name


def size_in(folder: Path) -> BatchSize:
    return BatchSize(folder / "batches.json", "float32", 512)


def took(monkeypatch: pytest.MonkeyPatch, fixed: float, each: float) -> tuple[Run, list[int]]:
    """What runs batches that take `fixed` seconds and `each` a token, and the tokens of those that it ran."""
    clock, ran = [0.0], list[int]()
    monkeypatch.setattr(subject.time, "process_time", lambda: clock[0])

    def run(texts: int, tokens: int) -> None:
        ran.append(texts * tokens)
        clock[0] += fixed + each * texts * tokens

    return run, ran


def test_a_long_job_measures_once_and_the_next_process_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ran = took(monkeypatch, fixed=0.01, each=0.0001)
    found = size_in(tmp_path)
    assert (found.of(WORTH - 1, run), ran) == (USUAL, [])
    size = found.of(WORTH, run)
    assert size in SIZES[1:], "each batch costs something too"
    assert len(ran) > 2 * len(SIZES)
    ran.clear()
    assert (found.of(10 * WORTH, run), size_in(tmp_path).of(1, run), ran) == (size, size, [])
    other = BatchSize(tmp_path / "batches.json", "bf16", 512)
    assert (other.of(1, run), other.of(WORTH, run)) == (USUAL, size)
    assert len(json.loads((tmp_path / "batches.json").read_text())) == 2


def test_what_it_was_measured_from_is_told_also_by_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = took(monkeypatch, fixed=0.0, each=0.0001)
    found = size_in(tmp_path)
    assert found.now == BatchTokens(USUAL, measured_by=WORTH)
    assert "not measured yet; the first job of 10,000 texts" in str(found.now.words)
    size = found.of(WORTH, run)
    for known in (found, size_in(tmp_path)):
        assert known.now.tokens == size
        assert known.now.rate == pytest.approx(len(LENGTHS) / (0.0001 * sum(LENGTHS)), rel=0.2), "less its padding"
        assert (
            f"{size:,} tokens: chosen by a measurement on this processor, {known.now.rate:,.0f} short texts"
            in str(known.now.words)
        )
    other = BatchSize(tmp_path / "batches.json", "bf16", 512)
    assert other.now == BatchTokens(USUAL, measured_by=WORTH), "measured with another arithmetic"


def test_what_takes_too_long_is_not_tried_in_larger_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ran = took(monkeypatch, fixed=0.0, each=0.003)
    assert size_in(tmp_path).of(WORTH, run) == 256
    assert max(ran) <= 512


@pytest.mark.parametrize("text", ["", "{", "[]", '{"%s": "many"}', '{"%s": 512}', '{"%s": {}}', "null"])
def test_a_damaged_file_is_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "batches.json").write_text(text.replace("%s", f"float32 {name()}"))
    run, _ = took(monkeypatch, fixed=0.1, each=0.0)
    assert size_in(tmp_path).of(WORTH, run) == 2048


def test_without_room_to_keep_it_the_measured_size_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = took(monkeypatch, fixed=0.1, each=0.0)
    found = size_in(tmp_path / "missing")
    assert [found.of(texts, run) for texts in (WORTH, 1)] == [2048, 2048]


def test_a_long_job_of_the_bundled_model_measures(
    encoder: CachedEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = encoder.uncached
    assert isinstance(model, SentenceEncoder)
    sizes = BatchSize(tmp_path / "batches.json", "float32", model.max_tokens)
    monkeypatch.setattr(model.engine, "_batches", sizes)
    monkeypatch.setattr(subject, "SIZES", (64, 128))
    monkeypatch.setattr(subject, "WORTH", 40)
    texts = [f"{at} 花呗怎么还款" for at in range(60)]
    before = model.encode(texts[:30])
    found = model.encode(texts)
    (kept,) = json.loads((tmp_path / "batches.json").read_text()).values()
    assert kept["tokens"] in {64, 128}
    assert kept["rate"] > 0
    assert (model.engine.batch.tokens, model.engine.batch.rate) == (kept["tokens"], kept["rate"])
    np.testing.assert_allclose(found[:30], before, atol=1e-6)
