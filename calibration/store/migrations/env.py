"""Runs the migrations on the connection that it is given, inside the caller's transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from calibration.store.schema import metadata


def run(connection: Connection) -> None:
    """All steps in one transaction; SQLite, which cannot alter much, has its tables rebuilt in batches."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """On the caller's connection, or for developers on the database named by `-x url=...`."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as opened:
        run(opened)


if hasattr(context, "config"):  # Alembic runs this file; importing it changes nothing
    main()
