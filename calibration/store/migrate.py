"""Migrate a database to the newest schema, safe against concurrent opening."""

from __future__ import annotations

import threading
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine

from calibration.errors import N_, StoreNewer, StoreUnavailable
from calibration.messages.note import note
from calibration.store.database import take_turn
from calibration.store.engine import WRITES, explained, make_engine, use_wal

ALEMBIC_TURN: Final = threading.Lock()
"""Alembic keeps its context in module globals, so threads of one process take turns."""


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the packaged migrations, running on `connection`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "calibration.store:migrations")
    return config


def upgrade(url: URL, revision: str = "head") -> None:
    """Upgrade the database at `url` to `revision`; all or nothing, and one process at a time.

    :raises StoreNewer: a newer version of SimTier has written it.
    :raises StoreUnavailable: it cannot be opened, or it is no database.
    """
    engine = make_engine(url, foreign_keys=False)
    try:
        with ALEMBIC_TURN, explained(url):
            use_wal(engine)
            if revision == "head" and _is_newest(engine):  # no need to wait for somebody's long write
                return
            with engine.execution_options(**{WRITES: True}).begin() as connection:
                take_turn(connection, "schema")
                config = alembic_config(connection)
                _refuse_newer(url, connection, ScriptDirectory.from_config(config))
                command.upgrade(config, revision)
                _check_references(url, connection)
    finally:
        engine.dispose()


def _is_newest(engine: Engine) -> bool:
    with engine.connect() as connection:
        newest = ScriptDirectory.from_config(alembic_config(connection)).get_heads()
        return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def _refuse_newer(url: URL, connection: Connection, script: ScriptDirectory) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    for head in MigrationContext.configure(connection).get_current_heads():
        if head not in known:
            raise StoreNewer(url.render_as_string(hide_password=True), head)


def _check_references(url: URL, connection: Connection) -> None:
    """Foreign keys were off while SQLite's tables were rebuilt; nothing may dangle now."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if dangling is not None:
            raise StoreUnavailable(
                url.render_as_string(), note(N_("broken reference in table {table}"), table=dangling[0])
            )
