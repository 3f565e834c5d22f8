"""Precision fast: 8-bit weights by OpenVINO, held against full precision, with a fingerprint of their own.

What needs the extra is skipped without it: pip install 'simtier[fast]' runs all of it.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.encoding import SentenceEncoder, load_encoder
from calibration.encoding.fast_model import FastModel, fast_model
from calibration.encoding.fidelity import LEAST_COSINE, MEAN_COSINE, Fidelity, compare, measure, probe_texts
from calibration.encoding.openvino_body import variant
from calibration.errors import BadArgument, FastMissing, FidelityMissed, ModelMismatch, PrecisionMismatch
from calibration.policy import DomainPolicy, Policy
from calibration.settings import PRECISION_VARIABLE

Make = Callable[..., Path]
INSTALLED = all(importlib.util.find_spec(name) for name in ("openvino", "nncf"))
needs_fast = pytest.mark.skipif(not INSTALLED, reason="needs the extra fast: pip install 'simtier[fast]'")
TEXTS = ["花呗额度怎么提升", "今天天气怎么样", "a", "还款" * 20, "abc 123，你好？", "额" * 200]


# ---------------------------------------------------------------- without the extra


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
        ("fpu avx2 fma", "int8"),
        ("avx512f avx512_vnni", "int8-vnni"),
        ("avx2 avx_vnni", "int8-vnni"),
        (None, "int8"),
    ],
)
def test_processors_that_round_otherwise_have_other_fingerprints(
    tmp_path: Path, flags: str | None, expected: str
) -> None:
    if flags is not None:
        (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t: none\n")
    assert variant(tmp_path / "cpuinfo") == expected


@pytest.mark.skipif(INSTALLED, reason="the extra is installed")
def test_without_the_extra_it_is_said_what_to_install(tiny_bert: Make, tmp_path: Path) -> None:
    with pytest.raises(FastMissing, match=r"openvino, nncf: pip install 'simtier\[fast\]'"):
        load_encoder(str(tiny_bert(tmp_path / "m")), "cpu", pooling="cls", precision="fast")


def test_an_unknown_precision_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadArgument, match="full or fast"):
        load_encoder("bundled", precision="half")
    monkeypatch.setenv(PRECISION_VARIABLE, "quick")
    with pytest.raises(BadArgument, match=PRECISION_VARIABLE):
        load_encoder("bundled")


def test_a_policy_of_one_precision_is_refused_for_the_other() -> None:
    bank = DomainPolicy({"same": 0.9, "related": 0.8, "weak": None})
    policy = Policy({"bank": bank}, fingerprint="0123")
    with pytest.raises(PrecisionMismatch, match="recheck"):
        policy.check_model("0123-int8-1", "1")
    with pytest.raises(ModelMismatch) as caught:
        policy.check_model("4567-int8-1", "1")
    assert not isinstance(caught.value, PrecisionMismatch)


# ---------------------------------------------------------------- 16 bits, as on an accelerator


def test_half_precision_goes_the_same_way(
    tiny_bert: Make, with_modules: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of accelerators, on this processor: weights in 16 bits, measured once, kept by fingerprint."""
    folder = with_modules(tiny_bert(tmp_path / "m"), "mean")
    full = SentenceEncoder(folder, device="cpu")
    made: list[bool] = []

    class Half(SentenceEncoder):
        def _placed(self) -> Any:
            from calibration.encoding.build import Placed

            return Placed("cpu", "float16")

    def load(kept: FastModel | None) -> SentenceEncoder:
        made.append(kept is None)
        return full if kept is None else Half(folder, device="cpu", fast=kept)

    from calibration.encoding.digests import Digests

    kept = fast_model("m", folder, full.fingerprint, tmp_path, "cuda", load, Digests())
    assert kept.fingerprint == f"{full.fingerprint}-fp16-1"
    assert kept.fidelity.enough
    assert kept.fidelity.least < 1.0
    half = Half(folder, device="cpu", fast=kept)
    assert (half.encode(TEXTS) * full.encode(TEXTS)).sum(axis=1).min() > LEAST_COSINE
    assert half.encode(TEXTS).dtype == np.float32
    again = fast_model("m", folder, full.fingerprint, tmp_path, "cuda", load, Digests())
    assert again == kept
    assert made == [True, False]


