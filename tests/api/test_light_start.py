"""What a server imports before anybody asks for it: memory that every installation pays for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dashboard.api import create_api
from dashboard.api.limits import Limits
from dashboard.api.paths import listed


def test_the_server_starts_without_statistics_charts_and_torch() -> None:
    code = (
        "import sys, dashboard.server\n"
        "heavy = {'scipy', 'altair', 'torch', 'transformers', 'sentence_transformers', 'openvino'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_server_starts_without_the_document_of_openapi(tmp_path: Path) -> None:
    code = (
        "import fastapi, httpx; fastapi.FastAPI.openapi = httpx.Client = None\n"
        "from dashboard.server import create_app\n"
        "from dashboard.webhooks.sender import Webhooks\n"
        "create_app('127.0.0.1', 7860), Webhooks(()), print('made')"
    )
    environ = {**os.environ, "SIMTIER_DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout.strip() == "made"


def test_the_routes_are_those_of_the_document() -> None:
    api = create_api(Limits.read())
    assert listed(api) == list(api.openapi()["paths"])
