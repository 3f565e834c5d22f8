"""Where SimTier keeps its files: one data directory with the database, the vector cache and unpacked models."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import platformdirs

from calibration.errors import N_, BadArgument

DATA_DIR_VARIABLE: Final = "SIMTIER_DATA_DIR"
MODELS_DIR_VARIABLE: Final = "SIMTIER_MODELS_DIR"
DATABASE_VARIABLE: Final = "SIMTIER_DATABASE_URL"
CACHE_BYTES_VARIABLE: Final = "SIMTIER_CACHE_BYTES"
VECTOR_BYTES_VARIABLE: Final = "SIMTIER_VECTOR_BYTES"
PRECISION_VARIABLE: Final = "SIMTIER_PRECISION"
FULL: Final = "full"
"""Weights as their publisher gives them, in 32 bits."""
FAST: Final = "fast"
"""Weights in 8 bits, run by OpenVINO (the extra `[fast]`)."""
PRECISIONS: Final = (FULL, FAST)
CACHE_BYTES: Final = 4 * 2**30
"""A million vectors of 1024 numbers."""
VECTOR_BYTES: Final = 2**30
"""A quarter of them."""


def data_dir(override: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The data directory, created on demand: `override`, else SIMTIER_DATA_DIR, else the platform's own place.

    Raises BadArgument where it cannot be created.
    """
    chosen = override or environ.get(DATA_DIR_VARIABLE) or platformdirs.user_data_dir("simtier", appauthor=False)
    path = Path(chosen).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadArgument("data_dir", N_("a directory that can be created"), str(path)) from error
    return path


def database(override: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """URL or path of the store: `override`, else SIMTIER_DATABASE_URL, else a SQLite file in the data directory."""
    return override or environ.get(DATABASE_VARIABLE) or str(data_dir(environ=environ) / "simtier.sqlite")


def models_dir(override: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where models are unpacked: below `override`, else SIMTIER_MODELS_DIR, else in the data directory.

    >>> models_dir(environ={"SIMTIER_MODELS_DIR": "/opt/models"}).as_posix()
    '/opt/models'
    """
    chosen = environ.get(MODELS_DIR_VARIABLE)
    if chosen and not override:
        return Path(chosen).expanduser().absolute()
    return data_dir(override, environ) / "models"


def cache_dir(override: str | Path | None = None) -> Path:
    """Where the vector cache lies."""
    return data_dir(override) / "cache"


def cache_bytes(environ: Mapping[str, str] = os.environ) -> int:
    """How much the vector cache may hold: SIMTIER_CACHE_BYTES, else 4 GiB; raises BadArgument for no such number.

    >>> cache_bytes({}), cache_bytes({"SIMTIER_CACHE_BYTES": "1000000"})
    (4294967296, 1000000)
    """
    return _bytes(CACHE_BYTES_VARIABLE, CACHE_BYTES, environ)


def vector_bytes(environ: Mapping[str, str] = os.environ) -> int:
    """How much the vectors of one job may take in memory, beyond which they lie in a file and are worked on from
    there: SIMTIER_VECTOR_BYTES, else 1 GiB; raises BadArgument for no such number.

    >>> vector_bytes({}), vector_bytes({"SIMTIER_VECTOR_BYTES": "1000000"})
    (1073741824, 1000000)
    """
    return _bytes(VECTOR_BYTES_VARIABLE, VECTOR_BYTES, environ)


def _bytes(variable: str, default: int, environ: Mapping[str, str]) -> int:
    text = environ.get(variable) or str(default)
    if not text.isdecimal():
        raise BadArgument(variable, N_("a number of bytes"), text)
    return int(text)


def precision(asked: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """How exactly a model computes: `asked`, else SIMTIER_PRECISION, else full. Raises BadArgument.

    >>> precision(environ={}), precision("fast"), precision(environ={"SIMTIER_PRECISION": "fast"})
    ('full', 'fast', 'fast')
    """
    chosen = asked or environ.get(PRECISION_VARIABLE) or FULL
    if chosen not in PRECISIONS:
        raise BadArgument("precision" if asked else PRECISION_VARIABLE, N_("full or fast"), chosen)
    return chosen
