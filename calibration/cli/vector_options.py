"""Options for vectors in Milvus."""

from __future__ import annotations

import argparse
from typing import Final

COLLECTION: Final = "simtier"


def add_collection(parser: argparse.ArgumentParser) -> None:
    """`--collection`."""
    parser.add_argument("--collection", default=COLLECTION, help="Milvus: the collection (default %(default)s)")
