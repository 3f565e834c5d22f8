"""`recheck --against`: two servings of one model, the other one a real server over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.encoding import CachedEncoder
from calibration.policies.policy import DomainPolicy, Policy
from tests.encoding.test_remote import Server, serving

PAIRS = Path(__file__).parents[2] / "datasets" / "service" / "pairs.csv"


@pytest.fixture
def files(encoder: CachedEncoder, tmp_path: Path) -> tuple[Path, Path]:
    policy = Policy({"service": DomainPolicy({"same": 0.92})}, fingerprint=encoder.fingerprint)
    policy.save(tmp_path / "policy.json")
    pd.read_csv(PAIRS).head(120).to_csv(tmp_path / "pairs.csv", index=False)
    return tmp_path / "policy.json", tmp_path / "pairs.csv"


def test_a_server_of_the_same_model_gives_the_same_tiers(
    cli: Any, encoder: CachedEncoder, files: tuple[Path, Path]
) -> None:
    server = Server(encoder)
    server.fingerprint = encoder.fingerprint  # it must be asked although the cache knows this model's vectors
    with serving(server):
        found = cli.ok("recheck", *files, "--against", f"{server.base}#m", "--confidence", 0.8)
    assert sum(server.asked) > 100
    assert (found["alike"], found["changed"]["n"], found["domains"]["service"]["n"]) == (True, 0, 120)
    low, share, high = found["domains"]["service"]["flip_share"]
    assert low == share == 0.0 < high <= found["allowed"]


def test_one_that_computes_otherwise_is_refused_and_its_pairs_are_named(
    cli: Any, encoder: CachedEncoder, files: tuple[Path, Path], tmp_path: Path
) -> None:
    server, rng = Server(encoder), np.random.default_rng(0)

    def noisy(vectors: np.ndarray) -> np.ndarray:
        moved = vectors + rng.normal(size=vectors.shape) * 0.01
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True))

    server.change = noisy
    with serving(server):
        done = cli.here(
            "recheck", *files, "--against", f"{server.base}#m", "-o", tmp_path / "changed.csv", "--json"
        )
    assert done.returncode == 3, done.stderr
    found = json.loads(done.stdout)
    changed = pd.read_csv(tmp_path / "changed.csv")
    assert found["changed"]["n"] == len(changed) == found["domains"]["service"]["flipped"] > 0
    assert (changed["tier_here"] != changed["tier_there"]).all()


def test_bad_input_is_one_line(cli: Any, files: tuple[Path, Path]) -> None:
    assert "--against" in cli.refused("recheck", *files, "--against", "gpu:8080")
    assert "-o" in cli.refused("recheck", *files)
    assert "127.0.0.1:1" in cli.refused(
        "recheck", *files, "--against", "http://127.0.0.1:1/v1#m", SIMTIER_REMOTE_PATIENCE="1"
    )
