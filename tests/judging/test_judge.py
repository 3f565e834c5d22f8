"""A judge behind a real server: paced, cached, resumable, audited; what it says is never trusted alone."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.certificates.judged import certify_judged
from calibration.cli.main import main
from calibration.errors import BadArgument, FileUnreadable, ServiceRefused, ServiceUnreachable
from calibration.judging.ask import Judge, judge_pairs
from calibration.stats.prediction_powered import judge_quality, log_capital


class Server(ThreadingHTTPServer):
    """Speaks the chat protocol. troubles: statuses or answers that come before the right one, one a request."""

    daemon_threads = True

    def __init__(self) -> None:
        self.troubles: list[int | str] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.keys.append(self.headers.get("Authorization"))
        trouble = self.server.troubles.pop(0) if self.server.troubles else None
        if trouble == 0:
            self.connection.close()
            return
        if isinstance(trouble, int):
            self.send_response(trouble)
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        question = body["messages"][1]["content"]
        said = trouble or ("是" if "same" in question else "否")
        data = json.dumps({"choices": [{"message": {"content": said}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


PAIRS = [("开户 same", "办卡 same"), ("开户", "销户"), ("card same", "card same 2"), ("card", "loan")]


def test_answers_through_trouble_and_again_from_the_cache(server: Server, tmp_path: Path) -> None:
    server.troubles = [429, 0, 503, "我觉得也许吧", "是的", "{broken", "perhaps"]
    judge, cache = Judge(server.endpoint, "m", patience=60.0), tmp_path / "cache.jsonl"
    assert judge_pairs(judge, PAIRS, cache) == [1, None, 1, 0]
    asked = len(server.asked)
    assert judge_pairs(judge, PAIRS, cache) == [1, None, 1, 0]
    assert len(server.asked) == asked
    assert "开户" not in cache.read_text(encoding="utf-8")
    assert server.asked[0]["messages"][0]["content"].startswith("你来判断")
    assert server.asked[-1]["messages"][0]["content"].startswith("You decide")


def test_an_endpoint_that_goes_away_loses_nothing(server: Server, tmp_path: Path) -> None:
    cache = tmp_path / "cache.jsonl"
    judge = Judge(server.endpoint, "m", patience=0.1)
    server.troubles = ["是", 401]
    with pytest.raises(ServiceRefused):
        judge_pairs(judge, PAIRS, cache)
    with cache.open("a") as file:
        file.write('{"key": "cut sh')
    done = len(server.asked)
    assert judge_pairs(judge, PAIRS, cache) == [1, 0, 1, 0]
    assert len(server.asked) == done + 3
    with pytest.raises(ServiceUnreachable):
        judge_pairs(Judge("http://127.0.0.1:1/v1", "m", patience=0.1), PAIRS, tmp_path / "other")
    (tmp_path / "bad").write_text("not json\n{}\n")
    with pytest.raises(FileUnreadable):
        judge_pairs(judge, PAIRS, tmp_path / "bad")
    with pytest.raises(BadArgument):
        Judge("file:///etc/passwd", "m")


def test_the_key_comes_from_the_environment(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMTIER_JUDGE_KEY", "secret")
    judge_pairs(Judge(server.endpoint, "m"), PAIRS[:1], tmp_path / "cache")
    assert server.keys == ["Bearer secret"]
    assert "secret" not in (tmp_path / "cache").read_text()


def test_command(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(1)
    same = rng.random(500) < 0.85
    frame = pd.DataFrame(
        {
            "text_a": [f"a{i} {'same' if s else ''}" for i, s in enumerate(same)],
            "text_b": [f"b{i}" for i in range(500)],
            "score": rng.random(500),
            "domain": "bank",
        }
    )
    frame.to_csv(tmp_path / "pool.csv", index=False)
    frame.assign(label=same.astype(int)).head(150).to_csv(tmp_path / "labelled.csv", index=False)
    asked = ["judge", str(tmp_path / "pool.csv"), "--endpoint", server.endpoint, "--model", "m", "--json"]
    asked += ["-o", str(tmp_path / "out.csv"), "--labelled", str(tmp_path / "labelled.csv"), "--precision", "0.6"]
    assert main(asked) == 0
    found = json.loads(capsys.readouterr().out)["domains"]["bank"]
    assert (found["quality"]["tpr"], found["quality"]["tnr"], found["pays"]) == (1.0, 1.0, True)
    assert found["certificate"]["status"] == "certified"
    assert found["certificate"]["method"] == "prediction_powered"
    assert "judge" in pd.read_csv(tmp_path / "out.csv").columns


@pytest.mark.parametrize(("tpr", "tnr"), [(1.0, 0.0), (0.99, 0.5), (0.5, 0.5)])
def test_however_wrong_the_judge_nothing_false_is_certified(tpr: float, tnr: float) -> None:
    """Precision .88 everywhere, for a target of .9."""
    rng, broken = np.random.default_rng(2), 0
    for _ in range(100):
        scores, truth = rng.random(2000), (rng.random(2000) < 0.88).astype(float)
        said = np.where(truth == 1, rng.random(2000) < tpr, rng.random(2000) >= tnr).astype(float)
        audited = rng.permutation(2000)[:300]
        broken += certify_judged(scores, said, audited, truth[audited], 0.9).certified
    assert broken <= 18


def test_a_good_judge_saves_labels() -> None:
    rng = np.random.default_rng(3)
    certified = dict.fromkeys((0.5, 0.99), 0)
    for _ in range(30):
        scores, truth = rng.random(3000), (rng.random(3000) < 0.97).astype(float)
        audited = rng.permutation(3000)[:150]
        for quality in certified:
            said = np.where(rng.random(3000) < quality, truth, 1 - truth)
            certified[quality] += certify_judged(scores, said, audited, truth[audited], 0.9).certified
    assert certified[0.99] > certified[0.5] + 10


def test_capital_never_grows_on_average_at_the_target() -> None:
    for rate, p in ((0.95, 0.9), (0.3, 0.8)):
        worth = sum(
            chance * np.exp(log_capital(np.array([difference]), rate, p)[0])
            for difference, chance in _law(rate, p).items()
        )
        assert worth <= 1 + 1e-9


def _law(rate: float, p: float) -> dict[float, float]:
    """A law of y - f with mean p - rate."""
    mean = p - rate
    return {1.0: 0.3 + max(mean, 0), -1.0: 0.3 + max(-mean, 0), 0.0: 0.4 - abs(mean)}


def test_quality_of_one_sided_labels_is_not_known() -> None:
    found = judge_quality(np.ones(5), np.ones(5))
    assert np.isnan(found.tnr)
    assert np.isnan(found.kappa)
