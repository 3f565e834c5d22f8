"""`embed FILE --column C -o OUT` and `search VECTORS TEXT`: vectors out, and questions to them."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibration.cli.corpus_options import add_rows, encoder_of, on_bad_rows
from calibration.cli.inputs import EMBEDDING, progress_bar, scoring_options
from calibration.cli.lines import left_out, say, written
from calibration.errors import N_, BadArgument

if TYPE_CHECKING:
    from calibration.corpus import Embedded
    from calibration.corpus.search import Hit

COLLECTION = "simtier"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `embed`."""
    parser.add_argument("file", metavar="FILE", help=".csv .tsv .txt .jsonl .xlsx .parquet")
    parser.add_argument("--column", metavar="C", help="the column of texts; needed where there is more than one")
    where = ".npy .parquet .faiss .db (Milvus Lite), or the URI of a Milvus cluster"
    parser.add_argument("-o", "--output", required=True, help=f"where to write: {where}")
    parser.add_argument("--collection", default=COLLECTION, help="Milvus: the collection (default %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="Milvus: replace a collection of that name")
    add_rows(parser)
    parser.set_defaults(run=embed)


def add_search_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `search`."""
    parser.add_argument("vectors", metavar="VECTORS", help="what `embed` wrote: a file, or the URI of a cluster")
    parser.add_argument("texts", metavar="TEXT", nargs="+", help="what to look for")
    parser.add_argument("-k", type=int, default=10, help="how many to find (default %(default)s)")
    parser.add_argument("--collection", default=COLLECTION, help="Milvus: the collection (default %(default)s)")
    parser.set_defaults(run=search)


def embed(options: argparse.Namespace) -> EmbedResult:
    """Stream the file into vectors."""
    from calibration.corpus import address, chosen_column, open_rows
    from calibration.corpus import embed as embed_rows

    where = address(options.output, options.collection)
    if not where.remote and not Path(options.output).parent.is_dir():
        raise BadArgument("-o", N_("a file in a folder that exists"), options.output)
    table = open_rows(options.file, column=options.column)
    column = chosen_column(table, options.column)
    encoder = encoder_of(options)
    cleaning = scoring_options(options).cleaning
    if where.parts.is_dir():
        print(f"simtier: {say(N_('going on where an earlier run ended'))}", file=sys.stderr)  # noqa: T201
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
    return EmbedResult(done, options.output)


def search(options: argparse.Namespace) -> SearchResult:
    """Look for texts in vectors."""
    from calibration.corpus import address, search_vectors

    where = address(options.vectors, options.collection)
    found = search_vectors(where, options.texts, encoder_of(options), options.k)
    return SearchResult(options.texts, found)


@dataclass(frozen=True)
class EmbedResult:
    """`embed`."""

    done: Embedded
    output: str

    def to_json(self) -> dict[str, Any]:
        """What lies beside the vectors, and what was left out or there already."""
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
            cut = N_("{n} texts are longer than the model reads; their tails are not in them")
            lines.append(say(cut, n=f"{facts.truncated:,}"))
        return "\n".join([*lines, *left_out(self.done.dropped), written(self.output)])


@dataclass(frozen=True)
class SearchResult:
    """`search`."""

    texts: list[str]
    found: list[list[Hit]]

    def to_json(self) -> dict[str, Any]:
        """What was found for each text, best first."""
        return {
            "results": [
                {"text": text, "hits": [asdict(hit) for hit in hits]}
                for text, hits in zip(self.texts, self.found, strict=True)
            ]
        }

    def to_text(self) -> str:
        """A block a text."""
        blocks = []
        for text, hits in zip(self.texts, self.found, strict=True):
            blocks.append("\n".join([text, *map(_hit_line, hits)]))
        return "\n".join(blocks)


def _hit_line(hit: Hit) -> str:
    return "  " + say(N_("{score}  row {row}  {text}"), score=f"{hit.score:.4f}", row=hit.row, text=hit.text)
