"""`watch`: exit code, log line, metrics and webhook."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration import fit_policy
from calibration.cli.main import main


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    scores = np.linspace(0, 1, 600)
    frame = _pairs(scores, scores > 0.5)
    path = tmp_path / "policy.json"
    fit_policy(frame, precision=0.8).save(path)
    return path


def _pairs(scores: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    texts = {side: [f"{side}{i}" for i in range(scores.size)] for side in ("a", "b")}
    return pd.DataFrame(
        {
            "text_a": texts["a"],
            "text_b": texts["b"],
            "label": labels.astype(float),
            "kind": "binary",
            "domain": "bank",
            "score": scores,
        }
    )


def reviewed(path: Path, wrong: float) -> str:
    rng = np.random.default_rng(1)
    rows = _pairs(np.full(200, 0.9), rng.random(200) >= wrong)
    pd.concat([rows, _pairs(np.full(3, 0.1), np.zeros(3)).assign(text_a="x")]).to_csv(path, index=False)
    return str(path)


def test_a_promise_kept(policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metrics = tmp_path / "simtier.prom"
    asked = [
        "watch",
        str(policy),
        reviewed(tmp_path / "r.csv", 0.05),
        "--scored",
        "--metrics",
        str(metrics),
        "--json",
    ]
    assert main(asked) == 0
    found = json.loads(capsys.readouterr().out)
    (promise,) = found["promises"]
    assert (found["broken"], promise["rate"]["n"], promise["below"]) == (False, 200, 3)
    assert 'simtier_watch_broken{domain="bank",tier="same"} 0\n' in metrics.read_text()


def test_a_promise_broken(
    policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    posted: list[dict[str, object]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        asked = ["watch", str(policy), reviewed(tmp_path / "r.csv", 0.5), "--scored"]
        with caplog.at_level(logging.WARNING, logger="simtier.watch"):
            assert main([*asked, "--webhook", f"http://127.0.0.1:{server.server_port}/"]) == 3
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "is broken" in capsys.readouterr().out
    assert "promise_broken domain=bank tier=same" in caplog.text
    assert posted[0]["event"] == "promise_broken"
    assert main([*asked, "--webhook", "ftp://nowhere"]) == 2


def test_bad_input_is_one_line(policy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _pairs(np.full(2, 0.9), np.array([0, 1])).assign(text_a="same", text_b="pair")
    rows.to_csv(tmp_path / "twice.csv", index=False)
    assert main(["watch", str(policy), str(tmp_path / "twice.csv"), "--scored"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
