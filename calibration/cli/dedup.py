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
from calibration.cli.inputs import progress_bar
from calibration.cli.outputs import check_output, write_output
from calibration.i18n import from_environment, translate

if TYPE_CHECKING:
    from calibration.corpus import Clusters, TextColumn

KEEPS = ("first", "longest", "shortest")


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
    with progress_bar("comparing") as progress:
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

        told = self.clusters.counts()
        rule = translate(RULES[self.clusters.keep], from_environment())
        lines = [
            f"{told['rows']:,} rows, {told['kept']:,} kept: {told['identical']:,} identical once cleaned and "
            f"{told['same_meaning']:,} of the same meaning go, in {told['clusters']:,} clusters",
            source_text(self.clusters.threshold),
            f"kept: {rule}",
        ]
        if self.approximate:
            lines.append(recall_text(self.clusters.recall))
        if told["truncated"]:
            lines.append(f"{told['truncated']:,} texts are longer than the model reads; see --segments")
        if self.read.problems:
            lines.append(f"{len({problem.row for problem in self.read.problems}):,} bad rows left out")
        return "\n".join([*lines, f"written to {self.output}"])
