"""The same clusters from a Ray cluster of two node processes, one of which dies on the way."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.corpus.leaders import Leaders, find_leaders
from calibration.corpus.spread.job import Spread
from calibration.corpus.spread.kept import Kept
from calibration.corpus.spread.leaders import spread_leaders
from calibration.corpus.spread.near_pairs import spread_near_pairs
from calibration.corpus.spread.nearest import spread_nearest
from calibration.corpus.spread.workers import Cost, HereWorkers, Work
from calibration.encoding.on_ray import LOOPBACK
from calibration.errors import BadArgument, ClusterTooSmall, FolderNotShared, WorkerDiffers
from calibration.scoring.similarity import EncodedTexts, ScoringOptions
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


DRIVER = """
import sys
from pathlib import Path

import numpy as np

from tests.corpus.test_spread_on_ray import many, on_cluster

on_cluster(sys.argv[1], Path(sys.argv[2]), many(), np.arange(600))
"""


def many() -> EncodedTexts:
    return encoded(np.random.default_rng(4), 600, 6, 1, 0.3)


def on_cluster(address: str, folder: Path, texts: EncodedTexts, order: Any) -> tuple[Leaders, Cost]:
    """Some hundred steps, each kept."""
    from calibration.corpus.spread.on_ray import RayWorkers

    kept, cost = Kept(folder, {"job": "this"}), Cost()
    found = spread_leaders(texts, order, 0.95, PLAIN, RayWorkers(address), block=30, kept=kept, cost=cost)
    return found, cost


def test_a_driver_that_is_killed_leaves_what_the_next_one_goes_on_from(nodes: Any, tmp_path: Path) -> None:
    folder = tmp_path / "out.part"
    first = subprocess.Popen([sys.executable, "-c", DRIVER, nodes.address, str(folder)])
    try:
        while len(list(folder.glob("*.npz"))) < 20:
            assert first.poll() is None, "ended before it could be killed"
            time.sleep(0.01)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    done = len(list(folder.glob("*.npz")))
    texts, order = many(), np.arange(600)
    alone = find_leaders(texts, order, 0.95, PLAIN)
    found, cost = on_cluster(nodes.address, folder, texts, order)
    assert found.representative.tolist() == alone.representative.tolist()
    assert found.scores.tolist() == alone.scores.tolist()
    assert cost.resumed == done >= 20
    assert cost.steps > 0
    whole = Cost()
    spread_leaders(texts, order, 0.95, PLAIN, HereWorkers(), block=30, cost=whole)
    assert cost.steps + cost.resumed == whole.steps


@pytest.mark.skipif(not importlib.util.find_spec("faiss"), reason="needs the extra [faiss]")
def test_indexes_of_shards_are_built_and_asked_there(nodes: Any) -> None:
    texts = encoded(np.random.default_rng(0), 2000, 16, 1, 0.4)
    here, there = (Spread(one, block=800, cost=Cost()) for one in (HereWorkers(), workers(nodes)))
    wanted, found = (spread_near_pairs(texts, 0.95, PLAIN, spread) for spread in (here, there))
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine.tolist() == theirs.tolist()
    assert there.cost.steps == here.cost.steps == 1 + 3 * 3
    sides = texts, np.arange(100), np.arange(100, 2000)
    best, exact = (spread_nearest(*sides, 5, PLAIN, spread, approximate=True) for spread in (there, here))
    assert [rows.tolist() for rows, _ in best] == [rows.tolist() for rows, _ in exact]


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
