"""What commands read: files of pairs, the model, how texts are scored, and a bar for the wait."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from calibration.clean import CleaningOptions
from calibration.columns import SCORE
from calibration.errors import N_, ColumnsMissing
from calibration.i18n import from_environment, translate
from calibration.pairs import load_pairs

if TYPE_CHECKING:
    from calibration.encoding import Encoder, Progress
    from calibration.score import ScoringOptions


LOCAL: Final = "local"
RAY: Final = "ray"


def labelled_pairs(options: argparse.Namespace, scored: bool = False) -> pd.DataFrame:
    """The pairs of every file given, one after the other; with `scored` they must have a score."""
    return together(labelled_files(options, scored))


def labelled_files(options: argparse.Namespace, scored: bool = False) -> list[tuple[str, pd.DataFrame]]:
    """Every file as it was named, with its pairs; with `scored` each must have a score."""
    files = [(argument, _one_file(argument, options)) for argument in options.pairs]
    for name, frame in files:
        if scored and SCORE not in frame.columns:
            raise ColumnsMissing(name, [SCORE], list(frame.columns))
    return files


def together(files: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """The pairs of files, one after the other."""
    return pd.concat([frame for _, frame in files], ignore_index=True) if len(files) > 1 else files[0][1]


def _one_file(argument: str, options: argparse.Namespace) -> pd.DataFrame:
    domain, path = options.domain, argument
    if "=" in argument and not Path(argument).exists():
        name, path = argument.split("=", 1)
        domain = domain or name
    bad_rows: Literal["raise", "drop"] = "drop" if options.skip_bad_rows else "raise"
    return load_pairs(path, domain, kind=options.labels, on_bad_rows=bad_rows)


def scoring_options(options: argparse.Namespace) -> ScoringOptions:
    """How texts are to be cleaned and compared."""
    from calibration.score import ScoringOptions

    return ScoringOptions(CleaningOptions(map_punctuation=options.map_punctuation), options.segments)


def chosen_encoder(options: argparse.Namespace) -> Encoder:
    """The model that the options name, loaded."""
    from calibration.encoding import load_encoder

    if options.data_dir:
        os.environ["SIMTIER_DATA_DIR"] = options.data_dir
    load = {"model": options.model, "device": options.device, "precision": options.model_precision}
    encoder = load_encoder(**load)
    if getattr(options, "engine", LOCAL) == RAY:
        from calibration.encoding.on_ray import on_ray

        return on_ray(encoder, load, options.address, options.actors)
    return encoder


def add_engine(parser: argparse.ArgumentParser) -> None:
    """What says where texts are encoded."""
    parser.add_argument("--engine", choices=(LOCAL, RAY), default=LOCAL, help="encode here, or on a Ray cluster")
    parser.add_argument(
        "--address", help="of the Ray cluster, say auto or ray://host:10001 (default: one made here)"
    )
    parser.add_argument("--actors", type=int, metavar="N", help="workers with a model each (default: one a core)")


SCORING: Final = N_("scoring")
COMPARING: Final = N_("comparing")
MATCHING: Final = N_("matching")
EMBEDDING: Final = N_("embedding")
"""What a command may be at."""


@contextmanager
def progress_bar(what: str) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere; `what` is a message of the catalogue."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    locale = from_environment()
    with tqdm(desc=translate(what, locale), unit=translate(N_(" texts"), locale), file=sys.stderr) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report
