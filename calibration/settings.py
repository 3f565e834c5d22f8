"""Where SimTier keeps its files: one data directory with the database, the vector cache and unpacked models."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import platformdirs

from calibration.errors import N_, BadArgument

DATA_DIR_VARIABLE: Final = "SIMTIER_DATA_DIR"


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


def models_dir(override: str | Path | None = None) -> Path:
    """Where models are unpacked."""
    return data_dir(override) / "models"


def cache_dir(override: str | Path | None = None) -> Path:
    """Where the vector cache lies."""
    return data_dir(override) / "cache"
