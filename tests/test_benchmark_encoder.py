"""The benchmark of encoders asks each kind of processor for its own gates; others run its part without SimTier."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


def test_a_gate_says_whether_it_is_met() -> None:
    gate = module("shared").Gate
    for made, expected in (
        (gate("full", 1.7, 1.7), "met"),
        (gate("full", 1.7, 1.69), "**missed**"),
        (gate("flips", 0.002, 0.0021, least=False), "**missed**"),
        (gate("flips", 0.002, 0.002, least=False), "met"),
    ):
        assert module("shared").gate_table([made]).splitlines()[-1].endswith(f" {expected} |")


@pytest.mark.parametrize(
    ("has", "said"),
    [
        ({"amx_bf16", "avx512_vnni"}, "AMX: fast is 16-bit floats; gates of other kinds are not measured"),
        ({"avx512_bf16", "avx512_vnni"}, "VNNI: fast is 8-bit integers; gates of other kinds are not measured"),
        (set(), "neither AMX nor VNNI; fast is full, and none of its gates is asked"),
    ],
)
def test_the_kind_of_processor_is_told_with_the_gates(
    has: set[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calibration.encoding.engines.processor.instructions", lambda: frozenset(has))
    assert said in module("shared").processor_kind()


@pytest.mark.parametrize(("amx", "short", "flips"), [(True, 3.3, 0.002), (False, 3.2, 0.015)])
def test_gates_of_fast_depend_on_the_processor(
    amx: bool, short: float, flips: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, shared, quality = module("encoder.report"), module("shared"), module("encoder.quality")
    monkeypatch.setattr(report, "AMX", amx)
    times = {name: shared.Times([1.0], [1.0]) for name in (report.REFERENCE, report.FULL, report.FAST)}
    assert [gate.asked for gate in report.speed_gates("short", times)] == [1.2, short]
    near = quality.Quality(1.0, 1.0, 0.0, 0.0, quality.proportion(0, 100))
    asked = {gate.what: gate.asked for gate in report.quality_gates({report.FULL: near, report.FAST: near})}
    assert asked["fast, decisions flipped"] == flips


@pytest.mark.parametrize("backend", ["openvino", "onnx"])
def test_a_backend_without_its_package_is_left_out(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    backends = module("encoder.backends")
    monkeypatch.setitem(sys.modules, "optimum", None)
    monkeypatch.delitem(sys.modules, backends.NEEDS[backend], raising=False)
    with pytest.raises(ImportError, match="optimum"):
        backends.sentence_transformer(Path("never read"), "", backend)


def test_an_environment_without_simtier_can_run_a_contender() -> None:
    code = "import sys; sys.modules['calibration'] = sys.modules['pandas'] = None; import benchmarks.encoder.beside"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)


def test_a_contender_of_its_own_process_answers(
    tmp_path: Path, tiny_bert: Callable[..., Path], with_modules: Callable[..., Path]
) -> None:
    folder = with_modules(tiny_bert(tmp_path / "model"), "mean")
    one = module("encoder.beside").Contender(sys.executable, "torch", folder, "", 4)
    assert set(one.versions) >= {"sentence-transformers", "transformers", "torch"}
    for task in ("short", "one"):
        assert min(one.ask(task)) > 0
    one.ask(f"vectors {tmp_path}/v.npy")
    one.end()
    vectors = np.load(tmp_path / "v.npy")
    assert vectors.shape == (4, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
