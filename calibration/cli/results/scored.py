"""Result of `score`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from calibration.cli.lines import say, written
from calibration.columns import SCORE
from calibration.errors import N_


@dataclass(frozen=True)
class ScoreResult:
    """`score`."""

    scored: pd.DataFrame
    model: str
    fingerprint: str
    output: str

    def to_json(self) -> dict[str, Any]:
        """Counts, range and the model's fingerprint, which `fit --scored --fingerprint` takes."""
        values = self.scored[SCORE]
        return {
            "output": self.output,
            "n": len(values),
            "model": self.model,
            "fingerprint": self.fingerprint,
            "score_min": float(values.min()),
            "score_max": float(values.max()),
            "truncated": int(self.scored["truncated"].sum()) if "truncated" in self.scored else 0,
        }

    def to_text(self) -> str:
        """Three lines."""
        data = self.to_json()
        lowest, highest = f"{data['score_min']:.4f}", f"{data['score_max']:.4f}"
        lines = [
            say(
                N_("{n} pairs scored by {model} ({fingerprint}), scores {lowest} to {highest}"),
                n=data["n"],
                model=self.model,
                fingerprint=self.fingerprint,
                lowest=lowest,
                highest=highest,
            ),
            say(N_("{n} pairs have a text longer than the model reads"), n=data["truncated"]),
        ]
        return "\n".join([*lines, written(self.output)])
