"""Where SimTier keeps its files: one data directory with the database, the vector cache and unpacked models."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from calibration.errors import N_, BadArgument, Renamed

if TYPE_CHECKING:
    from calibration.settings.declared import Library

DATA_DIR_VARIABLE: Final = "SIMTIER_DATA_DIR"
MODELS_DIR_VARIABLE: Final = "SIMTIER_MODELS_DIR"
DATABASE_VARIABLE: Final = "SIMTIER_DATABASE_URL"
CACHE_BYTES_VARIABLE: Final = "SIMTIER_CACHE_BYTES"
VECTOR_BYTES_VARIABLE: Final = "SIMTIER_VECTOR_BYTES"
COMPUTE_VARIABLE: Final = "SIMTIER_COMPUTE"
MODEL_VARIABLE: Final = "SIMTIER_MODEL"
BUNDLED: Final = "bundled"
DATABASE_NAME: Final = "simtier.sqlite"
FULL: Final = "full"
"""32-bit floating point, with the weights as their publisher gives them."""
FAST: Final = "fast"
"""Fewer bits, as many as this machine multiplies fastest: measured, and with a fingerprint of its own."""
COMPUTES: Final = (FULL, FAST)


def data_dir(override: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The data directory, created on demand: `override`, else SIMTIER_DATA_DIR, else the platform's own place.

    It holds people's texts, so that its owner alone may enter: also one that was there already, unless something
    else is kept in it. Raises BadArgument where it cannot be created.
    """
    chosen = override or _library(environ).data_dir or platformdirs.user_data_dir("simtier", appauthor=False)
    path = Path(chosen).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(path):
            path.chmod(0o700)
    except OSError as error:
        raise BadArgument("data_dir", N_("a directory that can be created"), str(path)) from error
    return path


def _is_ours(path: Path) -> bool:
    """Whether others may enter a directory of this user's that holds nothing, or SimTier's database."""
    found = path.stat()
    if os.name != "posix" or found.st_uid != os.getuid() or not found.st_mode & 0o077:
        return False
    return (path / DATABASE_NAME).exists() or not any(path.iterdir())


def database(override: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """URL or path of the store: `override`, else SIMTIER_DATABASE_URL, else a SQLite file in the data directory."""
    return override or _library(environ).database_url or str(data_dir(environ=environ) / DATABASE_NAME)


def models_dir(override: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where models are unpacked: below `override`, else SIMTIER_MODELS_DIR, else in the data directory.

    >>> models_dir(environ={"SIMTIER_MODELS_DIR": "/opt/models"}).as_posix()
    '/opt/models'
    """
    chosen = _library(environ).models_dir
    if chosen and not override:
        return Path(chosen).expanduser().absolute()
    return data_dir(override, environ) / "models"


def cache_dir(override: str | Path | None = None) -> Path:
    """Where the vector cache is."""
    return data_dir(override) / "cache"


def cache_bytes(environ: Mapping[str, str] = os.environ) -> int:
    """How much the vector cache may hold: SIMTIER_CACHE_BYTES, else 4 GiB; raises BadArgument for no such number.

    >>> cache_bytes({}), cache_bytes({"SIMTIER_CACHE_BYTES": "1000000"})
    (4294967296, 1000000)
    """
    return _library(environ).cache_bytes


def vector_bytes(environ: Mapping[str, str] = os.environ) -> int:
    """How much the vectors of one job may take in memory, beyond which they are kept in a file and worked on from
    there: SIMTIER_VECTOR_BYTES, else 1 GiB; raises BadArgument for no such number.

    >>> vector_bytes({}), vector_bytes({"SIMTIER_VECTOR_BYTES": "1000000"})
    (1073741824, 1000000)
    """
    return _vector_bytes(environ.get(VECTOR_BYTES_VARIABLE, ""))


@lru_cache(maxsize=8)
def _vector_bytes(given: str) -> int:
    """Remembered, because every call of an encoder asks."""
    return _library({VECTOR_BYTES_VARIABLE: given}).vector_bytes


def default_model(environ: Mapping[str, str] = os.environ) -> str:
    """The model that is used where none is asked for: SIMTIER_MODEL, else the bundled one.

    >>> default_model({})
    'bundled'
    """
    return environ.get(MODEL_VARIABLE) or BUNDLED


def _library(environ: Mapping[str, str], **given: object) -> Library:
    """The library's settings; pydantic is imported here, when the first one is read."""
    from calibration.settings.declared import Library

    return Library.read(environ, **given)


def compute(asked: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """How exactly a model computes: `asked`, else SIMTIER_COMPUTE, else full.

    Raises BadArgument for another word, Renamed where the variable's former name is set.

    >>> compute(environ={}), compute("fast"), compute(environ={"SIMTIER_COMPUTE": "fast"})
    ('full', 'fast', 'fast')
    """
    refuse_former_names((), environ)
    return _library(environ, compute=asked or None).compute


def refuse_former_names(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> None:
    """Raise Renamed where a command line or the environment asks for the arithmetic by a former name.

    `--precision` is a target alone, so only its two words of arithmetic are refused.
    """
    if environ.get("SIMTIER_PRECISION"):
        raise Renamed("SIMTIER_PRECISION", COMPUTE_VARIABLE)
    for at, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        value = value or "".join(arguments[at + 1 : at + 2])
        if name == "--model-precision" or (name == "--precision" and value in COMPUTES):
            raise Renamed(f"{name} {value}".strip(), f"--compute {value}".strip())
