"""`dedup FILE --column C -o OUT`: which rows mean the same."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.corpus_options import (
    add_approximate,
    add_blocks,
    add_rows,
    add_threshold,
    block_columns,
    blocks_text,
    cost_json,
    cost_text,
    index_of,
    problems_json,
    recall_json,
    recall_text,
    source_text,
    spread_of,
    threshold_of,
)
from calibration.cli.json_option import add_json
from calibration.cli.model_options import add_model, chosen_encoder
from calibration.cli.outputs import check_output, write_output
from calibration.cli.progress import COMPARING, progress_bar
from calibration.cli.reading_options import on_bad_rows, report_reading, table_reading_of
from calibration.cli.terminal import left_out, say, written
from calibration.errors import N_

if TYPE_CHECKING:
    from calibration.corpus import Clusters, TextColumn
    from calibration.corpus.spread.job import Spread

EXAMPLES: Final = (
    "dedup titles.csv --column title -o kept.csv --policy policy.json",
    "dedup titles.csv --column title -o kept.csv --threshold 0.95 --keep longest --kept-only",
)
KEEPS = ("first", "longest", "shortest")
COUNTED = N_(
    "{rows} rows, {kept} kept: {identical} identical once cleaned and {same_meaning} of the same meaning "
    "removed, in {clusters} clusters"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `dedup`."""
    add_json(parser)
    add_model(parser)
    parser.add_argument("file", metavar="FILE", help=".csv .tsv .txt .jsonl .xlsx .parquet")
    parser.add_argument("--column", metavar="C", help="the column of texts; needed where there is more than one")
    parser.add_argument("-o", "--output", required=True, help="where to write: .csv .tsv .jsonl .xlsx .parquet")
    parser.add_argument("--keep", choices=KEEPS, default=KEEPS[0], help="which row to keep (default %(default)s)")
    parser.add_argument("--kept-only", action="store_true", help="write only the rows that are kept")
    add_threshold(parser)
    add_approximate(parser)
    add_blocks(parser)
    add_rows(parser)
    parser.set_defaults(run=dedup)


def dedup(options: argparse.Namespace) -> DedupResult:
    """Read, compare, write."""
    from calibration.corpus import clusters_frame, deduplicate_texts, read_texts
    from calibration.corpus.dedup import KEPT
    from calibration.corpus.within import read_keys

    check_output(options.output)
    blocks = block_columns(options)
    reading = table_reading_of(options)
    read = read_texts(options.file, options.column, on_bad_rows=on_bad_rows(options), reading=reading)
    report_reading(read.file, read.notes, read.problems, read.total, options)
    keys = read_keys(read, blocks)
    encoder = chosen_encoder(options)
    threshold = threshold_of(options, encoder)
    spread = spread_of(options, encoder, len(read.texts))
    beside = partial(cost_text, spread) if spread else None
    with index_of(options, encoder) as make, progress_bar(COMPARING, beside) as progress:
        clusters = deduplicate_texts(
            read.texts,
            encoder,
            threshold,
            options.keep,
            keys=keys,
            approximate=options.approximate,
            make=make,
            spread=spread,
            progress=progress,
        )
    frame = clusters_frame(read.frame, read.lines, read.texts, clusters)
    if options.kept_only:
        kept = [name for name in frame.columns if str(name).startswith(KEPT)][-1]
        frame = frame[frame[kept] == 1].reset_index(drop=True)
    write_output(frame, options.output)
    if spread is not None:
        spread.end()
    return DedupResult(read, clusters, encoder.fingerprint, options.output, options.approximate, blocks, spread)


@dataclass(frozen=True)
class DedupResult:
    """`dedup`."""

    read: TextColumn
    clusters: Clusters
    fingerprint: str
    output: str
    approximate: bool = False
    blocks: Sequence[str] = ()
    spread: Spread | None = None

    def to_json(self) -> dict[str, Any]:
        """Counts, the rule by which rows stay, the threshold, and the rows that were left out."""
        return {
            "output": self.output,
            "column": self.read.column,
            **self.clusters.counts(),
            "keep": self.clusters.keep,
            "threshold": self.clusters.threshold.to_json(),
            "block": list(self.blocks),
            "recall": recall_json(self.clusters.recall),
            "cost": cost_json(self.spread),
            "fingerprint": self.fingerprint,
            "bad_rows": len({problem.row for problem in self.read.problems}),
            "problems": problems_json(self.read.problems),
        }

    def to_text(self) -> str:
        """A few lines."""
        from calibration.corpus.dedup import KEEPS as RULES

        counted = self.clusters.counts()
        counts = {name: f"{count:,}" for name, count in counted.items()}
        lines = [
            say(COUNTED, **counts),
            source_text(self.clusters.threshold),
            say(N_("kept: {rule}"), rule=say(RULES[self.clusters.keep])),
        ]
        if self.approximate:
            lines.append(recall_text(self.clusters.recall))
        if self.blocks:
            lines.append(blocks_text(self.blocks))
        if self.spread is not None:
            lines.append(cost_text(self.spread))
        if counted["truncated"]:
            long = N_("{n} texts are longer than the model reads; see --segments")
            lines.append(say(long, n=counts["truncated"]))
        bad = len({problem.row for problem in self.read.problems})
        return "\n".join([*lines, *left_out(bad), written(self.output)])
