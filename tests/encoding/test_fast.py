"""Compute fast: 16 or 8 bits, compared with full, with a fingerprint of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.encoding import SentenceEncoder, load, load_encoder
from calibration.encoding.build import Placed
from calibration.encoding.describe import facts
from calibration.encoding.engines import graph, kept_graph
from calibration.encoding.engines.engine import OPENVINO, Engine
from calibration.encoding.engines.graph import openvino
from calibration.encoding.engines.processor import BFLOAT16, FLOAT32, INT8, LIMITS, fastest, instructions
from calibration.encoding.engines.torch_engine import TorchEngine
from calibration.encoding.fast_model import HALF, FastModel, fast_fingerprint, fast_model
from calibration.encoding.fidelity import LEAST_COSINE, MEAN_COSINE, Fidelity, compare, measure, probe_texts
from calibration.encoding.recipe import Recipe
from calibration.errors import BadArgument, ComputeMismatch, FidelityMissed, ModelMismatch
from calibration.policies.policy import DomainPolicy, Policy
from calibration.settings import COMPUTE_VARIABLE

Make = Callable[..., Path]
TEXTS = ["花呗额度怎么提升", "今天天气怎么样", "a", "还款" * 20, "abc 123，你好？", "额" * 200]


def test_fidelity_is_of_cosines_and_scores() -> None:
    full = np.eye(3, dtype=np.float32)
    turned = full.copy()
    turned[0] = [np.cos(0.1), np.sin(0.1), 0.0]
    found = compare(full, turned)
    assert found.least == pytest.approx(np.cos(0.1))
    assert found.mean == pytest.approx((2 + np.cos(0.1)) / 3)
    assert found.shift == pytest.approx(np.sin(0.1))
    assert not found.enough
    assert Fidelity(3, MEAN_COSINE, LEAST_COSINE, 0.0).enough
    assert not Fidelity(3, MEAN_COSINE, LEAST_COSINE - 1e-6, 0.0).enough
    assert not Fidelity(3, MEAN_COSINE - 1e-6, 1.0, 0.0).enough


def test_the_texts_of_the_check_are_many_and_of_all_lengths() -> None:
    texts = probe_texts()
    lengths = [len(text) for text in texts]
    assert len(set(texts)) == len(texts) >= 150
    assert min(lengths) == 1
    assert sum(length >= 200 for length in lengths) >= 5


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu avx2 fma", FLOAT32),
        ("avx512f avx512_vnni", INT8),
        ("avx2 avx_vnni", INT8),
        ("avx512_bf16 avx512_vnni", INT8),
        ("avx512_vnni amx_bf16 amx_int8 amx_tile", BFLOAT16),
        (None, FLOAT32),
    ],
)
def test_fast_is_what_the_processor_multiplies_fastest(tmp_path: Path, flags: str | None, expected: str) -> None:
    if flags is not None:
        (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t: none\n")
    assert fastest(instructions(tmp_path / "cpuinfo", {})) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("ALL", BFLOAT16), ("AVX512_CORE_AMX", BFLOAT16), ("AVX512_CORE_VNNI", INT8), ("AVX2", FLOAT32)],
)
def test_instructions_that_are_not_to_be_used_do_not_count(tmp_path: Path, limit: str, expected: str) -> None:
    (tmp_path / "cpuinfo").write_text("flags\t\t: avx512_vnni amx_bf16 amx_int8\n")
    for name in LIMITS:
        assert fastest(instructions(tmp_path / "cpuinfo", {name: limit})) == expected


def test_an_unknown_arithmetic_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadArgument, match="full or fast"):
        load_encoder("bundled", compute="half")
    monkeypatch.setenv(COMPUTE_VARIABLE, "quick")
    with pytest.raises(BadArgument, match=COMPUTE_VARIABLE):
        load_encoder("bundled")


def test_a_policy_of_one_arithmetic_is_refused_for_the_other() -> None:
    bank = DomainPolicy({"same": 0.9, "related": 0.8, "weak": None})
    policy = Policy({"bank": bank}, fingerprint="0123")
    with pytest.raises(ComputeMismatch, match="recheck"):
        policy.check_model("0123-int8-1", "1")
    with pytest.raises(ModelMismatch) as caught:
        policy.check_model("4567-int8-1", "1")
    assert not isinstance(caught.value, ComputeMismatch)


# ---------------------------------------------------------------- 16 bits, as on an accelerator


def test_half_precision_goes_the_same_way(tiny_bert: Make, with_modules: Make, tmp_path: Path) -> None:
    """The code of accelerators, on this processor: weights in 16 bits, measured once, kept by fingerprint."""
    folder = with_modules(tiny_bert(tmp_path / "m"), "mean")
    full = SentenceEncoder(folder, device="cpu")
    made: list[bool] = []

    class Half(SentenceEncoder):
        def _engine(self, recipe: Recipe, *_: object) -> Engine:
            return TorchEngine(folder, recipe, Placed("cpu", "float16"))

    def made_by(kept: FastModel | None) -> SentenceEncoder:
        made.append(kept is None)
        return full if kept is None else Half(folder, device="cpu", fast=kept)

    from calibration.encoding.digests import Digests

    kept = fast_model("m", None, full.fingerprint, tmp_path, HALF, made_by, Digests())
    assert kept.fingerprint == f"{full.fingerprint}-fp16-1"
    assert kept.fidelity.enough
    assert kept.fidelity.least < 1.0
    half = Half(folder, device="cpu", fast=kept)
    assert (half.encode(TEXTS) * full.encode(TEXTS)).sum(axis=1).min() > LEAST_COSINE
    assert half.encode(TEXTS).dtype == np.float32
    again = fast_model("m", None, full.fingerprint, tmp_path, HALF, made_by, Digests())
    assert again == kept
    assert made == [True, False]


# ---------------------------------------------------------------- by OpenVINO


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Make, with_modules: Make) -> Iterator[Path]:
    """A data directory's models, and beside it a model `m`, fast already in 8 bits, whatever this processor has."""
    if any(map(os.environ.get, LIMITS)) and not instructions():
        pytest.skip("oneDNN is kept from instructions that OpenVINO goes by")
    folder = tmp_path_factory.mktemp("fast")
    with_modules(tiny_bert(folder / "m", hidden=64), "mean")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_graph, "WORTH_BYTES", 0)
        patch.setattr(load, "fastest", lambda _: INT8)
        fast(folder).close()
        yield folder


