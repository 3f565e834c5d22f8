"""The model page, and the switch of the process's model: the old one serves until the new one is ready."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from calibration.encoding import CachedEncoder, SentenceEncoder, load_encoder
from calibration.encoding.engines.batch_size import BatchTokens
from calibration.errors import ModelNotFound
from dashboard import resources
from dashboard.api.queue import EncoderQueue
from dashboard.api.work import SLICE, Work
from dashboard.model import BROKEN, READY, Model, SwitchUnderWay


@pytest.fixture
def other(tmp_path: Path, tiny_bert: Callable[..., Path], with_modules: Callable[..., Path]) -> Path:
    return with_modules(tiny_bert(tmp_path / "other-model"), "mean")


@pytest.fixture
def gate(encoder: CachedEncoder, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Real loading of any model but the bundled one, which waits until the gate opens."""
    opened = threading.Event()

    def load(name: str, compute: str = "full") -> CachedEncoder:
        if name == "bundled":
            return encoder
        assert opened.wait(60)
        return load_encoder(name, device="cpu", compute=compute)

    monkeypatch.setattr("calibration.load_encoder", load)
    return opened


def test_the_old_one_serves_until_the_new_one_is_ready(
    gate: threading.Event, encoder: CachedEncoder, other: Path
) -> None:
    model = Model("bundled")
    assert model.wait(60)
    model.switch(str(other))
    assert (model.status, model.get(), model.coming) == (READY, encoder, str(other))
    with pytest.raises(SwitchUnderWay, match="other-model"):
        model.switch("bundled")
    gate.set()
    assert model.wait(60)
    assert (model.status, model.name, model.coming, model.refused) == (READY, str(other), None, None)
    assert model.get().dim == 32
    assert model.get().encode(["花呗"]).shape == (1, 32)


def test_a_model_that_cannot_be_loaded_leaves_the_old_one(
    gate: threading.Event, encoder: CachedEncoder, other: Path
) -> None:
    gate.set()
    (other / "model.safetensors").write_bytes(b"no weights")
    model = Model("bundled")
    assert model.wait(60)
    model.switch(str(other))
    assert model.wait(60)
    assert (model.status, model.name, model.get(), model.error) == (READY, "bundled", encoder, None)
    assert model.refused is not None
    assert model.refused[0] == str(other)


def test_a_broken_start_can_be_mended(gate: threading.Event, encoder: CachedEncoder) -> None:
    gate.set()
    model = Model("no-such-model")
    assert model.wait(60)
    assert model.status == BROKEN
    with pytest.raises(ModelNotFound):
        model.get()
    model.switch("bundled")
    assert model.wait(60)
    assert model.get() is encoder


def test_a_long_request_ends_with_the_model_that_it_began_with(encoder: CachedEncoder, other: Path) -> None:
    new = load_encoder(str(other), device="cpu")
    texts = [f"花呗额度{at}" for at in range(3 * SLICE)]
    looks = 0

    def current() -> CachedEncoder:
        nonlocal looks
        looks += 1
        return encoder if looks == 1 else new

    queue = EncoderQueue(current)
    name, vectors = queue.submit(Work(texts, lambda known: (known.fingerprint, known.encode(texts)))).result(60)
    assert looks > 1, "the switch came while it was under way"
    assert name == encoder.fingerprint
    np.testing.assert_array_equal(vectors, encoder.encode(texts))
    assert queue.submit(Work(["花呗"], lambda known: known.fingerprint)).result(60) == new.fingerprint
    queue.close(10)
    new.close()


# ---------------------------------------------------------------- the page


def test_the_page_says_what_is_in_use(open_page: Callable, encoder: CachedEncoder) -> None:
    page = open_page("settings/model")
    words = page.words()
    assert "In use: bundled" in words
    assert encoder.fingerprint in words.replace("\\", "")
    assert "Published thresholds" not in words
    metrics = {metric.label: metric.value for metric in page.at.metric}
    assert metrics["Dimensions"] == "384"
    assert metrics["Weights in memory"].endswith("MB")
    assert "full" in page.words()
    assert [group.key for group in page.at.button_group].count("model_compute") == 1
    rows = page.at.table[0].value["value"]
    assert "float32 by OpenVINO" in rows["Arithmetic"]
    assert "fast uses" in rows["Processor"] or "fast is the same as full" in rows["Processor"]


@pytest.mark.parametrize(
    ("batch", "english", "chinese"),
    [
        (
            BatchTokens(2048, rate=1234.5),
            "2,048 tokens: chosen by a measurement on this processor, 1,234 short texts in a second of its time",
            "2,048 个词元：在本机处理器上实测选定，每秒处理器时间编码 1,234 条短文本",
        ),
        (
            BatchTokens(1024, measured_by=10_000),
            "1,024 tokens: the default, not measured yet; the first job of 10,000 texts or more measures it",
            "1,024 个词元：默认值，尚未实测；首次处理 10,000 条及以上文本的任务会先实测",
        ),
    ],
)
def test_the_page_says_the_batch_size_and_what_it_was_measured_from(
    open_page: Callable,
    encoder: CachedEncoder,
    monkeypatch: pytest.MonkeyPatch,
    batch: BatchTokens,
    english: str,
    chinese: str,
) -> None:
    model = encoder.uncached
    assert isinstance(model, SentenceEncoder)
    monkeypatch.setattr(type(model.engine), "batch", batch)
    assert english in open_page("settings/model").at.table[0].value["value"]["Batch size"].replace("\\", "")
    assert chinese in open_page("settings/model", "zh-CN").at.table[0].value["value"]["每批大小"].replace("\\", "")


def test_speed_is_measured_on_a_button(open_page: Callable) -> None:
    page = open_page("settings/model", "zh-CN")
    page.at.button(key="speed_go").click()
    page.run().finish()
    assert "每秒文本数" in {metric.label for metric in page.at.metric}
    assert "没有使用缓存" in page.words()


def test_switching_on_the_page(open_page: Callable, gate: threading.Event, other: Path) -> None:
    page = open_page("settings/model")
    page.at.text_input(key="model_folder").set_value(str(other))
    page.run()
    page.at.button(key="model_switch").click()
    page.run()
    assert "The present model serves until it is ready" in page.words()
    assert "In use: bundled" in page.words()
    assert page.at.button(key="model_switch").disabled
    gate.set()
    assert resources.model().wait(60)
    page.run()
    assert "other\\-model" in page.words()
    assert {metric.label: metric.value for metric in page.at.metric}["Dimensions"] == "32"


def test_a_refused_model_is_said_with_its_reason(open_page: Callable, gate: threading.Event) -> None:
    gate.set()
    page = open_page("settings/model", "zh-CN")
    page.at.text_input(key="model_folder").set_value("/no/such/folder")
    page.run()
    page.at.button(key="model_switch").click()
    page.run()
    until = time.monotonic() + 60
    while resources.model().coming is not None:
        assert time.monotonic() < until
        time.sleep(0.05)
    words = page.run().words()
    assert "继续使用原来的模型" in words
    assert "既不是目录，也不是已知的名称" in words.replace("\\", "")
    assert "正在使用：bundled" in words


def test_no_present_model_is_promised_while_the_first_one_loads(
    open_page: Callable, gate: threading.Event, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Model(str(other))
    monkeypatch.setattr(resources, "model", lambda: first)
    words = open_page("settings/model").words()
    gate.set()
    assert first.wait(60)
    assert "The model is loading" in words
    assert "The present model serves until it is ready" not in words
