"""`search VECTORS TEXT`: find the rows of exported vectors nearest to a text."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.model_options import add_model, chosen_encoder
from calibration.cli.terminal import say
from calibration.cli.vector_options import add_collection
from calibration.errors import N_

if TYPE_CHECKING:
    from calibration.corpus.search import Hit

EXAMPLES: Final = ("search vectors.npy 保温杯 -k 5", 'search vectors.db "water bottle" --collection titles')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `search`."""
    add_json(parser)
    add_model(parser)
    option = parser.add_argument
    option("vectors", metavar="VECTORS", help="what `embed` wrote: a file, or the URI of a cluster")
    option("texts", metavar="TEXT", nargs="+", help="text to search for")
    option("-k", type=int, default=10, help="how many results (default %(default)s)")
    add_collection(parser)
    parser.set_defaults(run=search)


def search(options: argparse.Namespace) -> SearchResult:
    """Look for texts in vectors."""
    from calibration.corpus import address, search_vectors

    where = address(options.vectors, options.collection)
    found = search_vectors(where, options.texts, chosen_encoder(options), options.k)
    return SearchResult(options.texts, found)


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
