"""`dedup FILE --column C -o OUT`: which rows mean the same."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calibration.cli.corpus_options import (
    add_approximate,
    add_rows,
    add_threshold,
    encoder_of,
    on_bad_rows,
    problems_json,
    recall_json,
    recall_text,
    source_text,
    threshold_of,
)
from calibration.cli.inputs import COMPARING, progress_bar
from calibration.cli.lines import left_out, say, written
from calibration.cli.outputs import check_output, write_output
from calibration.errors import N_

if TYPE_CHECKING:
    from calibration.corpus import Clusters, TextColumn

KEEPS = ("first", "longest", "shortest")
COUNTED = N_(
    "{rows} rows, {kept} kept: {identical} identical once cleaned and {same_meaning} of the same meaning go, in "
    "{clusters} clusters"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `dedup`."""
    parser.add_argument("file", metavar="FILE", help=".csv .tsv .txt .jsonl .xlsx .parquet")
    parser.add_argument("--column", metavar="C", help="the column of texts; needed where there is more than one")
    parser.add_argument("-o", "--output", required=True, help="where to write: .csv .tsv .jsonl .xlsx .parquet")
    parser.add_argument("--keep", choices=KEEPS, default=KEEPS[0], help="which row stays (default %(default)s)")
    parser.add_argument("--kept-only", action="store_true", help="write the rows that stay, without the others")
    add_threshold(parser)
    add_approximate(parser)
    add_rows(parser)
    parser.set_defaults(run=dedup)


def dedup(options: argparse.Namespace) -> DedupResult:
    """Read, compare, write."""
    from calibration.corpus import clusters_frame, deduplicate_texts, read_texts
    from calibration.corpus.dedup import KEPT

    check_output(options.output)
    read = read_texts(options.file, options.column, on_bad_rows=on_bad_rows(options))
    encoder = encoder_of(options)
    threshold = threshold_of(options, encoder)
    with progress_bar(COMPARING) as progress:
        clusters = deduplicate_texts(
            read.texts, encoder, threshold, options.keep, approximate=options.approximate, progress=progress
        )
    frame = clusters_frame(read.frame, read.lines, read.texts, clusters)
    if options.kept_only:
        kept = [name for name in frame.columns if str(name).startswith(KEPT)][-1]
        frame = frame[frame[kept] == 1].reset_index(drop=True)
    write_output(frame, options.output)
    return DedupResult(read, clusters, encoder.fingerprint, options.output, options.approximate)


@dataclass(frozen=True)
class DedupResult:
    """`dedup`."""

    read: TextColumn
    clusters: Clusters
    fingerprint: str
    output: str
    approximate: bool = False

    def to_json(self) -> dict[str, Any]:
        """Counts, the rule by which rows stay, the threshold, and the rows that were left out."""
        return {
            "output": self.output,
            "column": self.read.column,
            **self.clusters.counts(),
            "keep": self.clusters.keep,
            "threshold": self.clusters.threshold.to_json(),
            "recall": recall_json(self.clusters.recall),
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
        if counted["truncated"]:
            long = N_("{n} texts are longer than the model reads; see --segments")
            lines.append(say(long, n=counts["truncated"]))
        bad = len({problem.row for problem in self.read.problems})
        return "\n".join([*lines, *left_out(bad), written(self.output)])
