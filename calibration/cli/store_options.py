"""Options for the store that a command uses."""

from __future__ import annotations

import argparse
import os

from calibration.settings import DATA_DIR_VARIABLE, database


def add_store(parser: argparse.ArgumentParser) -> None:
    """Options that say which store a command works on."""
    parser.add_argument(
        "--database",
        help="path or URL of the store (default: SIMTIER_DATABASE_URL, else the one in your user data folder)",
    )
    parser.add_argument(
        "--data-dir", help="folder of the store (default: SIMTIER_DATA_DIR, else your user data folder)"
    )


def store_of(options: argparse.Namespace) -> str:
    """Path or URL of that store."""
    if options.data_dir:
        os.environ[DATA_DIR_VARIABLE] = options.data_dir
    return database(options.database)
