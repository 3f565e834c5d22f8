"""`cache info`, `cache clear` and `cache verify`: the vectors on disk."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from calibration.cli.json_option import add_json
from calibration.cli.store_options import add_store, store_of
from calibration.cli.terminal import say
from calibration.columns import TEXT_A, TEXT_B
from calibration.errors import N_, BadArgument
from calibration.settings import COMPUTES, DATA_DIR_VARIABLE, cache_bytes, cache_dir, default_model
from calibration.stats.formatting import size

if TYPE_CHECKING:
    from calibration.encoding.cache import Rechecked
    from calibration.encoding.cache_care import CacheCheck, CacheContent, CacheEntries

EXAMPLES: Final = ("cache info", "cache clear --model bundled --yes", "cache verify --sample 500")
SAMPLE: Final = 200
_NUMBER_BYTES: Final = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `cache`."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    told = deeds.add_parser("info", help="how many vectors of which models there are")
    told.set_defaults(run=info)
    told.add_argument(
        "--data-dir", help="folder of the cache (default: SIMTIER_DATA_DIR, else your user data folder)"
    )
    clearing = deeds.add_parser("clear", help="remove vectors; they are computed again on use")
    of_whom = clearing.add_mutually_exclusive_group()
    of_whom.add_argument("--model", metavar="NAME", help="only those of the model of this name")
    of_whom.add_argument("--fingerprint", metavar="F", help="only those of the model whose fingerprint begins so")
    clearing.add_argument("--yes", action="store_true", help="do it; otherwise only list what would be removed")
    clearing.add_argument(
        "--data-dir", help="folder of the cache (default: SIMTIER_DATA_DIR, else your user data folder)"
    )
    clearing.set_defaults(run=clear)
    checking = deeds.add_parser("verify", help="check every vector and recompute some")
    checking.add_argument("--model", default=default_model(), help="which vectors to recompute")
    checking.add_argument("--compute", choices=COMPUTES, help="arithmetic of the model: full, or fast")
    checking.add_argument("--pooling", help="pooling of a folder without a pooling config: cls, mean or lasttoken")
    checking.add_argument("--sample", type=int, default=SAMPLE, help="how many to compute (default %(default)s)")
    checking.add_argument(
        "--all", action="store_true", help="recompute every vector whose text is in a stored dataset"
    )
    checking.add_argument("--seed", type=int, default=0, help="of the sample (default %(default)s)")
    add_store(checking)
    checking.set_defaults(run=verify)
    for deed in (told, clearing, checking):
        add_json(deed)


def info(options: argparse.Namespace) -> InfoResult:
    """Count the vectors."""
    from calibration.encoding.cache_care import content

    return InfoResult(content(_path(options)), cache_bytes())


def clear(options: argparse.Namespace) -> ClearResult:
    """Remove vectors, or say how many that would be."""
    from calibration.encoding import cache_care

    path = _path(options)
    models = _chosen(cache_care.content(path).models, options)
    prints = None
    if options.model or options.fingerprint:
        prints = tuple(model.fingerprint for model in models if model.fingerprint)
    removed = cache_care.clear(path, prints) if options.yes else 0
    return ClearResult(sum(model.entries for model in models), removed)


def _chosen(models: tuple[CacheEntries, ...], options: argparse.Namespace) -> tuple[CacheEntries, ...]:
    """Those models of the cache that the options mean; raises BadArgument where they mean none."""
    if options.model:
        wanted = options.model.casefold()
        found = tuple(model for model in models if (model.name or "").casefold() == wanted)
        argument, given = "--model", options.model
    elif options.fingerprint:
        found = tuple(
            model for model in models if (model.fingerprint or "").startswith(options.fingerprint.lower())
        )
        argument, given = "--fingerprint", options.fingerprint
    else:
        return models
    if not found:
        raise BadArgument(argument, N_("that of a model whose vectors are in the cache"), given)
    return found


def verify(options: argparse.Namespace) -> VerifyResult:
    """Check all vectors for damage, then recompute some."""
    from calibration.encoding.cache_care import check

    if options.sample < 0:
        raise BadArgument("--sample", N_("0 or more"), options.sample)
    url = store_of(options)
    found, texts = check(_path(options)), _known_texts(url)
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


def _path(options: argparse.Namespace) -> Path:
    from calibration.encoding.cache import CACHE_NAME

    if options.data_dir:
        os.environ[DATA_DIR_VARIABLE] = options.data_dir
    return cache_dir() / CACHE_NAME


@dataclass(frozen=True)
class InfoResult:
    """`cache info`."""

    found: CacheContent
    limit: int

    def to_json(self) -> dict[str, Any]:
        """Sizes in bytes, and vectors by model, most first."""
        return {
            "path": str(self.found.path),
            "entries": self.found.entries,
            "used_bytes": self.found.used,
            "file_bytes": self.found.size,
            "limit_bytes": self.limit,
            "models": [
                {
                    "fingerprint": model.fingerprint,
                    "name": model.name,
                    "dim": model.dim,
                    "entries": model.entries,
                    "vector_bytes": model.entries * model.dim * _NUMBER_BYTES if model.dim else None,
                }
                for model in self.found.models
            ],
        }

    def to_text(self) -> str:
        """A line for the file, and one a model."""
        lines = [
            f"{self.found.path}",
            say(
                N_("{n} vectors, {used} of at most {limit} ({size} on disk)"),
                n=f"{self.found.entries:,}",
                used=size(self.found.used),
                limit=size(self.limit),
                size=size(self.found.size),
            ),
        ]
        for model in self.found.models:
            name = model.name or say(N_("written by an earlier version"))
            lines.append(f"  {model.entries:>10,}  {model.fingerprint or '-':<32}  {model.dim or '-'}  {name}")
        return "\n".join(lines)


@dataclass(frozen=True)
class ClearResult:
    """`cache clear`. entries: vectors that were meant; removed: those that went."""

    entries: int
    removed: int

    def to_json(self) -> dict[str, Any]:
        """Both counts."""
        return {"entries": self.entries, "removed": self.removed}

    def to_text(self) -> str:
        """One line."""
        if self.entries and not self.removed:
            return say(N_("{n} vectors would be removed; add --yes to do it"), n=f"{self.entries:,}")
        return say(N_("{n} vectors removed"), n=f"{self.removed:,}")


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
