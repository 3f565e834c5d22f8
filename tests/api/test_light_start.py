"""What a server imports before anybody asks for it: memory that every installation pays for."""

from __future__ import annotations

import subprocess
import sys


def test_the_server_starts_without_statistics_charts_and_torch() -> None:
    code = (
        "import sys, dashboard.server\n"
        "heavy = {'scipy', 'altair', 'torch', 'transformers', 'sentence_transformers', 'openvino'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
