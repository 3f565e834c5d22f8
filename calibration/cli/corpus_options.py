"""What `dedup`, `match`, `embed` and `search` share: the model, the threshold, the rows."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.lines import share_text
from calibration.cli.model_options import RAY, add_engine, scoring_options
from calibration.cli.numbers import proportion_json
from calibration.cli.reading_options import add_skip, add_table_options
from calibration.cli.terminal import named, say
from calibration.columns import THRESHOLD_TIERS
from calibration.errors import N_, BadArgument
from calibration.settings import VECTOR_BYTES_VARIABLE
from calibration.stats.formatting import EXACT, threshold

if TYPE_CHECKING:
    from calibration.corpus.approximate import MakeIndex
    from calibration.corpus.recall import Recall
    from calibration.corpus.spread.job import Spread
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


def add_approximate(parser: argparse.ArgumentParser) -> None:
    """What may look for near texts where there are very many."""
    beyond = f"beyond {VECTOR_BYTES_VARIABLE} of vectors (1 GiB), use an index ([faiss]) that misses some texts"
    explained = f"{beyond}, and report how many; without it all are compared, from a file"
    parser.add_argument("--approximate", action="store_true", help=explained)
    server = "with --approximate: a Milvus server ([milvus]) that finds near texts, in place of FAISS"
    parser.add_argument("--index", metavar="URL", help=server)


def index_of(options: argparse.Namespace, encoder: Encoder) -> AbstractContextManager[MakeIndex | None]:
    """The index that was asked for; None for FAISS. Raises BadArgument, ExtraMissing and VectorsUnusable."""
    if options.index is None:
        return nullcontext()
    if not options.approximate:
        raise BadArgument("--index", N_("given with --approximate only"), options.index)
    from calibration.corpus.milvus_index import MilvusIndexes

    return MilvusIndexes(options.index, {"model": encoder.name, "fingerprint": encoder.fingerprint})


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


def add_blocks(parser: argparse.ArgumentParser) -> None:
    """What says which rows are compared, and what several machines share."""
    keys = "compare only rows that are equal in these columns, say shop,language"
    parser.add_argument("--block", metavar="C,C", help=keys)
    shared = "Ray: a folder that every node sees, for vectors (default: Ray's object store)"
    parser.add_argument("--shared", metavar="FOLDER", help=shared)


def block_columns(options: argparse.Namespace) -> tuple[str, ...]:
    """The columns of `--block`. Raises BadArgument."""
    if options.block is None:
        return ()
    columns = tuple(name.strip() for name in options.block.split(","))
    if not all(columns) or len(set(columns)) < len(columns):
        raise BadArgument("--block", N_("columns, each once, with commas between them"), options.block)
    return columns


def blocks_text(columns: Sequence[str]) -> str:
    """What keeps rows apart before any score does."""
    return say(N_("compared only where these are equal: {columns}"), columns=", ".join(columns))


def spread_of(options: argparse.Namespace, encoder: Encoder, texts: int) -> Spread | None:
    """Who compares where Ray is asked for, ready and able to; None for this process.

    Raises ExtraMissing, BadArgument, EngineFailed, WorkerDiffers, FolderNotShared, ClusterTooSmall.
    """
    if options.engine != RAY:
        if options.shared is not None:
            raise BadArgument("--shared", N_("given with --engine ray only"), options.shared)
        return None
    from calibration.corpus.spread.job import Spread
    from calibration.corpus.spread.leaders import step_bytes
    from calibration.corpus.spread.on_ray import RayWorkers

    workers = RayWorkers(options.address, options.actors, options.shared, step_bytes(texts, encoder.dim))
    return Spread(workers, Path(options.output + ".part"))


def cost_text(spread: Spread) -> str:
    """What was done so far, and what it took."""
    return say(
        N_("on Ray: {steps} steps in {seconds} processor seconds, {resumed} steps of an earlier run"),
        steps=f"{spread.cost.steps:,}",
        seconds=f"{spread.cost.seconds:,.1f}",
        resumed=f"{spread.cost.resumed:,}",
    )


def cost_json(spread: Spread | None) -> dict[str, Any] | None:
    """The same for a program; None where this process did it."""
    return None if spread is None else asdict(spread.cost)


def add_rows(parser: argparse.ArgumentParser) -> None:
    """How tables are read, what happens with rows that cannot be used, and where texts are encoded."""
    add_engine(parser)
    add_table_options(parser.add_argument)
    add_skip(parser)


def threshold_of(options: argparse.Namespace, encoder: Encoder) -> Threshold:
    """The threshold: as given, of the policy given, of the policy in force, or what the model has without
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
