"""`score PAIRS -o OUT`: add the similarity to pairs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.model_options import add_engine, add_model, chosen_encoder, scored, scoring_options
from calibration.cli.outputs import check_output, write_output
from calibration.cli.reading_options import add_pairs
from calibration.cli.terminal import say, written
from calibration.columns import SCORE
from calibration.errors import N_
from calibration.scoring.score_pairs import UNKNOWN

UNSEEN: Final = N_(
    "{n} pairs have characters that the model does not know, so their scores ignore differences in these"
)

EXAMPLES: Final = (
    "score pairs.csv -o scored.csv",
    "score bank=bank.xlsx shop=shop.csv -o scored.parquet --model gte-large-zh",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `score`."""
    add_json(parser)
    add_pairs(parser)
    add_model(parser)
    parser.add_argument("-o", "--output", required=True, help="where to write: .csv .tsv .jsonl .xlsx .parquet")
    add_engine(parser)
    parser.set_defaults(run=score)


def score(options: argparse.Namespace) -> ScoreResult:
    """Read, score, write."""
    check_output(options.output)
    pairs, encoder = labelled_pairs(options), chosen_encoder(options)
    found = scored(pairs, encoder, scoring_options(options))
    write_output(found, options.output)
    return ScoreResult(found, encoder.name, encoder.fingerprint, options.output)


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
            "unknown_characters": int(self.scored[UNKNOWN].sum()) if UNKNOWN in self.scored else 0,
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
            say(N_("{n} pairs have a text that is longer than the model reads"), n=data["truncated"]),
        ]
        if data["unknown_characters"]:
            lines.append(say(UNSEEN, n=data["unknown_characters"]))
        return "\n".join([*lines, written(self.output)])
