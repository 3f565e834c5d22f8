"""A fresh store for each test: a SQLite file, or SIMTIER_TEST_DATABASE_URL, whose tables are dropped each time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from calibration.store import Store, open_store
from calibration.store.schema import metadata


@pytest.fixture
def database(tmp_path: Path) -> str:
    """URL or path of an empty database."""
    url = os.environ.get("SIMTIER_TEST_DATABASE_URL")
    if url is None:
        return str(tmp_path / "simtier.db")
    engine = create_engine(url)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    engine.dispose()
    return url


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An open, empty store."""
    with open_store(database) as opened:
        yield opened
