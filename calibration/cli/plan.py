"""`plan UNLABELLED -o to_label.csv --n N`: which pairs to label, drawn at random."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.model_options import add_model, chosen_encoder, scored, scoring_options
from calibration.cli.outputs import ENDINGS, check_output, write_output
from calibration.cli.reading_options import (
    DOMAIN_OF_ALL,
    add_reading_options,
    add_skip,
    reading_of,
    unlabelled_pairs,
    used,
)
from calibration.cli.terminal import say, written
from calibration.columns import SCORE
from calibration.errors import N_
from calibration.labels.plan import SamplingPlan, plan_labels
from calibration.pairs import read_pairs
from calibration.scoring.score_pairs import MODEL_FACTS
from calibration.stats.formatting import EXACT, threshold

EXAMPLES: Final = (
    "plan pool.csv -o to_label.csv --n 300",
    "plan pool.csv -o to_label.csv --n 300 --top 0.4 --blind --labelled labelled.csv",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `plan`."""
    add_json(parser)
    add_model(parser)
    option = parser.add_argument
    option("pool", metavar="UNLABELLED", help="file of pairs; its scores are used, and made where it has none")
    option("-o", "--output", required=True, help=f"where to write the pairs to label: {ENDINGS}")
    option("--n", type=int, required=True, help="how many pairs, parted evenly over the domains")
    floors = parser.add_mutually_exclusive_group()
    floors.add_argument("--floor", type=float, help="draw at or above this score only")
    floors.add_argument("--top", type=float, metavar="SHARE", help="draw from this share of highest scores")
    option("--labelled", metavar="PAIRS", help="file of pairs labelled already: not to be drawn again")
    option("--blind", action="store_true", help="write no scores, so that they cannot influence labelling")
    option("--seed", type=int, default=0, help="another seed draws other pairs (default %(default)s)")
    option("--domain", help=DOMAIN_OF_ALL)
    add_reading_options(parser)
    add_skip(parser)
    parser.set_defaults(run=plan)


def plan(options: argparse.Namespace) -> PlanResult:
    """Draw, and write."""
    check_output(options.output)
    pool = unlabelled_pairs(options.pool, options)
    labelled = None
    if options.labelled:
        labelled = used(read_pairs(options.labelled, options.domain, reading=reading_of(options)), options)
    rows = pool
    if SCORE not in pool.columns:
        rows = scored(pool, chosen_encoder(options), scoring_options(options)).drop(columns=[*MODEL_FACTS])
    drawn = plan_labels(rows, options.n, floor=options.floor, top=options.top, labelled=labelled, seed=options.seed)
    write_output(drawn.pairs.drop(columns=[SCORE]) if options.blind else drawn.pairs, options.output)
    return PlanResult(drawn, options.output)


@dataclass(frozen=True)
class PlanResult:
    """`plan`."""

    plan: SamplingPlan
    output: str

    def to_json(self) -> dict[str, Any]:
        """How many of how many in each domain, above which floor, and what was left out."""
        return {
            "output": self.output,
            "n": len(self.plan.pairs),
            "seed": self.plan.seed,
            "purpose": "calibrate",
            "domains": {domain: {**asdict(draw), "share": draw.share} for domain, draw in self.plan.draws.items()},
            "left_out": {
                "repeated": self.plan.repeated,
                "labelled": self.plan.labelled,
                "unscored": self.plan.unscored,
            },
        }

    def to_text(self) -> str:
        """One line a domain."""
        message = N_("{domain}: {n} of {eligible} pairs at or above {floor}, {share} of {pool}")
        lines = [
            say(
                message,
                domain=domain,
                n=draw.n,
                eligible=draw.eligible,
                floor=threshold(draw.floor, digits=EXACT),
                share=f"{draw.share:.0%}",
                pool=draw.pool,
            )
            for domain, draw in self.plan.draws.items()
        ]
        lines.append(say(N_("label every one of them; they certify thresholds at or above that score")))
        return "\n".join([*lines, written(self.output)])
