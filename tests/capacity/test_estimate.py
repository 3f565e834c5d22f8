"""The cost model: what is known without a machine, and that what is measured predicts a run of another size."""

from __future__ import annotations

import math
import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.capacity.constants import Constants, compare_seconds, write_speed
from calibration.capacity.estimate import BATCH, BLOCK, COMPARE, ENCODE, WRITE, Corpus, block_of, stages, total
from calibration.capacity.schedule import MOST, SLOW, STRAGGLERS, Cluster, Work, simulate
from calibration.cli.main import main
from calibration.corpus.leaders import find_leaders
from calibration.errors import BadArgument, FileUnreadable
from calibration.scoring.similarity import DEFAULT_OPTIONS, EncodedTexts

ROOT = Path(__file__).resolve().parents[2]
MACHINE = Constants(
    model="m", dim=1000, encode=0.01, tokens=10.0, pair=2e-8, number=3e-11, write=1e8
)  # 50 ns a pair of 1,000 numbers
CALM = Cluster(failures=0.0, overhead=0.0)
LONGER = 1 + STRAGGLERS * (SLOW - 1)


def test_work_is_the_product_of_counts_and_constants() -> None:
    corpus = Corpus(1e6, 1000, tokens=20)
    encode, write, compare = stages(corpus, MACHINE, CALM)
    assert [stage.name for stage in (encode, write, compare)] == [ENCODE, WRITE, COMPARE]
    assert encode.core_hours == pytest.approx(1e6 * 0.02 / 3600)
    assert write.span.median == pytest.approx(1e6 * 1000 * 4 / 1e8)
    assert compare.core_hours == pytest.approx(1e6 * (1e6 - 1) / 2 * 5e-8 / 3600)
    assert (encode.sent, compare.sent, write.disk) == (0, 0, 4e9)
    whole = total((encode, write, compare))
    assert whole.core_hours == encode.core_hours + compare.core_hours
    assert whole.span.median == pytest.approx(sum(part.span.median for part in (encode, write, compare)))


def test_groups_save_comparisons_and_nodes_save_hours() -> None:
    one = stages(Corpus(1e7, 1000), MACHINE, CALM)[2]
    grouped = stages(Corpus(1e7, 1000, within=1e5), MACHINE, CALM)[2]
    assert one.core_hours / grouped.core_hours == pytest.approx(100, rel=1e-3)
    cluster = Cluster(nodes=10, cores=4, memory=64e9, failures=0.0)
    spread = stages(Corpus(1e7, 1000), MACHINE, cluster)[2]
    assert spread.core_hours == one.core_hours
    assert one.span.median / spread.span.median == pytest.approx(40, rel=0.05)
    assert spread.memory <= cluster.memory
    assert spread.sent > one.sent == 0


def test_runs_take_what_their_tasks_take_on_average() -> None:
    for tasks in (1000, 50 * MOST):
        span = simulate(Work(tasks, 2.0), replace(CALM, cores=10), repeats=40)
        assert span.median == pytest.approx(tasks * 2.0 / 10 * LONGER * math.exp(0.1**2 / 2), rel=0.02)
        assert span.low < span.median < span.high
        assert span.lost == 0


def test_failures_lose_half_a_task_each_and_a_slow_network_holds_all_up() -> None:
    calm = simulate(Work(1000, 100.0), replace(CALM, cores=10))
    failing = simulate(Work(1000, 100.0), replace(CALM, cores=10, failures=86.4))  # one in 1,000 seconds
    lost = 1000 * 100.0 * LONGER / 1000 * 50
    assert failing.lost == pytest.approx(lost, rel=0.15)
    assert failing.median > calm.median * 1.25  # 350 seconds of every 1,000
    starved = simulate(Work(1000, 1.0, 1e9), replace(CALM, nodes=2, cores=5, network=1e8))
    assert starved.median == pytest.approx(1000 * 50.0 / 10 * LONGER, rel=0.05)
    assert simulate(Work(1000, 100.0), CALM) == simulate(Work(1000, 100.0), CALM)


@pytest.mark.parametrize(
    "made",
    [
        lambda: Corpus(1, 10),
        lambda: Corpus(math.nan, 10),
        lambda: Corpus(100, 0),
        lambda: Corpus(100, 10, within=101),
        lambda: Corpus(100, 10, tokens=0),
        lambda: Cluster(nodes=0),
        lambda: Cluster(network=0),
        lambda: Cluster(failures=-1),
        lambda: block_of(1000, Cluster(memory=1e6)),
        lambda: simulate(Work(10, 86_400.0), Cluster(failures=6)),
        lambda: replace(MACHINE, pair=-1),
    ],
)
def test_what_cannot_be_is_refused(made: object) -> None:
    with pytest.raises(BadArgument):
        made()  # type: ignore[operator]


def test_blocks_fit_the_memory_of_a_core() -> None:
    assert block_of(1000, Cluster(cores=4, memory=64e9)) == 500_000
    assert stages(Corpus(1e7, 1000), MACHINE, Cluster(cores=4, memory=64e9))[2].memory == 4 * 2 * BLOCK * 4000
    assert BATCH < BLOCK


def test_constants_are_kept_exactly_and_other_files_are_refused(tmp_path: Path) -> None:
    MACHINE.save(tmp_path / "here.json")
    assert Constants.load(tmp_path / "here.json") == MACHINE
    for text in ("", "[]", "{}", '{"model": 1}'):
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(FileUnreadable, match=r"other\.json"):
            Constants.load(tmp_path / "other.json")
    with pytest.raises(FileUnreadable):
        Constants.load(tmp_path / "none.json")


@pytest.mark.slow
def test_measured_constants_predict_a_larger_run() -> None:
    """Processor time, whose noise under load is far from the factor that a wrong unit or exponent makes."""
    pair, number = compare_seconds()
    assert write_speed(2**20) > 0
    n, dim = 24_576, 512
    vectors = np.random.default_rng(1).standard_normal((n, dim), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = EncodedTexts(vectors, np.arange(n + 1), np.ones(n, np.intp), np.zeros(n, bool))
    begun = time.process_time()
    find_leaders(texts, np.arange(n), 0.99, DEFAULT_OPTIONS)
    taken = time.process_time() - begun
    assert taken / 10 < n * (n - 1) / 2 * (pair + number * dim) < taken * 10


def test_the_tables_of_the_docs_are_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs/operations/estimate.md").read_text(encoding="utf-8")
    shown = re.findall(
        r"```console\nsimtier (estimate [^\n]+--constants [^\n]+)\n```\n\n```text\n(.+?)\n```", page, re.DOTALL
    )
    assert len(shown) == 4
    for command, table in shown:
        assert main(command.replace("docs/", f"{ROOT}/docs/").split()) == 0
        assert capsys.readouterr().out.rstrip() == table
