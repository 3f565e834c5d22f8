"""The same clusters from a Ray cluster of two node processes, one of which dies on the way."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.corpus.leaders import find_leaders
from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.leaders import spread_leaders
from calibration.corpus.spread.workers import Cost, Work
from calibration.encoding.on_ray import LOOPBACK
from calibration.errors import BadArgument, ClusterTooSmall, FolderNotShared, WorkerDiffers
from calibration.scoring.similarity import ScoringOptions
from tests.corpus.test_leaders import encoded

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra [ray]"),
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]
PLAIN = ScoringOptions()


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(LOOPBACK, "0")  # read when Ray is imported
        import ray
        from ray.cluster_utils import Cluster

        node = {
            "num_cpus": 1,
            "object_store_memory": 100 * 2**20,
            "memory": 2 * 2**30,
            "node_ip_address": "127.0.0.1",
        }
        found = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
        found.second = found.add_node(**node)
        yield found
        ray.shutdown()
        found.shutdown()


def workers(nodes: Any, **asked: Any) -> Any:
    from calibration.corpus.spread.on_ray import RayWorkers

    return RayWorkers(nodes.address, **asked)


@pytest.mark.parametrize("shared", [False, True])
def test_clusters_are_those_of_one_machine(nodes: Any, tmp_path: Path, shared: bool) -> None:
    rng = np.random.default_rng(0)
    given = workers(nodes, shared=str(tmp_path) if shared else None)
    assert given.room == 4
    for mode, most in (("none", 1), ("max", 3)):
        texts, order = encoded(rng, 300, 6, most, 0.3), rng.permutation(300)
        options = ScoringOptions(segments=mode)  # type: ignore[arg-type]
        alone = find_leaders(texts, order, 0.95, options)
        cost = Cost()
        found = spread_leaders(texts, order, 0.95, options, given, block=60, cost=cost)
        assert order[found.representative].tolist() == alone.representative[order].tolist()
        assert found.scores.tolist() == alone.scores[order].tolist()
        assert cost.steps > 5
        assert cost.seconds > 0
    given.close()
    assert not list(tmp_path.iterdir())


def test_bad_clusters_are_refused_before_work(nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from calibration.corpus.spread import on_ray

    with pytest.raises(ClusterTooSmall, match="a step takes 9269 MB of memory, and no node has more than 2147 MB"):
        workers(nodes, step_bytes=9 * 10**9)
    with pytest.raises(ClusterTooSmall, match="object store"):
        workers(nodes, step_bytes=10**9)
    with pytest.raises(BadArgument, match="--shared"):
        workers(nodes, shared=str(tmp_path / "none"))
    monkeypatch.setattr(on_ray, "software", lambda: "simtier 9")
    with pytest.raises(WorkerDiffers, match="this machine simtier 9"):
        workers(nodes)
    monkeypatch.undo()
    monkeypatch.setattr(
        on_ray.Path, "touch", lambda _: None
    )  # as if it were written to a disk of this machine alone
    with pytest.raises(FolderNotShared, match="Ray node"):
        workers(nodes, shared=str(tmp_path))


def test_a_node_that_dies_costs_a_step_and_no_result(nodes: Any, tmp_path: Path) -> None:
    from calibration.corpus.spread.on_ray import RayWorkers

    log = tmp_path / "log"
    log.mkdir()

    class Watched(RayWorkers):
        """Every step says where it runs; once enough have ended, the second node dies."""

        ended, killed = 0, False

        def submit(self, work: Work, *arguments: Any) -> Any:
            def told(*given: Any) -> Any:
                import time
                import uuid

                import ray

                (log / f"{ray.get_runtime_context().get_node_id()}-{uuid.uuid4().hex}").touch()
                time.sleep(0.05)
                return work(*given)

            return super().submit(told, *arguments)

        def done(self) -> Any:
            found = super().done()
            self.ended += len(found)
            second = nodes.second.node_id
            if self.ended > 8 and not self.killed and any(one.name.startswith(second) for one in log.iterdir()):
                nodes.remove_node(nodes.second, allow_graceful=False)
                self.killed = True
            return found

    texts, order = encoded(np.random.default_rng(3), 400, 6, 1, 0.3), np.arange(400)
    alone = find_leaders(texts, order, 0.95, PLAIN)
    given, cost = Watched(nodes.address), Cost()
    kept = Kept(tmp_path / "out.part", {"job": "this"})
    found = spread_leaders(texts, order, 0.95, PLAIN, given, block=40, kept=kept, cost=cost)
    assert given.killed
    assert found.representative.tolist() == alone.representative.tolist()
    assert found.scores.tolist() == alone.scores.tolist()
    begun = len(list(log.iterdir()))
    assert cost.steps <= begun <= cost.steps + given.room  # what was under way, at most
    again = Cost()
    spread_leaders(texts, order, 0.95, PLAIN, given, block=40, kept=kept, cost=again)
    assert (again.steps, again.resumed) == (0, cost.steps)
