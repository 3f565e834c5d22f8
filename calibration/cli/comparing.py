"""What `dedup` and `match` share: which texts are compared, by an index or by many workers, and what that took."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibration.cli.corpus_options import add_rows, add_threshold
from calibration.cli.lines import share_text
from calibration.cli.model_options import RAY
from calibration.cli.numbers import proportion_json
from calibration.cli.outputs import write_output
from calibration.cli.progress import progress_bar
from calibration.cli.terminal import say
from calibration.errors import N_, BadArgument
from calibration.settings import VECTOR_BYTES_VARIABLE

if TYPE_CHECKING:
    import pandas as pd

    from calibration.corpus.near_index import MakeIndex
    from calibration.corpus.recall import Recall
    from calibration.corpus.spread.job import Spread
    from calibration.encoding import Encoder


def add_comparing(parser: argparse.ArgumentParser) -> None:
    """Which scores mean the same, which rows are compared and by whom, and how rows are read."""
    add_threshold(parser)
    _add_approximate(parser)
    _add_blocks(parser)
    add_rows(parser)


@dataclass(frozen=True)
class Comparing:
    """How texts are compared. blocks: the columns in which compared rows are equal. spread: who compares in place
    of this process.
    """

    approximate: bool = False
    blocks: Sequence[str] = ()
    spread: Spread | None = None

    @contextmanager
    def arguments(self, options: argparse.Namespace, encoder: Encoder, label: str) -> Iterator[dict[str, Any]]:
        """What `deduplicate_texts` and `match_texts` take of it, with a progress bar. Raises as `_index_of`."""
        beside = partial(_cost_text, self.spread) if self.spread else None
        with _index_of(options, encoder) as make, progress_bar(label, beside) as progress:
            yield {"approximate": self.approximate, "make": make, "spread": self.spread, "progress": progress}

    def write(self, frame: pd.DataFrame, output: str) -> None:
        """Write the result; then what workers kept for another run is not needed any more."""
        write_output(frame, output)
        if self.spread is not None:
            self.spread.end()

    def to_json(self, recall: Recall | None) -> dict[str, Any]:
        """For a program: the columns, what an index finds, and what workers did."""
        cost = None if self.spread is None else asdict(self.spread.cost)
        return {"block": list(self.blocks), "recall": _recall_json(recall), "cost": cost}

    def to_lines(self, recall: Recall | None) -> list[str]:
        """The same for a person."""
        lines = [_recall_text(recall, self._small())] if self.approximate else []
        if self.blocks:
            equal = N_("compared only where these are equal: {columns}")
            lines.append(say(equal, columns=", ".join(self.blocks)))
        return [*lines, _cost_text(self.spread)] if self.spread is not None else lines

    def _small(self) -> int:
        if not self.blocks:
            return 0
        from calibration.corpus.clustering import SMALL

        return SMALL


def block_columns(options: argparse.Namespace) -> tuple[str, ...]:
    """The columns of `--block`. Raises BadArgument."""
    if options.block is None:
        return ()
    columns = tuple(name.strip() for name in options.block.split(","))
    if not all(columns) or len(set(columns)) < len(columns):
        raise BadArgument("--block", N_("columns, each once, with commas between them"), options.block)
    return columns


def spread_of(options: argparse.Namespace, encoder: Encoder, texts: int) -> Spread | None:
    """Who compares where Ray is asked for, ready and able to; None for this process.

    Raises ExtraMissing, BadArgument, EngineFailed, WorkerDiffers, FolderNotShared, ClusterTooSmall.
    """
    if options.engine != RAY:
        if options.shared is not None:
            raise BadArgument("--shared", N_("given with --engine ray only"), options.shared)
        return None
    from calibration.corpus.spread import leaders, shards
    from calibration.corpus.spread.job import Spread
    from calibration.corpus.spread.on_ray import RayWorkers

    needed = leaders.step_bytes(texts, encoder.dim)
    if options.approximate and options.index is None:
        needed = max(needed, shards.step_bytes(texts, encoder.dim))
    workers = RayWorkers(options.address, options.actors, options.shared, needed)
    return Spread(workers, Path(options.output + ".part"))


def _add_approximate(parser: argparse.ArgumentParser) -> None:
    """What may look for near texts where there are very many."""
    beyond = f"beyond {VECTOR_BYTES_VARIABLE} of vectors (1 GiB), use an index ([faiss]) that misses some texts"
    explained = f"{beyond}, and report how many; without it all are compared, from a file"
    parser.add_argument("--approximate", action="store_true", help=explained)
    server = "with --approximate: a Milvus server ([milvus]) that finds near texts, in place of FAISS"
    parser.add_argument("--index", metavar="URL", help=server)


def _add_blocks(parser: argparse.ArgumentParser) -> None:
    """What says which rows are compared, and what several machines share."""
    keys = "compare only rows that are equal in these columns, say shop,language"
    parser.add_argument("--block", metavar="C,C", help=keys)
    shared = "Ray: a folder that every node sees, for vectors (default: Ray's object store)"
    parser.add_argument("--shared", metavar="FOLDER", help=shared)


def _index_of(options: argparse.Namespace, encoder: Encoder) -> AbstractContextManager[MakeIndex | None]:
    """The index that was asked for; None for FAISS. Raises BadArgument, ExtraMissing and VectorsUnusable."""
    if options.index is None:
        return nullcontext()
    if not options.approximate:
        raise BadArgument("--index", N_("given with --approximate only"), options.index)
    from calibration.corpus.milvus_index import MilvusIndexes

    return MilvusIndexes(options.index, {"model": encoder.name, "fingerprint": encoder.fingerprint})


def _recall_text(recall: Recall | None, small: int) -> str:
    """What the index finds, on how many texts that was measured; or that none was used. small: the most texts of a
    block that needs none; 0 without blocks.
    """
    if recall is None:
        if small:
            return say(
                N_("compared exactly: no block has more than {most} texts, or all vectors fit in {variable}"),
                most=f"{small:,}",
                variable=VECTOR_BYTES_VARIABLE,
            )
        return say(N_("compared exactly: the vectors take no more than {variable}"), variable=VECTOR_BYTES_VARIABLE)
    return say(
        N_("approximate: {found} of all neighbours found; all of them for {complete} of texts drawn at random"),
        found=f"{recall.found:.4f}",
        complete=share_text(recall.complete),
    )


def _recall_json(recall: Recall | None) -> dict[str, Any] | None:
    """The same for a program; None where nothing could be overlooked."""
    if recall is None:
        return None
    found = None if math.isnan(recall.found) else recall.found
    return {"found": found, "complete": proportion_json(recall.complete), "k": recall.k}


def _cost_text(spread: Spread) -> str:
    """What was done so far, and what it took."""
    return say(
        N_("on Ray: {steps} steps in {seconds} processor seconds, {resumed} steps of an earlier run"),
        steps=f"{spread.cost.steps:,}",
        seconds=f"{spread.cost.seconds:,.1f}",
        resumed=f"{spread.cost.resumed:,}",
    )
