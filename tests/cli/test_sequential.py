"""`fit --sequential`: labels that are looked at as they come in."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration import Policy
from calibration.cli.main import main
from calibration.policies.gate import check


def pairs(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    return pd.DataFrame(
        {
            "text_a": [f"a{seed}-{i}" for i in range(n)],
            "text_b": [f"b{seed}-{i}" for i in range(n)],
            "label": (rng.random(n) < np.where(scores > 0.5, 0.97, 0.03)).astype(int),
            "domain": "bank",
            "score": scores,
        }
    )


def test_runs_until_it_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labelled, pool, log, policy = (tmp_path / name for name in ("l.csv", "p.csv", "log.json", "policy.json"))
    rows = pairs(900, 1)
    pairs(2000, 2).drop(columns=["label"]).to_csv(pool, index=False)
    asked = ["fit", str(labelled), "--scored", "-o", str(policy), "--sequential", str(log), "--json"]
    rows.head(80).to_csv(labelled, index=False)
    assert main(asked) == 2
    assert "--pool" in capsys.readouterr().err
    assert not log.exists()
    bad = tmp_path / "bad.csv"
    bad.write_text(pool.read_text() + ",b,bank,0.5\n")
    assert main([*asked, "--pool", str(bad)]) == 2  # no row is dropped without a word
    assert "bad.csv" in capsys.readouterr().err
    assert main([*asked, "--pool", str(pool)]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["policy"]["domains"]["bank"]["thresholds"]["same"] is None
    assert any("next certificate" in json.dumps(said) for said in first["notes"]["bank"])
    rows.to_csv(labelled, index=False)
    assert main(asked) == 0
    capsys.readouterr()
    made = Policy.load(policy)
    certificate = made.domain("bank").certificates["same"]
    assert certificate.anytime
    assert (certificate.method, certificate.n) == ("sequential", 900)
    assert made.provenance("bank", "same") == "certified"
    assert made.settings["method"] == "sequential"
    assert check(made, made).passed
    assert main([*asked, "--precision", "0.8"]) == 2
    assert "cannot change" in capsys.readouterr().err
    rows.assign(label=1 - rows["label"]).to_csv(labelled, index=False)
    kept = log.read_text()
    assert main(asked) == 2
    assert log.read_text() == kept
