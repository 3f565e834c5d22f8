"""`embed FILE --column C -o OUT`: the vectors of a file of any size."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.corpus_options import add_rows
from calibration.cli.json_option import add_json
from calibration.cli.model_options import add_model, chosen_encoder, scoring_options
from calibration.cli.outputs import check_place
from calibration.cli.progress import EMBEDDING, progress_bar
from calibration.cli.reading_options import on_bad_rows, report_reading, table_reading_of
from calibration.cli.terminal import left_out, say, written
from calibration.cli.vector_options import add_collection
from calibration.errors import N_, BadArgument

if TYPE_CHECKING:
    from calibration.corpus import Embedded
    from calibration.corpus.vector_address import Address

EXAMPLES: Final = (
    "embed titles.csv --column title -o vectors.npy",
    "embed titles.parquet --column title -o vectors.db --collection titles",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `embed`."""
    add_json(parser)
    add_model(parser)
    parser.add_argument("file", metavar="FILE", nargs="?", help=".csv .tsv .txt .jsonl .xlsx .parquet")
    parser.add_argument("--column", metavar="C", help="the column of texts; needed where there is more than one")
    where = ".npy .parquet .faiss .db (Milvus Lite), or the URI of a Milvus cluster"
    parser.add_argument("-o", "--output", required=True, help=f"where to write: {where}")
    add_collection(parser)
    run = "Milvus server: a name for these rows; those of that name are replaced, others of the collection stay"
    parser.add_argument("--run", dest="named", metavar="NAME", default="", help=run)
    parser.add_argument("--delete-run", action="store_true", help="Milvus server: remove the rows of --run NAME")
    parser.add_argument("--overwrite", action="store_true", help="Milvus: replace a collection of that name")
    add_rows(parser)
    parser.set_defaults(run=embed)


def embed(options: argparse.Namespace) -> EmbedResult | RunDeleted:
    """Stream the file into vectors, or remove what an earlier run wrote."""
    from calibration.corpus import address, chosen_column, open_rows
    from calibration.corpus import embed as embed_rows
    from calibration.corpus.texts import header_notes

    where = address(options.output, options.collection, options.named)
    if options.delete_run:
        return _deleted(where, options)
    if options.file is None:
        raise BadArgument("FILE", N_("given"), "")
    if where.run and options.overwrite:
        raise BadArgument("--overwrite", N_("given without --run"), where.run)
    if not where.remote:
        check_place("-o", options.output)
    table = open_rows(options.file, column=options.column, reading=table_reading_of(options))
    column = chosen_column(table, options.column)
    report_reading(table.name, header_notes(table, options.column, column), (), 0, options)
    encoder = chosen_encoder(options)
    cleaning = scoring_options(options).cleaning
    if where.parts.is_dir():
        print(f"simtier: {say(N_('continuing an earlier run'))}", file=sys.stderr)  # noqa: T201
    with progress_bar(EMBEDDING) as progress:
        done = embed_rows(
            table,
            column,
            encoder,
            where,
            cleaning=cleaning,
            on_bad_rows=on_bad_rows(options),
            overwrite=options.overwrite,
            progress=progress,
        )
    options.files_read[-1] |= {"rows": done.facts.rows + done.dropped, "left_out": done.dropped}
    return EmbedResult(done, options.output)


def _deleted(where: Address, options: argparse.Namespace) -> RunDeleted:
    from calibration.corpus.milvus_runs import delete_run

    if not where.run or options.file is not None:
        raise BadArgument("--delete-run", N_("given with --run NAME and without a FILE"), where.run)
    return RunDeleted(delete_run(where), where.run, options.output)


@dataclass(frozen=True)
class RunDeleted:
    """`embed --delete-run`."""

    rows: int
    run: str
    output: str

    def to_json(self) -> dict[str, Any]:
        """How many rows were removed."""
        return {"output": self.output, "run": self.run, "deleted": self.rows}

    def to_text(self) -> str:
        """A line."""
        return say(N_("{n} vectors of run {run} removed"), n=f"{self.rows:,}", run=self.run)


@dataclass(frozen=True)
class EmbedResult:
    """`embed`."""

    done: Embedded
    output: str

    def to_json(self) -> dict[str, Any]:
        """What is beside the vectors, and what was left out or there already."""
        return {
            "output": self.output,
            **self.done.facts.to_json(),
            "resumed": self.done.resumed,
            "bad_rows": self.done.dropped,
        }

    def to_text(self) -> str:
        """A few lines."""
        facts = self.done.facts
        made = N_("{n} vectors of {dim} numbers by {model} ({fingerprint})")
        by = {"model": facts.model, "fingerprint": facts.fingerprint}
        lines = [say(made, n=f"{facts.rows:,}", dim=facts.dim, **by)]
        if self.done.resumed:
            earlier = N_("{n} of them were made by an earlier run that was interrupted")
            lines.append(say(earlier, n=f"{self.done.resumed:,}"))
        if facts.truncated:
            cut = N_("{n} texts are longer than the model reads; their vectors ignore the rest")
            lines.append(say(cut, n=f"{facts.truncated:,}"))
        return "\n".join([*lines, *left_out(self.done.dropped), written(self.output)])
