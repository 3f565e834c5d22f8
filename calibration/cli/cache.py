"""`cache info`, `cache clear` and `cache verify`: the vectors on disk."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from calibration.cli import cache_verify
from calibration.cli.cache_verify import cache_path
from calibration.cli.json_option import add_json
from calibration.cli.terminal import say
from calibration.errors import N_, BadArgument
from calibration.settings import cache_bytes
from calibration.stats.formatting import size

if TYPE_CHECKING:
    from calibration.encoding.cache_care import CacheContent, CacheEntries

EXAMPLES: Final = ("cache info", "cache clear --model bundled --yes", "cache verify --sample 500")
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
    cache_verify.add_arguments(checking)
    for deed in (told, clearing, checking):
        add_json(deed)


def info(options: argparse.Namespace) -> InfoResult:
    """Count the vectors."""
    from calibration.encoding.cache_care import content

    return InfoResult(content(cache_path(options)), cache_bytes())


def clear(options: argparse.Namespace) -> ClearResult:
    """Remove vectors, or say how many that would be."""
    from calibration.encoding import cache_care

    path = cache_path(options)
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
