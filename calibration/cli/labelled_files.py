"""The labelled pairs of the files that a command is given."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from calibration.certificates.score_floor import has_floor_record
from calibration.cli.progress import READING, ROWS, progress_bar
from calibration.cli.reading_options import check_scored, reading_of, used
from calibration.errors import N_, FileUnreadable
from calibration.pairs import PairsReport, read_pairs
from calibration.pairs.keyed import can_be_keyed, is_large, read_keyed

Keyed = Literal["never", "large", "possible"]

NO_FOLDER: Final = N_(
    "it is a folder: only fit, evaluate and compare read folders, of scored pairs (--scored), and only without "
    "guards, fit --sequential and compare -o"
)


def labelled_pairs(options: argparse.Namespace, scored: bool = False, keyed: Keyed = "never") -> pd.DataFrame:
    """The pairs of every file given, one after the other; see `labelled_files`."""
    return together(labelled_files(options, scored, keyed))


def labelled_files(
    options: argparse.Namespace, scored: bool = False, keyed: Keyed = "never", *, duplicates: bool = False
) -> list[tuple[str, pd.DataFrame]]:
    """Every file as it was named, with its pairs; with `scored` each must have a score.

    keyed: where keys take the place of texts, if all files are Parquet or folders of it: never; only where texts
    could not be held, of folders and of more rows than `DEFAULT_LIMITS` allow (`large`); or always (`possible`).
    duplicates: whether there are also the keys that only duplicates are found by.
    """
    named = [_named(argument, options) for argument in options.pairs]
    paths = [path for path, _ in named]
    possible = keyed != "never" and all(can_be_keyed(path, reading_of(options)) for path in paths)
    by_keys = possible and (keyed != "large" or any(map(is_large, paths)))
    read = partial(_keyed, duplicates=duplicates) if by_keys else _texts
    files = [
        (argument, used(read(path, domain, options), options))
        for argument, (path, domain) in zip(options.pairs, named, strict=True)
    ]
    if scored:
        for name, frame in files:
            check_scored(name, frame)
    return files


def together(files: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """The pairs of files, one after the other."""
    return pd.concat([frame for _, frame in files], ignore_index=True) if len(files) > 1 else files[0][1]


def _named(argument: str, options: argparse.Namespace) -> tuple[str, str | None]:
    """The path that an argument names, and the domain of its pairs where one is given."""
    if "=" in argument and not Path(argument).exists():
        name, path = argument.split("=", 1)
        return path, options.domain or name
    return argument, options.domain


def _texts(path: str, domain: str | None, options: argparse.Namespace) -> PairsReport:
    if Path(path).is_dir():
        raise FileUnreadable(path, NO_FOLDER)
    return read_pairs(path, domain, kind=options.labels, reading=reading_of(options))


def _keyed(path: str, domain: str | None, options: argparse.Namespace, *, duplicates: bool) -> PairsReport:
    with progress_bar(READING, unit=ROWS) as progress:
        return read_keyed(
            path,
            domain,
            kind=options.labels,
            reading=reading_of(options),
            keep_note=has_floor_record,
            duplicates=duplicates,
            progress=progress,
        )
