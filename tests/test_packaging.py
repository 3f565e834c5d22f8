"""The wheel in an environment of its own, away from the checkout: commands, samples, version, completion."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import tomllib
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that is made of the sdist as a package index would make it."""
    out, sources = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("sources") / "simtier"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, sources / name)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(out), str(sources)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of the wheel in an environment that has this one's packages, but not the checkout."""
    place = tmp_path_factory.mktemp("elsewhere")
    venv.create(place / "env", with_pip=True)
    python = place / "env" / "bin" / "python"
    own = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    # A folder on the path, whose own .pth files (the checkout's among them) are not read.
    shared = [path for path in sys.path if path.endswith("site-packages") and path != own]
    (Path(own) / "shared.pth").write_text("\n".join([*shared, sysconfig.get_path("platlib")]) + "\n")
    (wheel,) = built.glob("*.whl")
    bare = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH"
    }  # a checkout there counts as installed
    command = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(command, env=bare, check=True)
    (place / "work").mkdir()
    return place / "env" / "bin" / "simtier"


@pytest.fixture(scope="module")
def elsewhere(installed: Path, data_dir: Path) -> dict[str, Any]:
    """Where and with which variables the command runs."""
    environ = {**os.environ, "LC_ALL": "C.UTF-8", "SIMTIER_DATA_DIR": str(data_dir)}
    environ.pop("PYTHONPATH", None)
    return {"cwd": installed.parents[2] / "work", "env": environ, "text": True}


@pytest.fixture(scope="module")
def simtier(installed: Path, elsewhere: dict[str, Any]) -> Run:
    """Runs the command and checks its exit code."""

    def run(*arguments: object, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        given = {**elsewhere, "env": {**elsewhere["env"], **environ}}
        done = subprocess.run([installed, *map(str, arguments)], **given, capture_output=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    return run


def test_the_wheel_holds_catalogues_templates_styles_and_samples(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.startswith(f"simtier-{VERSION}-")
    names = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(ROOT).as_posix()
        for folder in ("calibration", "dashboard")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".pyc",)
    }
    assert here - names == set()
    samples = {path.relative_to(ROOT / "datasets").as_posix() for path in (ROOT / "datasets").rglob("*.csv")}
    assert {f"calibration/samples/{name}" for name in samples} <= names
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")}
    shown = {name for name in pages if name.count("/") == 1 or name.startswith(("docs/how-to/", "docs/zh/"))}
    assert {f"dashboard/{name}" for name in shown} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "datasets/"))]


def test_the_sdist_is_complete(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("tests/conftest.py", "docs/tutorial.md", "datasets/bank/pairs.csv", "Makefile", "setup.py"):
        assert name in names
    assert not [name for name in names if "__pycache__" in name]


def test_the_command_finds_itself_outside_the_checkout(simtier: Run) -> None:
    assert simtier("--version").stdout == f"simtier {VERSION}\n"
    assert simtier("--help").stdout.startswith("usage: simtier ")
    files = json.loads(simtier("samples", "--json").stdout)["files"]
    assert len(files) >= 6
    assert all("site-packages" in path and str(ROOT) not in path for path in files)


def test_calibrating_the_sample_from_the_wheel(simtier: Run, tmp_path: Path) -> None:
    simtier("samples", "-o", tmp_path / "samples")
    assert "does not exist yet" in simtier("samples", "-o", tmp_path / "samples", code=2).stderr
    policy = tmp_path / "policy.json"
    simtier("fit", tmp_path / "samples" / "bank" / "pairs.csv", "-o", policy, "--precision", "0.7")
    decided = json.loads(simtier("decide", policy, "怎么提高额度", "怎样提高额度", "--json").stdout)
    assert decided["tier"] in ("same", "related", "weak", "unrelated")


def test_the_sample_is_calibrated_gated_exported_and_stressed(simtier: Run, tmp_path: Path) -> None:
    simtier("samples", "-o", tmp_path / "samples")
    service, policy, pairs = tmp_path / "samples" / "service", tmp_path / "policy.json", tmp_path / "stress.csv"
    simtier("fit", service / "pairs.csv", "-o", policy, "--precision", "0.9")
    simtier("stress", service / "intents.csv", "--column", "text", "-o", pairs, "--per-kind", "10")
    simtier("gate", policy, "--pairs", service / "pairs.csv", "--at-least", "precision=0.8")
    simtier("gate", policy, "--stress", pairs, "--at-least", "stress=1", code=3)
    for package in ("plain", "redisvl", "litellm", "milvus", "gptcache"):
        assert json.loads(simtier("export", policy, "--to", package, "--json").stdout)["to"] == package


def test_the_wheel_serves_outside_the_checkout(installed: Path, elsewhere: dict[str, Any], tmp_path: Path) -> None:
    """Ready on a free port, answers three protocols, and shows the documentation that the wheel carries."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**elsewhere["env"], "SIMTIER_DATABASE_URL": str(tmp_path / "store.sqlite")}
    given = {**elsewhere, "env": environ}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen([installed, "serve", "--port", str(port)], **given, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 900  # as long as any server of these tests may take on a busy machine
        while not answers(f"{base}/health"):
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.5)
        models = httpx.get(f"{base}/v1/models", timeout=60).json()["data"]
        assert [model["id"] for model in models] == ["bundled"]
        body = {"model": "bundled", "input": ["花呗怎么还款"]}
        vector = httpx.post(f"{base}/v1/embeddings", json=body, timeout=60).json()["data"][0]["embedding"]
        assert len(vector) == 384
        body = {"query": "花呗怎么还款", "documents": ["今天天气不错", "花呗如何还款"]}
        found = httpx.post(f"{base}/v1/rerank", json=body, timeout=60).json()["results"]
        assert [one["index"] for one in found] == [1, 0]
    finally:
        server.terminate()
        server.wait(60)


def answers(url: str) -> bool:
    """Whether a server is ready."""
    try:
        return httpx.get(url, timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes_commands_and_options(simtier: Run, tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    script = tmp_path / "simtier.sh"
    script.write_text(simtier("completion", shell).stdout, encoding="utf-8")
    subprocess.run([shell, "-n", str(script)], check=True)
    if shell == "bash":
        ask = 'source "$1"; COMP_WORDS=(simtier eval); COMP_CWORD=1; _shtab_simtier; echo "${COMPREPLY[*]}"'
        done = subprocess.run(["bash", "-c", ask, "-", str(script)], capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["evaluate"]
