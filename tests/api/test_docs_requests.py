"""The requests that the documentation shows, against a server with a policy in use."""

from __future__ import annotations

import gc
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

from tests.documented import ROOT, SERVER, Block, blocks, name, run_python

SHOWN = {
    block.text: (path, block)
    for path in sorted((ROOT / "docs").rglob("*.md"))
    for block in blocks(path)
    if block.asks_server and not block.kept and block.language in ("bash", "python")
}
"""Each once, in whatever page it stands."""


def test_requests_are_shown() -> None:
    shown = {(path.stem, block.language) for path, block in SHOWN.values()}
    assert shown >= {("connect-a-service", "bash"), ("connect-a-service", "python")}


@pytest.mark.parametrize(("path", "block"), SHOWN.values(), ids=[name(path) for path, _ in SHOWN.values()])
def test_a_request_is_answered(
    path: Path, block: Block, url: str, publish: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = block.text.replace(SERVER, url)
    if block.language == "python":
        monkeypatch.chdir(tmp_path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # clients of others leave connections to the collector
            assert run_python(text).strip()
            gc.collect()
        return
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = done.stdout + "".join(file.read_text(encoding="utf-8") for file in tmp_path.iterdir())
    assert said
    assert '"error"' not in said
