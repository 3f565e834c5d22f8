"""The option `--json`, which every command has."""

from __future__ import annotations

import argparse


def add_json(parser: argparse.ArgumentParser) -> None:
    """One JSON object on stdout in place of text."""
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
