"""Files of texts, each of a domain: what `background` and `stress` read."""

from __future__ import annotations

import argparse
from pathlib import Path

from calibration.cli.reading_options import on_bad_rows
from calibration.columns import DEFAULT_DOMAIN


def add_texts(parser: argparse.ArgumentParser) -> None:
    """The files, and their column of texts."""
    parser.add_argument("texts", metavar="TEXTS", nargs="+", help="file of texts; DOMAIN=FILE names its domain")
    column = "the column of texts; needed where there is more than one"
    parser.add_argument("--column", metavar="C", help=column)


def texts_by_domain(options: argparse.Namespace) -> dict[str, list[str]]:
    """The texts by domain, those of several files of a domain one after the other."""
    from calibration.corpus.texts import read_texts  # only where files of texts are read

    found: dict[str, list[str]] = {}
    for argument in options.texts:
        domain, path = DEFAULT_DOMAIN, argument
        if "=" in argument and not Path(argument).exists():
            domain, path = argument.split("=", 1)
        read = read_texts(path, options.column, on_bad_rows=on_bad_rows(options))
        found.setdefault(domain, []).extend(read.texts)
    return found
