"""The same vectors from a Ray cluster of two node processes, one of whose workers is killed on the way."""

from __future__ import annotations

import importlib.util
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.encoding import load_encoder
from calibration.encoding.on_ray import LOOPBACK
from calibration.errors import ExtraMissing

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra [ray]"),
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(LOOPBACK, "0")  # read when Ray is imported
        import ray
        from ray.cluster_utils import Cluster

        node = {"num_cpus": 1, "object_store_memory": 100 * 1024 * 1024, "node_ip_address": "127.0.0.1"}
        found = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
        found.add_node(**node)
        yield found.address
        ray.shutdown()
        found.shutdown()


def workers() -> set[int]:
    """The processes that hold a model for us."""
    pids = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if command.startswith(b"ray::") and b"Worker" in command:
                pids.add(int(entry.name))
    return pids


def test_a_killed_worker_costs_no_vector(
    cluster: str, tiny_bert: Any, with_modules: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    from calibration.encoding import on_ray

    monkeypatch.setattr(on_ray, "BATCH", 16)
    folder = str(with_modules(tiny_bert(tmp_path / "model")))
    load = {"model": folder, "device": "cpu"}
    local = load_encoder(**load, cache_dir=tmp_path / "cache")
    texts = [f"花呗额度怎么提升{n}" for n in range(800)]
    spread = on_ray.RayEncoder(local.uncached, load, cluster, 2)
    nodes = ray.nodes()
    assert [node["Alive"] for node in nodes] == [True, True]
    assert {node["NodeManagerAddress"] for node in nodes} == {"127.0.0.1"}
    before, killed = workers(), threading.Event()

    def progress(done: int, _: int) -> None:
        if done and not killed.is_set():
            mine = workers() - before
            if mine:
                os.kill(min(mine), signal.SIGKILL)
                killed.set()
        time.sleep(0.02)

    vectors = spread.encode(texts, progress=progress)
    assert killed.is_set()
    assert np.abs(vectors - local.encode(texts)).max() < 1e-5


def test_without_ray_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from calibration.encoding.on_ray import RayEncoder

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else found(name))
    with pytest.raises(ExtraMissing, match=r"simtier\[ray\]"):
        RayEncoder(None, {})  # type: ignore[arg-type]
