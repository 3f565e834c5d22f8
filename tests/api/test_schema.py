"""What OpenAPI says of the routes is so: schemathesis asks whatever it allows, and much that it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@pytest.mark.usefixtures("publish")
def test_every_answer_is_one_that_the_schema_tells(url: str, tmp_path: Path) -> None:
    # Its command line: the package's pytest plugin does not know pytest 9 yet.
    options = ("--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1", "--no-color")
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", *options, "-c", ",".join(CHECKS)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout.split("Test cases:")[1]


def test_errors_are_told(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/api/predict", "/v1/similarity", "/v1/match", "/v1/embeddings", "/v1/bad-cases"):
        told = paths[path]["post"]["responses"]
        assert set(told) >= {"400", "401", "403", "408", "409", "413", "422", "503", "504"}
        for status in ("400", "422", "503"):
            assert told[status]["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorResponse")
        assert "Retry-After" in told["503"]["headers"]
