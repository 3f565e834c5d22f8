"""`review PAIRS -o queue.csv`: find labelled pairs to check again: likely label errors, and near thresholds."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from calibration.cli.json_option import add_json
from calibration.cli.labelled_files import labelled_pairs
from calibration.cli.model_options import add_model, chosen_encoder, scored, scoring_options
from calibration.cli.outputs import ENDINGS, check_output, write_output
from calibration.cli.reading_options import add_pairs, add_scored
from calibration.cli.terminal import say, written
from calibration.columns import DOMAIN
from calibration.errors import N_
from calibration.labels.review import REASON, review_queue
from calibration.policies.policy import Policy
from calibration.scoring.score_pairs import MODEL_FACTS

EXAMPLES: Final = ("review pairs.csv -o queue.csv", "review pairs.csv -o queue.csv --n 50 --policy policy.json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `review`."""
    add_json(parser)
    add_pairs(parser)
    add_model(parser)
    option = parser.add_argument
    option("-o", "--output", required=True, help=f"where to write the pairs to recheck: {ENDINGS}")
    option("--n", type=int, default=100, help="how many pairs a domain (default %(default)s)")
    option("--policy", help="look near its thresholds too")
    add_scored(parser)
    parser.set_defaults(run=review)


def review(options: argparse.Namespace) -> ReviewResult:
    """Pick, and write."""
    check_output(options.output)
    policy = Policy.load(options.policy) if options.policy else None
    pairs = labelled_pairs(options, scored=options.scored)
    if not options.scored:
        pairs = scored(pairs, chosen_encoder(options), scoring_options(options)).drop(columns=[*MODEL_FACTS])
    queues = []
    for domain, rows in pairs.groupby(DOMAIN, sort=True):
        known = policy is not None and str(domain) in policy.domains
        thresholds = policy.domain(str(domain)).thresholds.values() if policy is not None and known else ()
        queues.append(review_queue(rows, [t for t in thresholds if t is not None], options.n))
    queue = pd.concat(queues, ignore_index=True)
    write_output(queue, options.output)
    return ReviewResult(queue, options.output)


@dataclass(frozen=True)
class ReviewResult:
    """`review`."""

    queue: pd.DataFrame
    output: str

    def to_json(self) -> dict[str, Any]:
        """How many pairs by domain and reason."""
        domains = {
            str(domain): {str(reason): int(count) for reason, count in rows[REASON].value_counts().items()}
            for domain, rows in self.queue.groupby(DOMAIN, sort=True)
        }
        return {"output": self.output, "n": len(self.queue), "purpose": "review", "domains": domains}

    def to_text(self) -> str:
        """One line a domain."""
        domains = self.to_json()["domains"].items()
        lines = [
            f"{domain}: " + ", ".join(f"{count} {say(reason)}" for reason, count in n.items())
            for domain, n in domains
        ]
        lines.append(say(N_("picked, not drawn: marked purpose=review, they certify nothing")))
        return "\n".join([*lines, written(self.output)])
