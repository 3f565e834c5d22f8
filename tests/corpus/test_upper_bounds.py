"""Upper bounds: never below the score in any arithmetic, and clusters that do not depend on them.

The arithmetics are forced, so that a processor without their instructions checks them too: torch has all of them.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.corpus import leaders, products, upper_bounds
from calibration.corpus.leaders import Leaders, find_leaders
from calibration.corpus.products import Arithmetic, BFloat16, Float32, Int8, at_least
from calibration.corpus.upper_bounds import BoundFilter, ScoreFilter, pair_filter
from calibration.encoding.engines.processor import CPUINFO, LIMITS, instructions
from calibration.scoring.similarity import DEFAULT_OPTIONS, EncodedTexts, similarity

EIGHT_BITS = bool(instructions() & {"avx512_vnni", "avx_vnni"})
"""Where oneDNN may not use such instructions, 8 bits are never offered, and their sums may overflow."""
ALL = [Float32, BFloat16, *([Int8] if EIGHT_BITS else [])]


def encoded(vectors: np.ndarray) -> EncodedTexts:
    """Texts of one vector each, brought to length 1."""
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    nothing = np.zeros(len(unit), np.intp)
    return EncodedTexts(unit, np.arange(len(unit) + 1), nothing, nothing.astype(bool))


def drawn(seed: int, n: int, dim: int, spread: float, kind: str) -> np.ndarray:
    """Vectors of few groups: like normal ones, all numbers alike (whose rounding adds up), or few large numbers."""
    rng = np.random.default_rng(seed)
    if kind == "alike":
        return np.ones((n, dim)) * rng.uniform(0.9, 1.1, (n, 1)) + spread * 0.02 * rng.normal(size=(n, dim))
    centres = rng.normal(size=(3, dim)) * (0.5 ** np.arange(dim) if kind == "few" else 1.0)
    return centres[rng.integers(0, 3, n)] + spread * rng.normal(size=(n, dim)) / np.sqrt(dim)


def found(texts: EncodedTexts, threshold: float, arithmetic: type[Arithmetic] | None, blocks: int = 7) -> Leaders:
    """Clusters by bounds in one arithmetic, or by scores alone, whatever would be faster."""
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (("BLOCK", blocks), ("WIDTH", 5), ("SPAN", 11)):
            patch.setattr(leaders, name, size)
        if arithmetic is not None:
            for name, size in (("FEWEST", 8), ("_FITTED", 4), ("_HELD", 4), ("_STEP", 4), ("_TILE", 3)):
                patch.setattr(upper_bounds, name, size)
            patch.setattr(upper_bounds, "seconds_a_column", lambda way: way.fit(np.eye(2)) or 1.0)
            patch.setattr(
                leaders, "pair_filter", lambda *given: pair_filter(*given, lambda: [Slow(), arithmetic()])
            )
        return find_leaders(texts, np.arange(len(texts.vectors)), threshold, DEFAULT_OPTIONS)


class Slow(Float32):
    """Single precision that nothing is gained by."""

    itemsize = 2**40


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(8, 40),
    dim=st.sampled_from([3, 8, 17, 32]),
    spread=st.sampled_from([0.0, 1e-4, 0.01, 0.3, 1.0, 3.0]),
    kind=st.sampled_from(["normal", "alike", "few"]),
    arithmetic=st.sampled_from(ALL),
)
def test_clusters_are_those_of_exact_scores_with_pairs_at_the_threshold(
    seed: int, n: int, dim: int, spread: float, kind: str, arithmetic: type[Arithmetic]
) -> None:
    texts = encoded(drawn(seed, n, dim, spread, kind))
    first, second = np.random.default_rng(seed).choice(n, 2, replace=False)
    at = float(similarity(texts, np.array([first]), np.array([second]), DEFAULT_OPTIONS)[0])
    for threshold in (at, float(np.nextafter(at, 2.0)), float(np.nextafter(at, -2.0))):
        exact, bounded = found(texts, threshold, None), found(texts, threshold, arithmetic)
        assert bounded.representative.tolist() == exact.representative.tolist()
        assert bounded.scores.tolist() == exact.scores.tolist()


@pytest.mark.parametrize("arithmetic", ALL)
@pytest.mark.parametrize("kind", ["normal", "alike", "few"])
@pytest.mark.parametrize("kept", [None, 8, 40])
def test_a_bound_is_never_below_the_score(arithmetic: type[Arithmetic], kind: str, kept: int | None) -> None:
    texts = encoded(drawn(1, 200, 64, 1.0, kind))
    vectors, way = texts.vectors.astype(np.float64), arithmetic()
    basis = None if kept is None else np.linalg.eigh(vectors.T @ vectors)[1][:, ::-1][:, :kept].copy()
    width = 64 if kept is None else kept + 1
    bounds = BoundFilter(texts, 0.0, basis, way, width)
    way.fit(upper_bounds._short(vectors[:20], basis))
    taken = bounds.taken(np.arange(200))
    shown = way.products(taken, taken).double().numpy() * way.unit + way.slack(width)
    exact = np.clip(vectors @ vectors.T, -1, 1)
    assert (shown >= exact - 1e-9).all()
    if kept is None:  # nor much above it: a filter that lets all pass would be right as well
        assert (shown - exact).max() < 4 * way.slack(width)


def test_bfloat16_needs_more_than_half_its_slack() -> None:
    """Numbers just below the middle of two that bfloat16 knows are all rounded down: the errors add up."""
    vector = np.ones((1, 256)) * (1 + 2.0**-8 * 0.999) / 16
    vector[0, 128:] = 0.0
    vector[0, 128] = np.sqrt(1 - (vector**2).sum())
    way = BFloat16()
    taken = way.rounded(vector)
    error = 1.0 - float(way.products(taken, taken)[0, 0])
    assert way.slack(256) / 4 < error < way.slack(256)


def test_scores_are_compared_in_more_bits_than_bfloat16() -> None:
    import torch

    scores = torch.tensor([[0.5, 0.8984375, 0.90234375]], dtype=torch.bfloat16)
    bound = 0.9003  # nearer to the third number than to the second
    assert at_least(scores, bound)[1].tolist() == [2]
    assert at_least(scores, 0.8984375 - 1e-6)[1].tolist() == [1, 2]
    assert at_least(scores[:, :0], bound)[0].size == 0


@pytest.mark.skipif(not EIGHT_BITS, reason="no instructions for 8 bits may be used")
def test_integer_products_are_those_of_integers() -> None:
    import torch

    rng = np.random.default_rng(0)
    a, b = rng.choice([-127, -1, 0, 126, 127], (40, 257)), rng.choice([-127, 127], (60, 257))
    got = Int8().products(torch.from_numpy(a.astype(np.int8)), torch.from_numpy(b.astype(np.int8)))
    assert got.numpy().tolist() == (a @ b.T).tolist()


def test_bounds_are_used_where_they_save_and_scores_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upper_bounds, "FEWEST", 4096)
    monkeypatch.setattr(upper_bounds, "seconds_a_column", lambda way: way.fit(np.eye(2)) or 1e-11)
    rng = np.random.default_rng(0)
    few = rng.normal(size=(4096, 32)) @ rng.normal(size=(32, 256))

    def chosen(vectors: np.ndarray, threshold: float = 0.9) -> object:
        return pair_filter(encoded(vectors), threshold, DEFAULT_OPTIONS, lambda: [Float32()])

    short = chosen(few)
    assert isinstance(short, BoundFilter)
    assert short.width == 33
    assert isinstance(chosen(few[:4000]), ScoreFilter)  # too few to be worth it
    assert isinstance(chosen(rng.normal(size=(4096, 256)), 0.3), ScoreFilter)  # no direction counts less
    monkeypatch.setenv("SIMTIER_VECTOR_BYTES", "100000")
    assert isinstance(chosen(few), ScoreFilter)  # no room for short vectors


@pytest.mark.parametrize(
    ("flags", "limit", "expected"),
    [
        ("fma avx2", "", [Float32]),
        ("avx512_vnni", "", [Float32, Int8]),
        ("amx_bf16 avx512_vnni", "", [Float32, BFloat16]),
        ("amx_bf16 avx512_vnni", "AVX512_CORE_VNNI", [Float32, Int8]),
        ("amx_bf16 avx512_vnni", "AVX2", [Float32]),
    ],
)
def test_the_processor_says_which_arithmetics_are_tried(
    flags: str, limit: str, expected: list[type], monkeypatch: pytest.MonkeyPatch
) -> None:
    from calibration.encoding.engines.processor import instructions

    class Info:
        def read_text(self) -> str:
            return f"flags\t: {flags}\n"

    environ = {LIMITS[0]: limit}
    monkeypatch.setattr(products, "instructions", lambda: instructions(Info(), environ))  # type: ignore[arg-type]
    assert [type(way) for way in products.arithmetics()] == expected
    assert CPUINFO.name == "cpuinfo"
