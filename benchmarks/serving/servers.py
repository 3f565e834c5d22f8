"""The contenders as processes, and how each is asked for one score."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from calibration.client import Client

Ask = Callable[[str, list[str]], list[float]]
"""Source and targets to their similarities; raises where there are none."""
WAITING = "64"
"""SimTier's queue bound here, so that 64 clients are queued and none gets a 503."""


@dataclass(frozen=True)
class Server:
    """`connect` opens one client's connection; it returns how to ask, and how to close."""

    name: str
    command: Callable[[int], list[str]]
    connect: Callable[[str], tuple[Ask, Callable[[], None]]]
    ready_path: str = "/health"


@dataclass(frozen=True)
class Running:
    """A contender that answers."""

    server: Server
    url: str
    pid: int

    def memory(self) -> float:
        """Resident memory in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def processor(self) -> float:
        """Seconds of processor time used so far, in all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def by_client(url: str) -> tuple[Ask, Callable[[], None]]:
    """SimTier's own client; the plain endpoint speaks the same."""
    client = Client(url, patience=0, timeout=120)
    return client.predict, client.close


def by_events(url: str) -> tuple[Ask, Callable[[], None]]:
    """Gradio's two steps: put into the queue, then read events until the result."""
    http = httpx.Client(base_url=url, timeout=120)

    def ask(source: str, targets: list[str]) -> list[float]:
        asked = {"data": [source, "\n".join(targets)]}
        begun = http.post("/gradio_api/call/score", json=asked).raise_for_status()
        events = http.get(f"/gradio_api/call/score/{begun.json()['event_id']}").raise_for_status().text
        said = json.loads(events.rpartition("event: complete\ndata: ")[2])[0]
        return [float(score) for score in said.split()]

    return ask, http.close


def contenders(folder: Path, data: Path, gradio: Path | None) -> list[Server]:
    """All of them; `folder`: the unpacked model, `data`: SimTier's directory, `gradio`: Gradio's, if installed."""
    own, module = sys.executable, "benchmarks.serving"
    served = [
        Server("SimTier", lambda p: [own, "-m", "dashboard", f"--port={p}", f"--data-dir={data}"], by_client),
        Server("FastAPI", lambda p: [own, "-m", f"{module}.plain", str(p), str(folder), "0"], by_client),
        Server("FastAPI, 1 thread", lambda p: [own, "-m", f"{module}.plain", str(p), str(folder), "1"], by_client),
    ]
    if gradio is not None:
        command = [own, "-m", f"{module}.with_gradio"]
        served.append(
            Server("Gradio", lambda p: [*command, str(p), str(folder), str(gradio)], by_events, "/config")
        )
    return served


@contextmanager
def running(server: Server) -> Iterator[Running]:
    """The contender as a process that answers."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environ = os.environ | {"SIMTIER_API_WAITING": WAITING, "GRADIO_ANALYTICS_ENABLED": "False"}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(server.command(port), env=environ, stdout=quiet, stderr=quiet)  # noqa: S603
    url = f"http://127.0.0.1:{port}"
    try:
        await_ready(process, url + server.ready_path)
        yield Running(server, url, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def await_ready(process: subprocess.Popen[bytes], url: str) -> None:
    """Until `url` says 200."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        assert process.poll() is None, "a server ended"
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise TimeoutError(url)
