"""A process that is killed while four threads write loses nothing that it had acknowledged.

SIMTIER_KILLS says how often (2 unless given); the big run takes 50.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from calibration.store import open_store

KILLS = int(os.environ.get("SIMTIER_KILLS", "2"))
WRITER = """
import sys, threading
from calibration.store import BadCaseDraft, open_store

store, run = open_store(sys.argv[1]), sys.argv[2]
lock = threading.Lock()

def write(who):
    for number in range(100_000):
        case, _ = store.bad_cases.add(BadCaseDraft(f"{run} {who} {number}", "b", expected=0))
        with lock:
            print(case.id, flush=True)

for who in range(4):
    threading.Thread(target=write, args=(who,)).start()
"""


@pytest.mark.slow
def test_what_was_acknowledged_outlives_every_kill(newest_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(newest_file.read_bytes())
    acknowledged: set[int] = set()
    draw = random.Random(7)  # noqa: S311 (no secret)
    for run in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(run)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        wanted = draw.randint(5, 60)
        lines: list[str] = []
        killer = threading.Timer(120, process.kill)  # a writer that hangs must not hang the test
        killer.start()
        for line in process.stdout:
            lines.append(line)
            if len(lines) == wanted:
                process.kill()
        killer.cancel()
        process.stdout.close()
        process.wait(30)
        assert len(lines) >= wanted
        acknowledged |= {int(line) for line in lines if line.endswith("\n")}
        with open_store(path) as store:
            assert {store.bad_cases.get(number).id for number in acknowledged} == acknowledged
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
