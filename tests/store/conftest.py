"""A fresh store for each test, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from sqlalchemy import URL, create_engine, event, make_url, text

from calibration.store import Store, open_store
from calibration.store.engine import database_url
from calibration.store.migrate import upgrade
from calibration.store.schema import metadata

GIVEN: Final = "SIMTIER_TEST_DATABASE_URL"
"""Of a server on which the tests may create databases, in place of one that they start themselves."""
BACKENDS: Final = ("sqlite", "postgresql")
MISSING: Final = "no PostgreSQL server: run 'sudo apt-get install postgresql', or set " + GIVEN


def binaries() -> Path | None:
    """Where the newest installed PostgreSQL keeps its programs; Debian leaves them off the path."""
    found = [Path(initdb).parent for initdb in (shutil.which("initdb"),) if initdb]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    usable = [folder for folder in found if (folder / "pg_ctl").exists()]
    return usable[-1] if usable else None


def unprivileged() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """A PostgreSQL server: the one that is given, else a private one on a Unix socket, without fsync."""
    if os.environ.get(GIVEN):
        yield make_url(os.environ[GIVEN])
        return
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="simtier-pg-"))  # short: the path of a socket has 107 characters at most
    user = unprivileged()
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        with (folder / "output.log").open("a") as log:
            subprocess.run(command, user=user, cwd=folder, check=True, stdout=log, stderr=log)

    try:
        run("initdb", "-U", "simtier", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-c fsync=off -c listen_addresses= -c unix_socket_directories={folder}"
        run("pg_ctl", "-w", "-l", str(folder / "server.log"), "-o", options, "start")
        yield URL.create("postgresql+psycopg", "simtier", database="postgres", query={"host": str(folder)})
        run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


Make = Callable[[str], str]


@pytest.fixture(scope="session")
def make_database(server: URL) -> Iterator[Make]:
    """Creates a database on the server as a copy of the one named (`template0`: bare); returns its URL."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    numbers = itertools.count()
    made = []

    def make(template: str) -> str:
        made.append(f"simtier_test_{os.getpid()}_{next(numbers)}")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {made[-1]} TEMPLATE {template}"))
        return server.set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    with engine.connect() as connection:
        for name in made if os.environ.get(GIVEN) else ():  # a server of our own goes as a whole
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def newest_schema(make_database: Make) -> str:
    """A PostgreSQL database at the newest schema, emptied before each test: half a second less than a new one."""
    url = make_database("template0")
    upgrade(database_url(url))
    return url


def emptied(url: str) -> str:
    """The database at `url` without any row; waits a while for what a test before left running."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return url


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL or path of a store without anything in it."""
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("newest_file"), tmp_path / "simtier.db"))
    return emptied(str(request.getfixturevalue("newest_schema")))


@pytest.fixture(params=BACKENDS)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL or path of a database without any table."""
    if request.param == "sqlite":
        return str(tmp_path / "bare.db")
    return str(request.getfixturevalue("make_database")("template0"))


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An open, empty store."""
    with open_store(database) as opened:
        yield opened


class Asked(NamedTuple):
    """A statement as the database got it, and how many rows it took along, gave (PostgreSQL says so) or changed."""

    statement: str
    parameters: Any
    rows: int


@contextmanager
def asked(store: Store) -> Iterator[list[Asked]]:
    """What is asked of the database meanwhile: it decides what things cost, and is the same on a busy machine."""
    seen: list[Asked] = []

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        rows = len(parameters) if many else max(cursor.rowcount, 0)
        seen.append(Asked(" ".join(statement.split()), parameters, rows))

    event.listen(store._database.engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store._database.engine, "after_cursor_execute", note)


def plan(store: Store, one: Asked) -> str:
    """How the database finds the rows, were there too many to go through all of them."""
    with store._database.read() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        return "\n".join(
            str(row[-1]) for row in connection.exec_driver_sql(explain + one.statement, one.parameters)
        )
