"""`plan UNLABELLED`: which pairs to label, drawn at random; `review PAIRS`: which to look at, picked."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from calibration.cli.inputs import SCORING, chosen_encoder, labelled_pairs, progress_bar, scoring_options
from calibration.cli.lines import say, written
from calibration.cli.outputs import ENDINGS, check_output, write_output
from calibration.columns import DOMAIN, SCORE
from calibration.errors import N_
from calibration.figures import EXACT, threshold
from calibration.pairs import load_pairs, load_unlabelled
from calibration.policy import Policy
from calibration.review import REASON, review_queue
from calibration.sampling import SamplingPlan, plan_labels


def add_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `plan`, beside the model options."""
    option = parser.add_argument
    option("pool", metavar="UNLABELLED", help="file of pairs; its scores are used, and made where it has none")
    option("-o", "--output", required=True, help=f"where to write the pairs to label: {ENDINGS}")
    option("--n", type=int, required=True, help="how many pairs, parted evenly over the domains")
    floors = parser.add_mutually_exclusive_group()
    floors.add_argument("--floor", type=float, help="draw at or above this score only")
    floors.add_argument("--top", type=float, metavar="SHARE", help="draw from this share of highest scores")
    option("--labelled", metavar="PAIRS", help="file of pairs labelled already: not to be drawn again")
    option("--blind", action="store_true", help="write no scores, so that they cannot sway who labels")
    option("--seed", type=int, default=0, help="another seed draws other pairs (default %(default)s)")
    option("--domain", help="domain of every pair, whatever the file says")
    option("--skip-bad-rows", action="store_true", help="go on without rows that break a rule")
    parser.set_defaults(run=plan)


def add_review_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `review`, beside the options that all commands share."""
    option = parser.add_argument
    option("-o", "--output", required=True, help=f"where to write the pairs to look at: {ENDINGS}")
    option("--n", type=int, default=100, help="how many pairs a domain (default %(default)s)")
    option("--policy", help="look near its thresholds too")
    option("--scored", action="store_true", help="the file has a score column: do not encode")
    parser.set_defaults(run=review)


def plan(options: argparse.Namespace) -> PlanResult:
    """`plan UNLABELLED -o to_label.csv --n N [--floor F | --top SHARE]`."""
    check_output(options.output)
    bad_rows: Literal["raise", "drop"] = "drop" if options.skip_bad_rows else "raise"
    pool = load_unlabelled(options.pool, options.domain, on_bad_rows=bad_rows)
    labelled = load_pairs(options.labelled, options.domain) if options.labelled else None
    scored = pool if SCORE in pool.columns else _scored(pool, options)
    drawn = plan_labels(
        scored, options.n, floor=options.floor, top=options.top, labelled=labelled, seed=options.seed
    )
    write_output(drawn.pairs.drop(columns=[SCORE]) if options.blind else drawn.pairs, options.output)
    return PlanResult(drawn, options.output)


def review(options: argparse.Namespace) -> ReviewResult:
    """`review PAIRS -o queue.csv [--policy POLICY]`: likely label errors, and pairs near thresholds."""
    check_output(options.output)
    policy = Policy.load(options.policy) if options.policy else None
    pairs = labelled_pairs(options, scored=options.scored)
    scored = pairs if options.scored else _scored(pairs, options)
    queues = []
    for domain, rows in scored.groupby(DOMAIN, sort=True):
        known = policy is not None and str(domain) in policy.domains
        thresholds = policy.domain(str(domain)).thresholds.values() if policy is not None and known else ()
        queues.append(review_queue(rows, [t for t in thresholds if t is not None], options.n))
    queue = pd.concat(queues, ignore_index=True)
    write_output(queue, options.output)
    return ReviewResult(queue, options.output)


def _scored(pairs: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    from calibration.score import TRUNCATED, score_pairs

    with progress_bar(SCORING) as progress:
        scored = score_pairs(pairs, chosen_encoder(options), scoring_options(options), progress=progress)
    return scored.drop(columns=[TRUNCATED])


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