def fast(home: Path, name: str = "m", compute: str = "fast") -> Any:
    return load_encoder(str(home / name), "cpu", home / "cache", models_dir=home / "models", compute=compute)


def test_fast_vectors_are_near_and_have_their_own_fingerprint(home: Path) -> None:
    full, quick = fast(home, compute="full"), fast(home)
    assert quick.fingerprint == fast_fingerprint(full.fingerprint, INT8)
    assert (quick.uncached.compute, full.uncached.compute) == ("fast", "full")
    assert full.uncached.engine.name == quick.uncached.engine.name == OPENVINO
    a, b = full.encode(TEXTS), quick.encode(TEXTS)
    cosines = (a * b).sum(axis=1)
    assert cosines.min() >= LEAST_COSINE
    assert (a != b).any(), "they were computed otherwise"
    assert quick.misses == len(TEXTS), "no vector of the other arithmetic is taken from the cache"
    assert quick.uncached.weight_bytes < full.uncached.weight_bytes / 2
    assert measure(full.encode, quick.encode).enough
    together = np.vstack([quick.encode([text]) for text in TEXTS])
    assert (together * b).sum(axis=1).min() >= 0.9999
    found = facts(quick)
    assert (found.arithmetic, found.engine) == (INT8, OPENVINO)
    assert found.ratio is not None
    assert found.ratio > 0
    full.close()
    quick.close()


def test_short_texts_alone_get_a_graph_of_their_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "WORTH", 3)
    short, longer = ["花呗", "怎么还款", "a", ""], ["额" * 20, "花" * 200]
    quick, full = fast(home).uncached, fast(home, compute="full").uncached
    expected = quick.encode(short)
    for _ in range(3):
        alone = np.vstack([quick.encode([text]) for text in short])
        assert (alone * expected).sum(axis=1).min() >= 0.9999
    assert quick.engine._graph._short is not None
    for text in longer:
        assert (quick.encode([text]) * full.encode([text])).sum() >= LEAST_COSINE
    for text in short * 2:
        full.encode([text])
    assert full.engine._graph._short is None


def test_bfloat16_runs_the_same_graph(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "BF16" not in openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") or any(
        os.environ.get(name) for name in LIMITS
    ):
        pytest.skip("this processor has no bfloat16")
    monkeypatch.setattr(load, "fastest", lambda _: BFLOAT16)
    quick, full = fast(home), fast(home, compute="full")
    cosines = (quick.encode(TEXTS) * full.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999
    assert (quick.encode(TEXTS) != full.encode(TEXTS)).any(), "they were computed otherwise"
    assert quick.fingerprint == fast_fingerprint(full.fingerprint, BFLOAT16)
    assert quick.uncached.weight_bytes == full.uncached.weight_bytes
    quick.close()
    full.close()


def test_without_faster_instructions_fast_is_full(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "fastest", lambda _: FLOAT32)
    quick, full = fast(home), fast(home, compute="full")
    assert (quick.fingerprint, quick.uncached.compute) == (full.fingerprint, "full")
    quick.close()
    full.close()


def test_a_model_is_made_fast_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr("calibration.encoding.fast_model.compress", never)
    monkeypatch.setattr(kept_graph, "_convert", never)
    again = fast(home)
    assert again.encode(TEXTS).shape == (len(TEXTS), 64)
    again.close()


def test_a_damaged_graph_in_8_bits_is_made_again(home: Path) -> None:
    kept = next((home / "models" / "fast").glob("*int8*/graph.bin"))
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-100])
    fast(home).close()
    assert kept.read_bytes() == whole
    assert not list((home / "models" / "fast").glob(".*"))


def test_a_model_that_misses_the_gate_is_refused_with_the_numbers(
    home: Path, tiny_bert: Make, with_modules: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.numpy import load_file, save_file

    folder = with_modules(tiny_bert(home / "odd", hidden=64), "mean")
    weights = load_file(folder / "model.safetensors")
    for name, values in weights.items():
        if "dense.weight" in name or "query.weight" in name:
            values[:, 0] = 40.0  # beside it, 8 bits leave nothing of all others
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(FidelityMissed, match=r"the cosine to full is -?0\.\d{5} on average") as caught:
        fast(home, "odd")
    assert caught.value.params["least"] < LEAST_COSINE
    prints = SentenceEncoder(folder, device="cpu").fingerprint
    assert not list((home / "models" / "fast").glob(f"{prints}*/*.bin"))
    monkeypatch.setattr("calibration.encoding.fast_model.compress", None)
    with pytest.raises(FidelityMissed):
        fast(home, "odd")


def test_the_environment_asks_for_it_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPUTE_VARIABLE, "fast")
    found = load_encoder(str(home / "m"), "cpu", home / "cache", models_dir=home / "models")
    assert found.uncached.compute == "fast"
    assert json.loads((found.uncached.fast.folder / "made.json").read_text())["fidelity"]["enough"]
    found.close()
