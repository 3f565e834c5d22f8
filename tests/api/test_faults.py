"""What goes wrong outside: kills, full disks, damaged files, slow and leaving clients, hostile bodies.

Never a 500, never a hang, nothing lost that was acknowledged, and /health says how it is.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.api.service import THREADS
from tests.api.conftest import ROOT, await_ready, free_port

EXAMPLES = int(os.environ.get("SIMTIER_MALFORMED", "300"))
"""Malformed bodies; 20,000 take some minutes."""
BIG = 20_000
SLOWEST: list[float] = []
PATHS = (
    "/api/predict", "/v1/similarity", "/v1/match", "/v1/embeddings", "/v1/bad-cases", "/v1/rerank", "/embed",
    "/similarity", "/rerank", "/retrieval",
)  # fmt: skip


class Child:
    """A server process in a folder of its own, to be hurt; it may be started again."""

    def __init__(self, folder: Path, models: Path, **environ: str) -> None:
        self.folder, self.environ, self.log = folder, environ, folder.parent / f"{folder.name}.log"
        folder.mkdir(exist_ok=True)
        (folder / "models").symlink_to(models, target_is_directory=True)

    def start(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dashboard", "--port", str(port), "--data-dir", str(self.folder)],
                cwd=ROOT,
                env=os.environ | self.environ,
                stdout=log,
                stderr=log,
            )
        self.seen = await_ready(self.url, self.process, self.log)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)

    def post(self, path: str, **body: object) -> httpx.Response:
        return httpx.post(self.url + path, json=body, timeout=60)

    def health(self) -> tuple[int, dict[str, dict[str, object]]]:
        answer = httpx.get(f"{self.url}/health", timeout=10)
        return answer.status_code, answer.json()

    def waiting(self) -> float:
        told = httpx.get(f"{self.url}/metrics", timeout=10).text
        return float(
            next(line for line in told.splitlines() if line.startswith("simtier_queue_waiting ")).split()[1]
        )


Make = Callable[..., Child]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[Make]:
    made: list[Child] = []

    def child(folder: Path | None = None, **environ: str) -> Child:
        one = Child(folder or tmp_path_factory.mktemp("child") / "data", data_dir / "models", **environ)
        made.append(one)
        one.start()
        return one

    yield child
    for one in made:
        one.end()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "not in time"
        time.sleep(0.1)


# ---------------------------------------------------------------- killed, and started again


@pytest.fixture(scope="module")
def survivor(make: Make) -> tuple[Child, set[int], list[str]]:
    """A server killed while four clients report bad cases, its vector cache damaged, and started again; what it had
    acknowledged, and what the first one scored.
    """
    child = make(SIMTIER_API_BODY_SECONDS="2", SIMTIER_API_WAITING="6")
    score = child.post("/api/predict", data=["卡丢了", "银行卡遗失"]).text
    acknowledged: set[int] = set()

    def report(client: int) -> None:
        for number in range(10_000):
            try:
                told = child.post("/v1/bad-cases", text_a=f"{client} 甲 {number}", text_b="乙", expected=0)
            except httpx.HTTPError:
                return
            assert told.status_code == 201
            acknowledged.add(told.json()["id"])

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(report, client) for client in range(4)]
        until(lambda: len(acknowledged) >= 20)
        child.process.send_signal(signal.SIGKILL)
        for client in clients:
            client.result(30)
    child.end()
    cache = child.folder / "cache" / "vectors.sqlite"
    for side in ("-wal", "-shm"):
        cache.with_name(cache.name + side).unlink(missing_ok=True)
    cache.write_bytes(b"SQLite format 3\0" + os.urandom(100_000))
    child.start()
    return child, acknowledged, json.loads(score)["data"]


def test_what_was_acknowledged_outlives_a_kill(survivor: tuple[Child, set[int], list[str]]) -> None:
    from calibration.store import open_store

    child, acknowledged, _ = survivor
    assert child.health()[0] == 200
    with open_store(child.folder / "simtier.sqlite") as store:
        assert {store.bad_cases.get(number).id for number in acknowledged} == acknowledged


def test_health_says_that_the_model_loads_until_it_serves(survivor: tuple[Child, set[int], list[str]]) -> None:
    assert survivor[0].seen == {(503, "loading"), (200, "ready")}


def test_a_damaged_cache_is_set_aside_and_scores_are_the_same(survivor: tuple[Child, set[int], list[str]]) -> None:
    child, _, score = survivor
    assert child.post("/api/predict", data=["卡丢了", "银行卡遗失"]).json()["data"] == pytest.approx(
        score, abs=1e-5
    )
    assert list((child.folder / "cache").glob("*.damaged-*"))
    assert child.health()[1]["store"] == {"ok": True}


def test_a_model_folder_that_vanishes_is_not_missed_by_a_running_server(
    survivor: tuple[Child, set[int], list[str]],
) -> None:
    child = survivor[0]
    (child.folder / "models").unlink()
    assert child.post("/api/predict", data=["房贷", "按揭"]).status_code == 200
    assert child.health()[0] == 200


def test_a_client_of_one_byte_a_second_is_sent_away_and_nobody_else_waits(
    survivor: tuple[Child, set[int], list[str]],
) -> None:
    child = survivor[0]
    port = int(child.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=15) as slow:
        slow.sendall(b"POST /v1/similarity HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        stop = threading.Event()

        def trickle() -> None:
            while not stop.wait(1):
                try:
                    slow.sendall(b" ")
                except OSError:
                    return

        threading.Thread(target=trickle, daemon=True).start()
        assert child.post("/api/predict", data=["a", "b"]).status_code == 200
        answer = slow.recv(65536)
        while b"body_timeout" not in answer and (more := slow.recv(65536)):  # head and body may come apart
            answer += more
        stop.set()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"body_timeout" in answer


def test_clients_that_leave_take_their_requests_along(survivor: tuple[Child, set[int], list[str]]) -> None:
    child = survivor[0]
    port = int(child.url.rpartition(":")[2])
    left = []
    for client in range(THREADS + 3):
        body = json.dumps(
            {"input": [f"第{client}位的第{number}句，长一些才要些时间" for number in range(2000)]}
        ).encode()
        head = f"POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        left.append(socket.create_connection(("127.0.0.1", port), timeout=15))
        left[-1].sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
    until(lambda: child.waiting() >= 3)
    for one in left:
        one.close()
    until(lambda: child.waiting() == 0, 10)
    begun = time.monotonic()
    assert child.post("/api/predict", data=["离开", "之后"]).status_code == 200
    assert time.monotonic() - begun < 10


def test_beyond_the_bound_everybody_gets_an_answer(survivor: tuple[Child, set[int], list[str]]) -> None:
    child = survivor[0]

    def ask(client: int) -> httpx.Response:
        return child.post("/v1/embeddings", input=[f"第{client}位忙时的第{number}句" for number in range(65)])

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(ask, range(32)))
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.status_code for answer in answers} == {200, 503}
    for answer in refused:
        assert answer.json()["error"]["code"] == "busy"
        assert int(answer.headers["Retry-After"]) >= 1
    assert child.post("/api/predict", data=["忙完", "之后"]).status_code == 200


def test_a_body_in_pieces_is_capped_too(survivor: tuple[Child, set[int], list[str]]) -> None:
    child = survivor[0]

    def pieces() -> Iterator[bytes]:
        for _ in range(9):
            yield b" " * 2**20

    refused = httpx.post(f"{child.url}/v1/similarity", content=pieces(), timeout=60)
    assert (refused.status_code, refused.json()["error"]["field"]) == (413, "body")


def test_a_head_without_end_is_refused(survivor: tuple[Child, set[int], list[str]]) -> None:
    child = survivor[0]
    for headers in ({"X-Long": "x" * 200_000}, {"Content-Length": "9" * 5000}):
        try:
            status = httpx.post(f"{child.url}/v1/similarity", headers=headers, timeout=20).status_code
        except httpx.HTTPError:
            status = 400  # it hung up
        assert status in (400, 413, 431)
    assert child.health()[0] == 200


# ---------------------------------------------------------------- asked to end


def test_a_server_that_is_asked_to_end_answers_what_it_has_accepted(make: Make) -> None:
    child = make()

    def ask(client: int) -> httpx.Response:
        return child.post("/v1/embeddings", input=[f"第{client}位的第{number}句" for number in range(150)])

    clients = THREADS + 3
    with ThreadPoolExecutor(clients) as pool:
        asked = [pool.submit(ask, client) for client in range(clients)]
        until(lambda: child.waiting() >= 3)  # all of them: the others are being encoded
        child.process.send_signal(signal.SIGTERM)
        answers = [future.result(60) for future in asked]
    assert [answer.status_code for answer in answers] == [200] * clients
    assert all(len(answer.json()["data"]) == 150 for answer in answers)
    assert child.process.wait(30) in (0, -signal.SIGTERM)
    assert "Traceback" not in child.log.read_text()


# ---------------------------------------------------------------- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small file system may not be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                return


def test_a_full_disk_stops_writing_but_not_scoring(make: Make, small_disk: Path) -> None:
    child = make(small_disk)
    assert child.post("/v1/bad-cases", text_a="甲", text_b="乙", expected=0).status_code == 201
    filler = small_disk / "filler"
    fill(filler)
    scored = [child.post("/api/predict", data=[f"满{n}", f"盘{n}"]) for n in range(5)]
    assert [answer.status_code for answer in scored] == [200] * 5
    refused = [child.post("/v1/bad-cases", text_a=f"甲{n}" * 2000, text_b="乙", expected=0) for n in range(8)]
    assert refused[-1].status_code == 503
    assert refused[-1].json()["error"]["code"] == "store_unavailable"
    status, told = child.health()
    assert (status, told["disk"]["ok"]) == (200, False)
    filler.unlink()
    assert child.post("/v1/bad-cases", text_a="丙", text_b="丁", expected=0).status_code == 201
    assert child.health()[1]["disk"]["ok"] is True
    child.end()


# ---------------------------------------------------------------- hostile bodies

texts = st.text(max_size=30) | st.sampled_from(["a", "\0", "\u202e", "\ud800", "花呗", "1e999", " "])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "data",
    "sources",
    "targets",
    "domain",
    "queries",
    "faq",
    "keys",
    "threshold",
    "k",
    "margin",
    "input",
    "encoding_format",
    "query",
    "knowledge_id",
    "retrieval_setting",
    "collection",
    "documents",
    "top_n",
    "inputs",
    "texts",
    "dimensions",
    "text_a",
    "expected",
    "note",
)
names = st.sampled_from(FIELDS)
objects = st.dictionaries(names, values | st.lists(texts, max_size=4), max_size=6).map(json.dumps).map(str.encode)
cut = st.tuples(objects, st.integers(0, 200)).map(lambda both: both[0][: both[1]])
nested = st.integers(1, 100_000).map(lambda depth: b'{"data": ' + b"[" * depth)
bodies = st.binary(max_size=200) | objects | cut | nested | values.map(json.dumps).map(str.encode)
types = st.sampled_from(
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "a/b;charset=utf-7"]
)


@given(path=st.sampled_from(PATHS), body=bodies, kind=types)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_body_breaks_it(client: httpx.Client, path: str, body: bytes, kind: str) -> None:
    begun = time.perf_counter()
    answer = client.post(path, content=body, headers={"Content-Type": kind}, timeout=60)
    SLOWEST.append(time.perf_counter() - begun)
    assert answer.status_code in (200, 201, 400, 404, 413, 415, 422), answer.text
    if answer.status_code >= 400:
        assert answer.json()["error"]["message"]
    else:
        assert answer.json()


def test_it_is_well_after_all_that(client: httpx.Client, record_property: Callable[[str, object], None]) -> None:
    assert client.get("/health").status_code == 200
    record_property("slowest malformed body, seconds", max(SLOWEST, default=0.0))
    if EXAMPLES >= BIG:  # seconds are only told of a run that somebody watches, on a machine of their own
        assert max(SLOWEST) < 2.0
