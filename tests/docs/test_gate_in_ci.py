"""The pipelines of docs/how-to/gate-in-ci.md, each step run by a shell as its build system would."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from calibration.encoding import CachedEncoder
from calibration.policies.policy import DomainPolicy, Policy
from tests.documented import ROOT, blocks

PAGE = ROOT / "docs" / "how-to" / "gate-in-ci.md"
SYSTEMS = ("policy.yml", ".gitlab-ci.yml", "Jenkinsfile")
COMMAND = """#!{python}
import sys

sys.path.insert(0, {root!r})
from calibration.cli.main import run

run()
"""
pytestmark = pytest.mark.slow
Script = Callable[[str], subprocess.CompletedProcess[str]]


def steps(system: str) -> list[str]:
    """The shell scripts of a pipeline, in order."""
    (text,) = [block.text for block in blocks(PAGE) if system in block.text.splitlines()[0]]
    if system == "Jenkinsfile":
        return re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
    whole: dict[str, Any] = yaml.safe_load(text)
    if system == ".gitlab-ci.yml":
        return list(whole["policy-gate"]["script"])
    return [step["run"] for step in whole["jobs"]["gate"]["steps"] if "run" in step]


@pytest.fixture(scope="module")
def repository(encoder: CachedEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository as the page describes it, and `simtier` on the path."""
    folder = tmp_path_factory.mktemp("repository")
    for name in ("policies", "bin"):
        (folder / name).mkdir()
    for name in ("candidate", "current"):
        policy = Policy({"service": DomainPolicy({"same": 0.92})}, id=name, fingerprint=encoder.fingerprint)
        policy.save(folder / "policies" / f"{name}.json")
    pd.read_csv(ROOT / "datasets" / "service" / "pairs.csv").head(60).to_csv(folder / "pairs.csv", index=False)
    bad = "text_a,text_b,expected,domain\n燃气费怎么交,今天天气怎么样,not_same,service\n"
    (folder / "bad_cases.csv").write_text(bad, "utf-8")
    command = folder / "bin" / "simtier"
    command.write_text(COMMAND.format(python=sys.executable, root=str(ROOT)), "utf-8")
    command.chmod(0o755)
    return folder


@pytest.fixture
def script(repository: Path, tmp_path: Path) -> Script:
    """Runs one step in a copy of the repository."""
    work = tmp_path / "work"
    shutil.copytree(repository, work)

    def run(text: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PATH": f"{work / 'bin'}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        environ["GITHUB_STEP_SUMMARY"] = str(work / "summary.md")
        command = ["bash", "-e", "-o", "pipefail", "-c", text]
        return subprocess.run(command, cwd=work, env=environ, capture_output=True, text=True, check=False)

    return run


def test_all_three_run_the_same_command() -> None:
    commands = {" ".join(steps(system)[0].replace("\\\n", " ").split()) for system in SYSTEMS}
    assert len(commands) == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_pipeline_passes(system: str, script: Script, tmp_path: Path) -> None:
    gate, *after = steps(system)
    done = script(gate)
    assert done.returncode == 0, done.stdout + done.stderr
    work = tmp_path / "work"
    assert (work / "gate.xml").read_text("utf-8").startswith("<?xml")
    for text in after:
        assert script(text).returncode == 0
    if after:
        assert "The gate passes" in (work / "summary.md").read_text("utf-8")


def test_the_pipeline_refuses_a_worse_policy_and_a_broken_file(script: Script, tmp_path: Path) -> None:
    gate, summary = steps("policy.yml")
    candidate = tmp_path / "work" / "policies" / "candidate.json"
    data = json.loads(candidate.read_text("utf-8"))
    data["domains"]["service"]["thresholds"]["same"] = -1.0
    candidate.write_text(json.dumps(data), "utf-8")
    refused = script(gate)
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert script(summary).returncode == 0
    assert "The gate refuses" in (tmp_path / "work" / "summary.md").read_text("utf-8")
    candidate.write_text("{}", "utf-8")
    broken = script(gate)
    assert (broken.returncode, broken.stderr.count("\n")) == (2, 1)