# ---------------------------------------------------------------- with the extra


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Make, with_modules: Make) -> Path:
    """A data directory's models, and beside it a model `m`, fast already."""
    if not INSTALLED:
        pytest.skip("needs the extra fast: pip install 'simtier[fast]'")
    folder = tmp_path_factory.mktemp("fast")
    with_modules(tiny_bert(folder / "m", hidden=64), "mean")
    fast(folder).close()
    return folder


def fast(home: Path, name: str = "m") -> Any:
    return load_encoder(str(home / name), "cpu", home / "cache", models_dir=home / "models", precision="fast")


@needs_fast
def test_fast_vectors_are_near_and_have_their_own_fingerprint(home: Path) -> None:
    full = load_encoder(str(home / "m"), "cpu", home / "cache", models_dir=home / "models")
    quick = fast(home)
    assert quick.fingerprint == f"{full.fingerprint}-{variant()}-1"
    assert (quick.uncached.precision, full.uncached.precision) == ("fast", "full")
    a, b = full.encode(TEXTS), quick.encode(TEXTS)
    cosines = (a * b).sum(axis=1)
    assert cosines.min() >= LEAST_COSINE
    assert cosines.min() < 1 - 1e-7, "they were computed otherwise"
    assert quick.misses == len(TEXTS), "no vector of the other precision is taken from the cache"
    assert quick.uncached.weight_bytes < full.uncached.weight_bytes / 3
    assert measure(full.encode, quick.encode).enough
    together = np.vstack([quick.encode([text]) for text in TEXTS])
    assert (together * b).sum(axis=1).min() >= 0.9999
    full.close()
    quick.close()


@needs_fast
def test_a_model_is_converted_once_and_then_needs_no_weights(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = next((home / "models" / "fast").glob("*-1/body.bin"))
    before = kept.stat().st_mtime_ns

    def never(*_: object) -> None:
        raise AssertionError("converted again")

    monkeypatch.setattr("calibration.encoding.fast_model.convert_body", never)
    again = fast(home)
    assert again.encode(TEXTS).shape == (len(TEXTS), 64)
    assert kept.stat().st_mtime_ns == before
    assert not [name for name, _ in again.uncached.body.named_parameters()]
    again.close()


@needs_fast
def test_a_damaged_conversion_is_made_again(home: Path) -> None:
    kept = next((home / "models" / "fast").glob("*-1/body.bin"))
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-100])
    fast(home).close()
    assert len(kept.read_bytes()) == len(whole)
    assert not list((home / "models" / "fast").glob(".*"))


@needs_fast
def test_a_model_that_misses_the_gate_is_refused_with_the_numbers(
    home: Path, tiny_bert: Make, with_modules: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.numpy import load_file, save_file

    folder = with_modules(tiny_bert(home / "odd", hidden=64), "mean")
    weights = load_file(folder / "model.safetensors")
    for name, values in weights.items():
        if "dense.weight" in name or "query.weight" in name or "word_embeddings" in name:
            values[:, 0] = 40.0  # beside it, 8 bits leave nothing of all others
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(FidelityMissed, match=r"the cosine to full precision is 0\.\d{5} on average") as caught:
        fast(home, "odd")
    assert caught.value.params["least"] < LEAST_COSINE
    assert not list((home / "models" / "fast").glob(f"{SentenceEncoder(folder, device='cpu').fingerprint}*/*.bin"))
    monkeypatch.setattr("calibration.encoding.fast_model.convert_body", None)
    with pytest.raises(FidelityMissed):
        fast(home, "odd")


@needs_fast
def test_the_environment_asks_for_it_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PRECISION_VARIABLE, "fast")
    found = load_encoder(str(home / "m"), "cpu", home / "cache", models_dir=home / "models")
    assert found.uncached.precision == "fast"
    assert json.loads(next((home / "models" / "fast").glob("*-1/made.json")).read_text())["fidelity"]["enough"]
    found.close()
