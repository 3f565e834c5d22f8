"""Milvus by its address: a real server on 127.0.0.1, asked through the commands and the library."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.corpus import address, embed, open_rows, search_vectors
from calibration.corpus.approximate import near_pairs, nearest_approximately
from calibration.corpus.nearest import nearest
from calibration.corpus.recall import tally_of_best, tally_of_pairs
from calibration.encoding import CachedEncoder
from calibration.errors import BadArgument, VectorsMismatch, VectorsUnusable
from calibration.scoring.similarity import DEFAULT_OPTIONS
from tests.corpus.test_leaders import encoded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in ("pymilvus", "milvus")),
        reason="needs the extra [milvus] and the server's package milvus==2.3.5",
    ),
    pytest.mark.filterwarnings("ignore"),  # pymilvus's own
]
SERVE = """
import faulthandler, sys
from milvus import default_server as server
server.set_base_dir(sys.argv[1])
server.listen_port = int(sys.argv[2])
faulthandler.dump_traceback_later(300, exit=True)  # it waits for ever where another Milvus has its inner ports
server.start()
faulthandler.cancel_dump_traceback_later()
print("up", flush=True)
sys.stdin.read()
server.stop()
"""
TEXTS = ["花呗怎么还款", "今天天气不错", "怎么办理信用卡挂失", "信用卡丢了怎么办", "公司几点上班"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = str(tmp_path_factory.mktemp("milvus"))
    given = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": dict(os.environ)}
    with subprocess.Popen([sys.executable, "-c", SERVE, folder, str(port)], text=True, **given) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "up\n"
        yield f"http://127.0.0.1:{port}"
        process.stdin.close()
        process.wait(120)


def rows(texts: list[str]) -> Any:
    return open_rows(("t\n" + "\n".join(texts) + "\n").encode(), column="t")


def test_vectors_are_written_found_at_once_and_bound_to_their_model(
    server: str, encoder: CachedEncoder, data_dir: Path
) -> None:
    where = address(server, "faq")
    done = embed(rows(TEXTS), "t", encoder, where)
    assert (done.facts.rows, done.resumed) == (5, 0)
    hits = search_vectors(where, ["信用卡丢了怎么办"], encoder, 2)[0]
    assert (hits[0].row, hits[0].text) == (5, "信用卡丢了怎么办")
    assert hits[0].score == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(BadArgument, match="--overwrite"):
        embed(rows(TEXTS), "t", encoder, where)
    embed(rows(TEXTS[:2]), "t", encoder, where, overwrite=True)
    assert len(search_vectors(where, ["信用卡"], encoder, 5)[0]) == 2

    class Other:
        name, fingerprint, dim = "other", "of another model", encoder.dim

    with pytest.raises(VectorsMismatch, match="other"):
        search_vectors(where, ["信用卡"], Other(), 1)  # type: ignore[arg-type]
    with pytest.raises(BadArgument, match="collection"):
        search_vectors(address(server, "none"), ["信用卡"], encoder, 1)


def test_runs_are_replaced_and_removed_by_themselves(
    server: str, encoder: CachedEncoder, data_dir: Path, cli: Any, tmp_path: Path
) -> None:
    monday, where = address(server, "runs", "monday"), address(server, "runs")
    embed(rows(TEXTS), "t", encoder, monday)
    embed(rows(["公司几点下班", "食堂在哪"]), "t", encoder, address(server, "runs", "tuesday"))
    assert len(search_vectors(where, ["公司几点上班"], encoder, 20)[0]) == 7
    embed(rows(TEXTS[:3]), "t", encoder, monday)
    assert len(search_vectors(where, ["公司几点上班"], encoder, 20)[0]) == 5
    told = cli.ok("embed", "-o", server, "--collection", "runs", "--run", "monday", "--delete-run")
    assert told["deleted"] == 3
    assert {hit.text for hit in search_vectors(where, ["公司"], encoder, 20)[0]} == {"公司几点下班", "食堂在哪"}
    file = tmp_path / "t.csv"
    file.write_text("t\n一\n", encoding="utf-8")
    other = ("embed", file, "--column", "t", "-o", server, "--run", "x", "--collection", "runs")
    assert "1+punct" in cli.refused(*other, "--map-punctuation")
    assert "--run" in cli.refused("embed", file, "--column", "t", "-o", tmp_path / "v.npy", "--run", "x")
    assert "--delete-run" in cli.refused("embed", file, "-o", server, "--delete-run")
    embed(rows(TEXTS), "t", encoder, address(server, "whole"))
    with pytest.raises(BadArgument, match="made with --run"):
        embed(rows(TEXTS), "t", encoder, address(server, "whole", "x"))


def test_its_candidates_are_scored_here_and_their_recall_is_measured(server: str) -> None:
    from pymilvus import MilvusClient

    from calibration.corpus.milvus_index import MilvusIndexes

    texts = encoded(np.random.default_rng(0), 3000, 16, 1, 0.4)
    with MilvusIndexes(server, {"model": "made"}) as make:
        pairs = near_pairs(texts, 0.9, DEFAULT_OPTIONS, make=make)
        assert (pairs[2] >= 0.9).all()
        recall = tally_of_pairs(texts, pairs, 0.9, DEFAULT_OPTIONS).recall(None)
        assert recall.found > 0.8
        sides = texts, np.arange(100), np.arange(100, 3000)
        best = list(nearest_approximately(*sides, 10, DEFAULT_OPTIONS, make=make))
        assert tally_of_best(*sides, best, 10, DEFAULT_OPTIONS).recall(10).found > 0.7
        exact = [dict(zip(*one, strict=True)) for one in nearest(*sides, 2900, DEFAULT_OPTIONS)]
        for (places, scores), all_scores in zip(best, exact, strict=True):
            assert scores.tolist() == [all_scores[place] for place in places]
    client = MilvusClient(uri=server)
    assert not [name for name in client.list_collections() if name.startswith("simtier_job")]
    client.close()


def test_dedup_and_match_by_it_say_their_recall(server: str, cli: Any, tmp_path: Path) -> None:
    titles, out = tmp_path / "t.csv", tmp_path / "o.csv"
    pd.DataFrame({"t": [f"{text}{n}" for text in TEXTS for n in range(20)]}).to_csv(titles, index=False)
    asked = ("dedup", titles, "--column", "t", "-o", out)
    exact = cli.ok(*asked)
    told = cli.ok(*asked, "--approximate", "--index", server)
    assert told["recall"]["found"] == 1.0
    assert told["kept"] == exact["kept"]
    matched = cli.ok("match", titles, titles, "-o", out, "--approximate", "--index", server)
    assert matched["recall"]["complete"]["n"] == 100
    assert "--approximate" in cli.refused(*asked, "--index", server)
    assert "--index" in cli.refused(*asked, "--approximate", "--index", "vectors.db")


def test_where_nobody_answers_it_is_said_before_any_work() -> None:
    from calibration.corpus.milvus_index import MilvusIndexes

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(VectorsUnusable):
            MilvusIndexes(f"http://127.0.0.1:{free.getsockname()[1]}", {})
