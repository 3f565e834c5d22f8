"""Where PyTorch comes from: without GPU libraries where nothing could use them, and never a wait or a failure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tools.torch_index import main, pip_options


@pytest.fixture
def index() -> Iterator[str]:
    """An index that answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/whl/torch/" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/whl"
        server.shutdown()


def test_a_linux_machine_without_a_gpu_takes_the_index_without_gpu_libraries(index: str) -> None:
    options, reason = pip_options(index, "Linux", ())
    assert options == ("--extra-index-url", index)
    assert "without GPU libraries" in reason


def test_a_gpu_or_another_system_takes_pips_own_index(index: str, tmp_path: Path) -> None:
    assert pip_options(index, "Linux", (str(tmp_path),))[0] == ()
    assert pip_options(index, "Darwin", ())[0] == ()
    assert pip_options("", "Linux", ())[0] == ()


def test_an_index_that_does_not_answer_is_said_in_a_line(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    for silent in (f"{index}/missing", "http://127.0.0.1:9", "no address"):
        options, reason = pip_options(silent, "Linux", ())
        assert options == ()
        assert "does not answer" in reason
    assert main({"TORCH_INDEX": ""}) == 0
    said = capsys.readouterr()
    assert said.out.strip() == ""
    assert said.err.startswith("simtier: ")
