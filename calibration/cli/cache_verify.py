"""`cache verify`: check every vector on disk and recompute some."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.store_options import add_store, store_of
from calibration.cli.terminal import say
from calibration.columns import TEXT_A, TEXT_B
from calibration.errors import N_, BadArgument
from calibration.settings import COMPUTES, DATA_DIR_VARIABLE, cache_dir, default_model

if TYPE_CHECKING:
    from calibration.encoding.cache import Rechecked
    from calibration.encoding.cache_care import CacheCheck

SAMPLE: Final = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `cache verify`."""
    parser.add_argument("--model", default=default_model(), help="which vectors to recompute")
    parser.add_argument("--compute", choices=COMPUTES, help="arithmetic of the model: full, or fast")
    parser.add_argument("--pooling", help="pooling of a folder without a pooling config: cls, mean or lasttoken")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="how many to compute (default %(default)s)")
    parser.add_argument(
        "--all", action="store_true", help="recompute every vector whose text is in a stored dataset"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default %(default)s)")
    add_store(parser)
    parser.set_defaults(run=verify)


def verify(options: argparse.Namespace) -> VerifyResult:
    """Check all vectors for damage, then recompute some."""
    from calibration.encoding.cache_care import check

    if options.sample < 0:
        raise BadArgument("--sample", N_("0 or more"), options.sample)
    url = store_of(options)
    found, texts = check(cache_path(options)), _known_texts(url)
    return VerifyResult(found, _recheck(options, texts) if texts else None)


def _recheck(options: argparse.Namespace, texts: list[str]) -> Rechecked:
    from calibration.encoding import load_encoder

    encoder = load_encoder(options.model, pooling=options.pooling, compute=options.compute)
    try:
        return encoder.recheck(texts, None if options.all else options.sample, options.seed)
    finally:
        encoder.close()


def _known_texts(url: str) -> list[str]:
    """The cleaned texts of stored datasets: the cache itself keeps no texts, only digests."""
    from calibration.store import open_store
    from calibration.text.cleaning import CleaningOptions, clean

    found: dict[str, None] = {}
    with open_store(url) as store:
        for dataset in store.datasets.list():
            frame = store.datasets.frame(dataset.id)
            for column in (TEXT_A, TEXT_B):
                found |= dict.fromkeys(clean(text, CleaningOptions()) for text in frame[column])
    return list(found)


def cache_path(options: argparse.Namespace) -> Path:
    """Where the cache is."""
    from calibration.encoding.cache import CACHE_NAME

    if options.data_dir:
        os.environ[DATA_DIR_VARIABLE] = options.data_dir
    return cache_dir() / CACHE_NAME


@dataclass(frozen=True)
class VerifyResult:
    """`cache verify`; `again` is None where no stored dataset has a text to recompute."""

    found: CacheCheck
    again: Rechecked | None

    def to_json(self) -> dict[str, Any]:
        """Rows checked and removed, vectors recomputed and found wrong."""
        return {
            "checked": self.found.checked,
            "removed": self.found.removed,
            "set_aside": self.found.set_aside,
            "known": self.again.known if self.again else 0,
            "recomputed": self.again.compared if self.again else 0,
            "wrong": self.again.wrong if self.again else 0,
        }

    def to_text(self) -> str:
        """Two lines."""
        checked = N_("{n} vectors checked, {removed} damaged ones removed")
        first = say(checked, n=f"{self.found.checked:,}", removed=f"{self.found.removed:,}")
        if self.found.set_aside:
            first = say(N_("the file was damaged and moved aside; a new cache was created"))
        return f"{first}\n{_again_text(self.again)}"


def _again_text(again: Rechecked | None) -> str:
    if again is None:
        return say(N_("recomputed none: the cache keeps no texts, and no stored dataset has any of them"))
    return say(
        N_(
            "recomputed {compared} of {known} vectors whose texts are in stored datasets, removed "
            "{wrong} that differed"
        ),
        compared=f"{again.compared:,}",
        known=f"{again.known:,}",
        wrong=f"{again.wrong:,}",
    )
