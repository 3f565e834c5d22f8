"""What `dedup`, `match` and `embed` share: the threshold, the rows and the list of problems."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.model_options import add_engine, scoring_options
from calibration.cli.reading_options import add_skip, add_table_options
from calibration.cli.terminal import named, say
from calibration.columns import THRESHOLD_TIERS
from calibration.errors import N_, BadArgument
from calibration.stats.formatting import EXACT, threshold

if TYPE_CHECKING:
    from calibration.corpus.threshold import Threshold
    from calibration.encoding import Encoder
    from calibration.errors.rows import PairProblem
    from calibration.policies.policy import Policy

SHOWN_PROBLEMS: Final = 20
SOURCES: Final = {
    "certified": N_("certified"),
    "suggested": N_("suggested by costs, not certified"),
    "manual": N_("manual, not certified"),
    "published": N_("published for this model, not certified on your texts"),
    "default": N_("a default, not calibrated on your texts: give --policy or --threshold"),
}
"""Where a threshold comes from."""


def add_threshold(parser: argparse.ArgumentParser) -> None:
    """What says from which score on two texts mean the same."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--policy", metavar="POLICY", help="a policy file (default: the policy in use)")
    either.add_argument(
        "--threshold", type=float, metavar="T", help="a score of your own instead of a policy, -1 to 1"
    )
    parser.add_argument("--domain", help="the policy's domain; needed where it has more than one")
    parser.add_argument("--tier", choices=THRESHOLD_TIERS, default="same", help="the policy's tier (default same)")


def add_rows(parser: argparse.ArgumentParser) -> None:
    """How tables are read, what happens with rows that cannot be used, and where texts are encoded."""
    add_engine(parser)
    add_table_options(parser.add_argument)
    add_skip(parser)


def threshold_of(options: argparse.Namespace, encoder: Encoder) -> Threshold:
    """The threshold: as given, of the policy given, of the policy in use, or what the model has without
    labels.
    """
    from calibration.corpus.threshold import from_policy, manual, without_policy
    from calibration.policies.policy import Policy

    if options.threshold is not None:
        return manual(options.threshold, scoring_options(options))
    if options.policy is not None:
        return from_policy(Policy.load(options.policy), encoder, options.domain, options.tier)
    policy = _in_force()
    if policy is not None:
        return from_policy(policy, encoder, options.domain, options.tier)
    if options.domain is not None:
        raise BadArgument("--domain", N_("given with a policy only"), options.domain)
    return without_policy(encoder, scoring_options(options))


def _in_force() -> Policy | None:
    """The policy that the store has published, where there is a store; nothing is made by looking."""
    from calibration.settings import DATABASE_VARIABLE, database
    from calibration.store import open_store

    if not os.environ.get(DATABASE_VARIABLE) and not Path(database()).is_file():
        return None
    with open_store(database()) as store:
        stored = store.policies.current()
    return stored.policy if stored else None


def source_text(found: Threshold) -> str:
    """A threshold and where it comes from, in one line."""
    where = say(SOURCES[found.source])
    if found.policy is not None:
        where += f", {found.policy.name} v{found.policy.version}"
        where += f", {found.domain}" if found.domain else ""
    value = threshold(found.value, digits=EXACT)
    return say(
        N_("{tier} from {threshold} on ({where})"),
        tier=named(found.shown(found.tier)),
        threshold=value,
        where=where,
    )


def problems_json(problems: tuple[PairProblem, ...]) -> list[dict[str, Any]]:
    """The first problems, for a program."""
    return [
        {"file": p.file, "row": p.row, "column": p.column, "rule": p.rule.format(**dict(p.params))}
        for p in problems[:SHOWN_PROBLEMS]
    ]
