"""`dedup FILE --column C -o OUT`: which rows mean the same."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.comparing import Comparing, add_comparing, block_columns, spread_of
from calibration.cli.corpus_options import problems_json, source_text, threshold_of
from calibration.cli.json_option import add_json
from calibration.cli.model_options import add_model, chosen_encoder
from calibration.cli.outputs import check_output
from calibration.cli.progress import COMPARING
from calibration.cli.reading_options import on_bad_rows, report_reading, table_reading_of
from calibration.cli.terminal import left_out, say, written
from calibration.errors import N_

if TYPE_CHECKING:
    from calibration.corpus import Clusters, TextColumn

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
    add_comparing(parser)
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
    how = Comparing(options.approximate, blocks, spread_of(options, encoder, len(read.texts)))
    with how.arguments(options, encoder, COMPARING) as arguments:
        clusters = deduplicate_texts(read.texts, encoder, threshold, options.keep, keys=keys, **arguments)
    frame = clusters_frame(read.frame, read.lines, read.texts, clusters)
    if options.kept_only:
        kept = [name for name in frame.columns if str(name).startswith(KEPT)][-1]
        frame = frame[frame[kept] == 1].reset_index(drop=True)
    how.write(frame, options.output)
    return DedupResult(read, clusters, encoder.fingerprint, options.output, how)


@dataclass(frozen=True)
class DedupResult:
    """`dedup`."""

    read: TextColumn
    clusters: Clusters
    fingerprint: str
    output: str
    how: Comparing

    def to_json(self) -> dict[str, Any]:
        """Counts, the rule by which rows stay, the threshold, and the rows that were left out."""
        return {
            "output": self.output,
            "column": self.read.column,
            **self.clusters.counts(),
            "keep": self.clusters.keep,
            "threshold": self.clusters.threshold.to_json(),
            **self.how.to_json(self.clusters.recall),
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
            *self.how.to_lines(self.clusters.recall),
        ]
        if counted["truncated"]:
            long = N_("{n} texts are longer than the model reads; see --segments")
            lines.append(say(long, n=counts["truncated"]))
        bad = len({problem.row for problem in self.read.problems})
        return "\n".join([*lines, *left_out(bad), written(self.output)])
