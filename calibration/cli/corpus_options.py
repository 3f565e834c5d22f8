"""What `dedup`, `match`, `embed` and `search` share: the model, the threshold, the rows."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.inputs import add_engine, chosen_encoder, scoring_options
from calibration.cli.lines import named, say, share_text
from calibration.cli.results import proportion_json
from calibration.columns import THRESHOLD_TIERS
from calibration.errors import N_, BadArgument
from calibration.figures import EXACT, threshold
from calibration.settings import VECTOR_BYTES_VARIABLE

if TYPE_CHECKING:
    from calibration.columns import PairProblem
    from calibration.corpus.recall import Recall
    from calibration.corpus.texts import OnBadRows
    from calibration.corpus.threshold import Threshold
    from calibration.encoding import Encoder
    from calibration.policy import Policy

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
    either.add_argument("--policy", metavar="POLICY", help="a policy file (default: the store's policy in force)")
    either.add_argument("--threshold", type=float, metavar="T", help="a score of your own instead, -1 to 1")
    parser.add_argument("--domain", help="the policy's domain; needed where it has more than one")
    parser.add_argument("--tier", choices=THRESHOLD_TIERS, default="same", help="the policy's tier (default same)")


def add_approximate(parser: argparse.ArgumentParser) -> None:
    """What may look for near texts where there are very many."""
    beyond = f"beyond {VECTOR_BYTES_VARIABLE} of vectors (1 GiB), ask an index ([faiss]) that overlooks some texts"
    told = f"{beyond}, and say how many; without it all are compared, from a file"
    parser.add_argument("--approximate", action="store_true", help=told)


def recall_text(recall: Recall | None) -> str:
    """What the index finds, on how many texts that was measured; or that none was used."""
    if recall is None:
        return say(N_("compared exactly: the vectors take no more than {variable}"), variable=VECTOR_BYTES_VARIABLE)
    return say(
        N_("approximate: {found} of all neighbours found; all of them for {complete} of texts drawn at random"),
        found=f"{recall.found:.4f}",
        complete=share_text(recall.complete),
    )


def recall_json(recall: Recall | None) -> dict[str, Any] | None:
    """The same for a program; None where nothing could be overlooked."""
    if recall is None:
        return None
    found = None if math.isnan(recall.found) else recall.found
    return {"found": found, "complete": proportion_json(recall.complete), "k": recall.k}


def add_rows(parser: argparse.ArgumentParser) -> None:
    """What happens with rows that cannot be used, and where texts are encoded."""
    add_engine(parser)
    parser.add_argument("--skip-bad-rows", action="store_true", help="go on without rows that break a rule")


def on_bad_rows(options: argparse.Namespace) -> OnBadRows:
    """What `--skip-bad-rows` means."""
    return "drop" if options.skip_bad_rows else "raise"


def encoder_of(options: argparse.Namespace) -> Encoder:
    """The model, as one on this machine or behind the engine that was asked for."""
    return chosen_encoder(options)


def threshold_of(options: argparse.Namespace, encoder: Encoder) -> Threshold:
    """The threshold: as given, of the policy given, of the policy in force, or what the model has without
    labels.
    """
    from calibration.corpus.threshold import from_policy, manual, without_policy
    from calibration.policy import Policy

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
    return say(N_("{tier} from {threshold} on ({where})"), tier=named(found.tier), threshold=value, where=where)


def problems_json(problems: tuple[PairProblem, ...]) -> list[dict[str, Any]]:
    """The first problems, for a program."""
    return [
        {"file": p.file, "row": p.row, "column": p.column, "rule": p.rule.format(**dict(p.params))}
        for p in problems[:SHOWN_PROBLEMS]
    ]


def checked_output(output: str) -> None:
    """Raise BadArgument before any long work where a table cannot be written to `output`."""
    from calibration.cli.outputs import check_output

    check_output(output)
